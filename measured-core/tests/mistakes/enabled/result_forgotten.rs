//! The compiler's own message, and once.

use measured_core::measured_stage;

#[measured_stage]
fn raised(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    values.map(|value| value + 1);
}

fn main() {
    raised(0..3).count();
}
