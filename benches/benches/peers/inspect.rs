//! The cheapest thing that counts: `Iterator::inspect` and three numbers.

use super::pipeline::{Between, Pipeline, interposed};
use std::cell::Cell;

#[derive(Default)]
struct Counters([Cell<u64>; 3]);

impl Between for Counters {
    fn after(&self, stage: usize, records: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
        let counter = &self.0[stage];
        records.inspect(move |_| counter.set(counter.get() + 1))
    }
}

impl Pipeline for Counters {
    fn drain(&mut self, records: u64) -> u64 {
        interposed(self, records)
    }

    fn observed(&mut self) -> u64 {
        self.0.iter().map(Cell::get).sum()
    }
}

pub(crate) fn open() -> Box<dyn Pipeline> {
    Box::new(Counters::default())
}
