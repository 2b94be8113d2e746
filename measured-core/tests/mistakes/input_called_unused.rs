use measured_core::measured_stage;

#[measured_stage]
fn ignored(_values: impl Iterator<Item = u32>) -> u32 {
    0
}

fn main() {
    assert_eq!(ignored(0..3), 0);
}
