use measured_core::measured_stages;

struct Steps;

#[measured_stages]
#[measured_stages(timing = every)]
impl Steps {
    fn stage(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values
    }
}

fn main() {
    assert_eq!(Steps::stage(0..3).count(), 3);
}
