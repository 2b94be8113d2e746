//! Ourselves, and nobody: the reference chain of the other instruments.

use measured_benches::chains::{self, bare};
use measured_benches::drain::external;
use measured_benches::modes;

use super::pipeline::Pipeline;

struct Bare;

impl Pipeline for Bare {
    fn drain(&mut self, records: u64) -> u64 {
        external(bare::reference(records))
    }

    fn observed(&mut self) -> u64 {
        0
    }
}

pub(crate) fn bare() -> Box<dyn Pipeline> {
    Box::new(Bare)
}

struct Measured;

impl Pipeline for Measured {
    fn drain(&mut self, records: u64) -> u64 {
        external(chains::measured::reference(records))
    }

    fn observed(&mut self) -> u64 {
        0
    }
}

fn measured(mode: &str) -> Box<dyn Pipeline> {
    modes::set(mode);
    Box::new(Measured)
}

pub(crate) fn counts() -> Box<dyn Pipeline> {
    measured("counts")
}

pub(crate) fn sampled() -> Box<dyn Pipeline> {
    measured("budget=1%")
}

pub(crate) fn every() -> Box<dyn Pipeline> {
    measured("every")
}
