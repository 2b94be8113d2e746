use measured_core::measured_stage;

#[measured_stage]
trait Steps {
    fn sorted(&self, mut values: Vec<u32>) -> Vec<u32> {
        values.sort_unstable();
        values
    }
}

impl Steps for () {}

fn main() {
    assert_eq!(().sorted(vec![2, 1]), [1, 2]);
}
