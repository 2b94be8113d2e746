use measured_core::measured_stage;

#[measured_stage]
fn area(width: u32, height: u32) -> u32 {
    width * height
}

#[measured_stage]
fn version() -> &'static str {
    "1.0"
}

fn main() {
    assert_eq!(area(2, 3), 6);
    assert_eq!(version(), "1.0");
}
