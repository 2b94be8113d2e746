//! A pipeline whose times are what the test says they are.

use measured_core::{MockClock, Registry, Report, Timing, measured_stage};

/// What the stages of the pipeline take for a record, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    pub(crate) records: u64,
    pub(crate) keep: u64,
    pub(crate) slow: u64,
}

pub(crate) const USUAL: Work = Work {
    records: 1_000,
    keep: 40,
    slow: 900,
};

#[measured_stage("keep")]
fn keep(
    records: impl Iterator<Item = u64>,
    cost: u64,
    clock: MockClock,
) -> impl Iterator<Item = u64> {
    records.filter(move |n| {
        clock.advance(cost);
        n % 2 == 1
    })
}

#[measured_stage("slow")]
fn slow(
    records: impl Iterator<Item = u64>,
    cost: u64,
    clock: MockClock,
) -> impl Iterator<Item = u64> {
    records.inspect(move |_| clock.advance(cost))
}

/// A registry on a clock by hand.
pub(crate) struct Pipeline {
    pub(crate) registry: Registry,
    pub(crate) clock: MockClock,
}

impl Pipeline {
    pub(crate) fn new(timing: Timing) -> Pipeline {
        let clock = MockClock::new();
        let registry = Registry::new()
            .with_clock(clock.clone())
            .with_timing(timing);
        Pipeline { registry, clock }
    }

    pub(crate) fn run(&self, work: Work) -> &Pipeline {
        let clock = || self.clock.clone();
        self.registry.scope(|| {
            let source = (0..work.records).inspect(|_| self.clock.advance(10));
            let chain = slow(keep(source, work.keep, clock()), work.slow, clock());
            chain.for_each(|_| self.clock.advance(5));
        });
        self
    }
}

/// The report of one run, every pull timed.
pub(crate) fn report(work: Work) -> Report {
    Pipeline::new(Timing::Every).run(work).registry.capture()
}
