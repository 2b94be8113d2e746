//! What one writes by hand after an hour: an iterator that reads the time stamp counter around
//! `next`. A stage's self time is its figure less that of the stage before.
//!
//! The counter is read through quanta, whose `raw` is the instruction behind one branch and, as by
//! hand, has no fence before it: work in flight is charged to whoever comes next.

use super::pipeline::{Between, Pipeline, interposed};
use quanta::Clock;
use std::cell::Cell;

#[derive(Default)]
struct Inclusive {
    ticks: Cell<u64>,
    records: Cell<u64>,
}

struct Timed<'a, I> {
    records: I,
    clock: &'a Clock,
    inclusive: &'a Inclusive,
}

impl<I: Iterator> Iterator for Timed<'_, I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let start = self.clock.raw();
        let record = self.records.next();
        let Inclusive { ticks, records } = self.inclusive;
        ticks.set(ticks.get() + (self.clock.raw() - start));
        records.set(records.get() + u64::from(record.is_some()));
        record
    }
}

struct Stopwatches {
    clock: Clock,
    stages: [Inclusive; 3],
}

impl Between for Stopwatches {
    fn after(&self, stage: usize, records: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
        Timed {
            records,
            clock: &self.clock,
            inclusive: &self.stages[stage],
        }
    }
}

impl Pipeline for Stopwatches {
    fn drain(&mut self, records: u64) -> u64 {
        interposed(self, records)
    }

    fn observed(&mut self) -> u64 {
        self.stages.iter().map(|stage| stage.records.get()).sum()
    }
}

pub(crate) fn open() -> Box<dyn Pipeline> {
    Box::new(Stopwatches {
        clock: Clock::new(),
        stages: Default::default(),
    })
}
