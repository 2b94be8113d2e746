//! What one writes by hand after an hour: an iterator that reads the time stamp counter around
//! `next`. A stage's own time is its figure less that of the stage before.

use std::cell::Cell;

use measured_core::Clock;

use super::pipeline::{Between, Pipeline, interposed};

/// The instruction and nothing around it.
const TICKS: Clock = Clock::Tsc;

#[derive(Default)]
struct Inclusive {
    ticks: Cell<u64>,
    records: Cell<u64>,
}

struct Timed<'a, I> {
    records: I,
    inclusive: &'a Inclusive,
}

impl<I: Iterator> Iterator for Timed<'_, I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let start = TICKS.now();
        let record = self.records.next();
        let Inclusive { ticks, records } = self.inclusive;
        ticks.set(ticks.get() + (TICKS.now() - start));
        records.set(records.get() + u64::from(record.is_some()));
        record
    }
}

#[derive(Default)]
struct Stopwatches([Inclusive; 3]);

impl Between for Stopwatches {
    fn after(&self, stage: usize, records: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
        Timed {
            records,
            inclusive: &self.0[stage],
        }
    }
}

impl Pipeline for Stopwatches {
    fn drain(&mut self, records: u64) -> u64 {
        interposed(self, records)
    }

    fn observed(&mut self) -> u64 {
        self.0.iter().map(|stage| stage.records.get()).sum()
    }
}

pub(crate) fn open() -> Box<dyn Pipeline> {
    Box::new(Stopwatches::default())
}
