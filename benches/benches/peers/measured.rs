//! Ourselves, and nobody: the reference chain of the other instruments.

use super::pipeline::Pipeline;
use measured_benches::chains::{self, Drain};
use measured_benches::drain::For;
use measured_benches::modes;
use measured_core::Report;

/// A chain whose stages, if they are measured, report to the library's own report.
struct Chain(Drain);

impl Pipeline for Chain {
    fn drain(&mut self, records: u64) -> u64 {
        (self.0)(records)
    }

    fn observed(&mut self) -> u64 {
        Report::capture()
            .stages
            .iter()
            .map(|stage| stage.records_in)
            .sum()
    }
}

pub(crate) fn bare() -> Box<dyn Pipeline> {
    Box::new(Chain(chains::bare::reference::<For>))
}

pub(crate) fn counted() -> Box<dyn Pipeline> {
    Box::new(Chain(chains::counted::reference::<For>))
}

fn measured(mode: &str) -> Box<dyn Pipeline> {
    modes::set(mode);
    Box::new(Chain(chains::measured::reference::<For>))
}

pub(crate) fn sampled() -> Box<dyn Pipeline> {
    measured("budget=1%")
}

pub(crate) fn every() -> Box<dyn Pipeline> {
    measured("every")
}
