use measured_core::measured_stage;

trait Step {
    #[measured_stage]
    fn run(&self, values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32>;
}

impl Step for u32 {
    fn run(&self, values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values
    }
}

fn main() {
    assert_eq!(1.run(0..3).count(), 3);
}
