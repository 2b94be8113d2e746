use measured_core::measured_stage;

#[measured_stage]
fn split(values: Vec<u32>) -> (impl Iterator<Item = u32>, impl Iterator<Item = u32>) {
    let (small, large): (Vec<u32>, Vec<u32>) = values.into_iter().partition(|value| *value < 3);
    (small.into_iter(), large.into_iter())
}

fn main() {
    assert_eq!(split(vec![1, 2, 3]).0.count(), 2);
}
