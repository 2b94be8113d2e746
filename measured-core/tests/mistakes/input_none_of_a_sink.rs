use measured_core::measured_stage;

#[measured_stage(input = none)]
fn sum(values: impl Iterator<Item = u32>) -> u32 {
    values.sum()
}

fn main() {
    assert_eq!(sum(0..3), 3);
}
