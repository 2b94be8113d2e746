use measured_core::not_measured;

#[not_measured]
fn sum(values: impl Iterator<Item = u32>) -> u32 {
    values.sum()
}

fn main() {
    assert_eq!(sum(0..3), 3);
}
