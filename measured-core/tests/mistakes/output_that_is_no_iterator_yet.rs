use measured_core::measured_stage;

#[measured_stage]
fn pass(values: impl Iterator<Item = u32>) -> impl IntoIterator<Item = u32> {
    values
}

fn main() {
    assert_eq!(pass(0..3).into_iter().count(), 3);
}
