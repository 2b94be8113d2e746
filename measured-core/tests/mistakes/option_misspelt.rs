use measured_core::measured_stage;

struct Readings(Vec<u32>);

// Whether anything is left to measure cannot be said before that is mended.
#[measured_stage(inptu = readings)]
fn total(readings: Readings) -> u32 {
    readings.0.iter().sum()
}

fn main() {
    assert_eq!(total(Readings(vec![1, 2])), 3);
}
