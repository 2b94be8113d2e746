use measured_core::measured_stage;

#[measured_stage(items = result)]
fn sum(values: impl Iterator<Item = Result<u32, String>>) -> Result<u32, String> {
    values.sum()
}

fn main() {
    assert_eq!(sum(std::iter::once(Ok(3))), Ok(3));
}
