//! hotpath's attribute on a function per stage, timing every call or one in a hundred.

use super::pipeline::{Pipeline, called};
use measured_benches::drain::For;
use measured_benches::hotpath::Reporting;
use measured_benches::work::{self, Average};

#[hotpath::measure]
fn in_range(reading: f64) -> bool {
    work::in_range(reading)
}

#[hotpath::measure]
fn normalized(reading: f64) -> f64 {
    work::normalized(reading)
}

#[hotpath::measure]
fn smoothed(average: &mut Average, value: f64) -> f64 {
    average.of(value)
}

struct Stages(Reporting);

impl Pipeline for Stages {
    fn drain(&mut self, records: u64) -> u64 {
        called(
            work::readings::<For>(records),
            in_range,
            normalized,
            smoothed,
        )
    }

    fn observed(&mut self) -> u64 {
        self.0.calls()
    }
}

pub(crate) fn every_call() -> Box<dyn Pipeline> {
    Box::new(Stages(Reporting::of_calls(1.0)))
}

pub(crate) fn one_in_hundred() -> Box<dyn Pipeline> {
    Box::new(Stages(Reporting::of_calls(0.01)))
}
