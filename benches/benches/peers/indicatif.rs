//! indicatif's progress iterator after every stage, its bars hidden: counting without drawing.

use super::pipeline::{Between, Pipeline, STAGES, interposed};
use indicatif::{ProgressBar, ProgressIterator};

struct Bars([ProgressBar; 3]);

impl Between for Bars {
    fn after(&self, stage: usize, records: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
        records.progress_with(self.0[stage].clone())
    }
}

impl Pipeline for Bars {
    fn drain(&mut self, records: u64) -> u64 {
        interposed(self, records)
    }

    fn observed(&mut self) -> u64 {
        self.0.iter().map(ProgressBar::position).sum()
    }
}

pub(crate) fn open() -> Box<dyn Pipeline> {
    Box::new(Bars(STAGES.map(|_| ProgressBar::hidden())))
}
