//! Ours, while a profiler runs and while none does.

use super::Profiled;
use super::tree::tree;
use measured_core::Clock;
use measured_core::profile::Profiler;
use measured_core::profiled;
use std::hint::black_box;
use std::time::Instant;

tree!([profiled]);

struct Ours(Option<Profiler>);

pub(crate) fn off() -> Box<dyn Profiled> {
    Box::new(Ours(None))
}

pub(crate) fn on() -> Box<dyn Profiled> {
    Box::new(Ours(Some(Profiler::start().expect("the only one"))))
}

impl Profiled for Ours {
    fn calls(&mut self, branches: u64) -> u64 {
        root(branches)
    }

    fn seen(&mut self) -> u64 {
        self.0.take().map_or(0, |profiler| profiler.stop().calls())
    }
}

/// What the floor is: the clock is read when a call begins and when it ends.
pub(crate) fn two_reads() {
    const READS: u32 = 1_000_000;
    let clock = Clock::host();
    let rounds = (0..20).map(|_| {
        let start = Instant::now();
        for _ in 0..READS {
            black_box(clock.now());
        }
        start.elapsed().as_nanos() as f64 / f64::from(READS)
    });
    let read = rounds.fold(f64::INFINITY, f64::min);
    println!(
        "One fenced read of the clock ({}) takes {read:.1} ns; a call reads it twice, without a fence.\n",
        clock.name()
    );
}
