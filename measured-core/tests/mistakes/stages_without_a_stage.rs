use measured_core::measured_stages;

struct Area(u32, u32);

#[measured_stages]
impl Area {
    fn size(&self) -> u32 {
        self.0 * self.1
    }

    #[not_measured]
    fn rows(&self) -> impl Iterator<Item = u32> {
        0..self.0
    }
}

fn main() {
    assert_eq!(Area(2, 3).size(), 6);
    assert_eq!(Area(2, 3).rows().count(), 2);
}
