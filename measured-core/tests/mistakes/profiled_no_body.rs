use measured_core::profiled;

trait Area {
    #[profiled]
    fn area(&self) -> u32;
}

impl Area for () {
    fn area(&self) -> u32 {
        0
    }
}

fn main() {
    assert_eq!(().area(), 0);
}
