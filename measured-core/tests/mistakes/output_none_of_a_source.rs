use measured_core::measured_stage;

#[measured_stage(output = none)]
fn stage(end: u32) -> impl Iterator<Item = u32> {
    0..end
}

fn main() {
    assert_eq!(stage(3).count(), 3);
}
