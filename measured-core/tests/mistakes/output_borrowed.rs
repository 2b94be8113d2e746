use measured_core::measured_stage;

#[measured_stage]
fn pass<'a>(values: &'a mut dyn Iterator<Item = u32>) -> &'a mut dyn Iterator<Item = u32> {
    values
}

fn main() {
    assert_eq!(pass(&mut (0..3)).count(), 3);
}
