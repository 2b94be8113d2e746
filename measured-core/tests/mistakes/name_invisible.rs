use measured_core::measured_stage;

#[measured_stage("\u{200b} \u{feff}")]
fn in_range(readings: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
    readings
}

fn main() {}
