use measured_core::measured_stage;

#[measured_stage]
fn sum(ref values: impl Iterator<Item = u32> + Clone) -> u32 {
    values.clone().sum()
}

fn main() {
    assert_eq!(sum(0..3), 3);
}
