use measured_core::measured_stage;

#[measured_stage("normalize", quickly)]
fn stage(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    values
}

fn main() {
    assert_eq!(stage(0..3).count(), 3);
}
