use measured_core::measured_stage;

#[measured_stage(items = result)]
fn stage(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    values
}

#[measured_stage(items = result)]
fn boxed(values: impl Iterator<Item = u32> + 'static) -> Box<dyn Iterator<Item = (u32, bool)>> {
    Box::new(values.map(|value| (value, true)))
}

fn main() {
    assert_eq!(stage(0..3).count(), 3);
    assert_eq!(boxed(0..3).count(), 3);
}
