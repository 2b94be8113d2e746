//! The compiler's own remedy must come through, whatever a closure borrows and however the stage returns it.

use measured_core::measured_stage;

#[measured_stage]
fn number(readings: impl Iterator<Item = f64>, factor: f64) -> impl Iterator<Item = f64> {
    readings.map(|reading| reading * factor)
}

#[measured_stage]
fn option(readings: impl Iterator<Item = u32>, least: u32) -> Option<impl Iterator<Item = u32>> {
    Some(readings.filter(|reading| *reading > least))
}

#[measured_stage]
fn reference<'a>(
    readings: impl Iterator<Item = &'a u32> + 'a,
    least: &'a u32,
) -> Box<dyn Iterator<Item = &'a u32> + 'a> {
    Box::new(readings.filter(|reading| *reading > least))
}

#[measured_stage]
fn table(readings: impl Iterator<Item = usize>, table: Vec<u32>) -> impl Iterator<Item = u32> {
    readings.map(|reading| table[reading])
}

#[measured_stage]
fn function(
    readings: impl Iterator<Item = u32>,
    function: Box<dyn Fn(u32) -> u32>,
) -> impl Iterator<Item = u32> {
    readings.map(|reading| function(reading))
}

#[measured_stage]
fn source(n: u32) -> impl Iterator<Item = u32> {
    (0..9).filter(|i| i % n == 0)
}

fn main() {}
