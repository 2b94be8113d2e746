use measured_core::measured_stage;

#[measured_stage(input = readings)]
fn stage(left: impl Iterator<Item = u32>, right: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    left.chain(right)
}

fn main() {
    assert_eq!(stage(0..3, 0..2).count(), 5);
}
