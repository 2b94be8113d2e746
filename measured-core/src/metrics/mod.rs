//! What one stage amounts to, over all its runs.

mod confidence;
mod position;
mod recent;
mod stretch;

pub(crate) use position::Position;
pub(crate) use stretch::Stretch;

use crate::allocations::StageAllocations;
use crate::collector::{MetricsCollector, Whereabouts};
use crate::histogram::Histogram;
use recent::Recent;

/// The totals of one stage: at most 4 KiB whatever the number of records.
///
/// Times are in ticks of the registry's [`Clock`](crate::Clock);
/// [`StageReport`](crate::StageReport) has them in nanoseconds. Counters are
/// exact up to 2^64.
///
/// ```
/// # if cfg!(feature = "enable") {
/// use measured_core::{Registry, measured_stage};
///
/// #[measured_stage("evens")]
/// fn evens(numbers: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
///     numbers.filter(|n| n % 2 == 0)
/// }
///
/// let registry = Registry::new();
/// registry.scope(|| evens(0..10).for_each(drop));
/// let metrics = registry.metrics("evens").unwrap();
/// assert_eq!((metrics.records_in, metrics.records_out, metrics.pulls), (10, 5, 6));
/// assert!(size_of_val(&metrics) <= 4096);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct StageMetrics {
    /// Calls of the stage.
    pub runs: u64,
    /// Runs that ended because there was nothing left.
    pub exhausted: u64,
    /// Runs whose iterator was dropped before it was exhausted.
    pub dropped: u64,
    /// Runs that ended by a panic.
    pub panicked: u64,
    /// Records received from the inputs.
    pub records_in: u64,
    /// Records yielded.
    pub records_out: u64,
    /// Of the records yielded, those that were `Err`; counted under `items = result`.
    pub records_err: u64,
    /// Calls of the stage's `next`, those that found nothing included.
    pub pulls: u64,
    /// Pulls that were timed.
    pub timed_pulls: u64,
    /// The largest latency of a timed pull, in ticks.
    pub slowest: u64,
    /// Times that the clock was seen to step back; each counts as no time.
    pub clock_steps_back: u64,
    pub(crate) allocations: StageAllocations,
    pub(crate) position: Position,
    /// Self time and another stage's upstream are the same, but for pulls that are timed.
    pub(crate) is_mixed_with_another: bool,
    /// Inputs may have gone by untimed within a timed pull.
    pub(crate) has_strides: bool,
    /// An input was pulled by another thread than the one that pulls the stage.
    pub(crate) fed_elsewhere: bool,
    /// Ticks from each run's start to its end.
    pub(crate) total: u64,
    /// Those of runs that had no clock and have ended.
    pub(crate) untimed: u64,
    /// Own ticks that were measured without sampling: bodies before the first
    /// record is asked for and after the last.
    pub(crate) exact_own: f64,
    /// Ticks inside pipelines within the stage, measured likewise.
    pub(crate) exact_nested: f64,
    /// Ticks inside inputs, and with whoever pulls, that were measured without
    /// sampling: between a body's end and the first pull, and what is going on now.
    pub(crate) exact_upstream: u64,
    pub(crate) exact_downstream: u64,
    /// Ticks that starting its runs and giving them back is modelled to have cost, where
    /// others went on around it.
    pub(crate) run_probes: f64,
    /// Ticks since active runs were last heard of, somewhere between two samples.
    pub(crate) unheard: u64,
    /// Where the body pulls its input itself, as sinks and sorts do.
    pub(crate) bodies: Stretch,
    /// From the first pull of each run to its end.
    pub(crate) drains: Stretch,
    pub(crate) first_out: FirstOut,
    pub(crate) latencies: Histogram,
    recent: Recent,
}

/// How long runs took to their first record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FirstOut {
    pub(crate) ticks: u64,
    /// Those that had one.
    pub(crate) runs: u64,
}

/// Ticks of the pulls of a stage's runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pulls {
    pub(crate) ticks: f64,
    /// Those that the stage around has not taken off yet.
    pub(crate) unclaimed: f64,
    /// Their standard error, or somewhat more.
    pub(crate) error: f64,
}

impl StageMetrics {
    pub(crate) fn new() -> StageMetrics {
        StageMetrics {
            runs: 0,
            exhausted: 0,
            dropped: 0,
            panicked: 0,
            records_in: 0,
            records_out: 0,
            records_err: 0,
            pulls: 0,
            timed_pulls: 0,
            slowest: 0,
            clock_steps_back: 0,
            allocations: StageAllocations::NONE,
            position: Position::default(),
            is_mixed_with_another: false,
            has_strides: false,
            fed_elsewhere: false,
            total: 0,
            untimed: 0,
            exact_own: 0.0,
            exact_nested: 0.0,
            exact_upstream: 0,
            exact_downstream: 0,
            run_probes: 0.0,
            unheard: 0,
            bodies: Stretch::default(),
            drains: Stretch::default(),
            first_out: FirstOut { ticks: 0, runs: 0 },
            latencies: Histogram::new(),
            recent: Recent::default(),
        }
    }

    /// Runs that have not ended.
    ///
    /// ```
    /// use measured_core::{Measured, Registry};
    ///
    /// let registry = Registry::new();
    /// let numbers = registry.scope(|| (0..3).measured("numbers"));
    /// # if cfg!(feature = "enable") {
    /// assert_eq!(registry.metrics("numbers").unwrap().active(), 1);
    /// # }
    /// drop(numbers);
    /// # if cfg!(feature = "enable") {
    /// assert_eq!(registry.metrics("numbers").unwrap().active(), 0);
    /// # }
    /// ```
    #[must_use]
    pub fn active(&self) -> u64 {
        let ended = [self.exhausted, self.dropped, self.panicked];
        ended.into_iter().fold(self.runs, u64::saturating_sub)
    }

    /// Ticks that the stage's own code ran. Where other stages are within it and pulls
    /// are sampled, theirs are among them: only a report, which knows these too, takes
    /// them off.
    ///
    /// ```
    /// use measured_core::{Measured, MockClock, Registry, Timing};
    ///
    /// let time = MockClock::new();
    /// let registry = Registry::new().with_clock(time.clone()).with_timing(Timing::Every);
    /// registry.scope(|| (0..2).inspect(|_| time.advance(7)).measured("slow").for_each(drop));
    /// # if cfg!(feature = "enable") {
    /// assert_eq!(registry.metrics("slow").unwrap().self_ticks(), 14.0);
    /// # }
    /// ```
    #[must_use]
    pub fn self_ticks(&self) -> f64 {
        (self.exact_own + self.bodies.own() + self.drains.own()).max(0.0)
    }

    /// Ticks inside pipelines that ran within the stage's own code.
    pub(crate) fn nested_ticks(&self) -> f64 {
        self.exact_nested + self.bodies.nested() + self.drains.nested()
    }

    /// What the pulls of its runs took: all of it or, for a stage whose inputs are
    /// another's, all but these.
    pub(crate) fn pulls_took(&self, passes_on: bool) -> Pulls {
        let drains = &self.drains;
        let estimate = drains.estimate();
        let upstream = if passes_on { 0.0 } else { drains.upstream() };
        let ticks = drains.own() + drains.nested() + upstream;
        let spread = estimate.mean_cycle().map_or(0.0, |(_, error)| error);
        Pulls {
            ticks,
            unclaimed: if estimate.claimed == 0.0 {
                ticks
            } else if self.was_sampled() {
                ticks - estimate.claimed
            } else {
                0.0
            },
            error: (spread * ticks).hypot(self.self_ticks_error()),
        }
    }

    /// Ticks inside the stage's inputs.
    ///
    /// ```
    /// use measured_core::{Measured, MockClock, Registry, Timing};
    ///
    /// let time = MockClock::new();
    /// let registry = Registry::new().with_clock(time.clone()).with_timing(Timing::Every);
    /// let source = (0..2).inspect(|_| time.advance(7));
    /// registry.scope(|| source.measured("slow").map(|n| n + 1).measured("quick").for_each(drop));
    /// # if cfg!(feature = "enable") {
    /// assert_eq!(registry.metrics("quick").unwrap().upstream_ticks(), 14.0);
    /// # }
    /// ```
    #[must_use]
    pub fn upstream_ticks(&self) -> f64 {
        self.exact_upstream as f64 + self.bodies.upstream() + self.drains.upstream()
    }

    /// Ticks between pulls, while whoever pulls the stage works.
    ///
    /// ```
    /// use measured_core::{Measured, MockClock, Registry, Timing};
    ///
    /// let time = MockClock::new();
    /// let registry = Registry::new().with_clock(time.clone()).with_timing(Timing::Every);
    /// registry.scope(|| (0..2).measured("quick").for_each(|_| time.advance(7)));
    /// # if cfg!(feature = "enable") {
    /// assert_eq!(registry.metrics("quick").unwrap().downstream_ticks(), 14.0);
    /// # }
    /// ```
    #[must_use]
    pub fn downstream_ticks(&self) -> f64 {
        self.exact_downstream as f64 + self.drains.rest()
    }

    /// Ticks from each run's start to its end, added up.
    ///
    /// ```
    /// use measured_core::{Measured, MockClock, Registry, Timing};
    ///
    /// let time = MockClock::new();
    /// let registry = Registry::new().with_clock(time.clone()).with_timing(Timing::Every);
    /// registry.scope(|| (0..2).inspect(|_| time.advance(7)).measured("slow").for_each(drop));
    /// # if cfg!(feature = "enable") {
    /// assert_eq!(registry.metrics("slow").unwrap().total_ticks(), 14);
    /// # }
    /// ```
    #[must_use]
    pub fn total_ticks(&self) -> u64 {
        self.total
    }

    /// Ticks that our own probes are modelled to have cost.
    ///
    /// ```
    /// use measured_core::{Measured, MockClock, Registry, Timing};
    ///
    /// let time = MockClock::new();
    /// let registry = Registry::new().with_clock(time.clone()).with_timing(Timing::Every);
    /// registry.scope(|| (0..2).inspect(|_| time.advance(7)).measured("slow").for_each(drop));
    /// # if cfg!(feature = "enable") {
    /// // Reading a mock clock costs nothing.
    /// assert_eq!(registry.metrics("slow").unwrap().instrumentation_ticks(), 0.0);
    /// # }
    /// ```
    #[must_use]
    pub fn instrumentation_ticks(&self) -> f64 {
        self.pull_probes() + self.run_probes
    }

    fn pull_probes(&self) -> f64 {
        self.bodies.probes + self.drains.probes
    }

    /// Whether some pulls went by untimed.
    pub(crate) fn was_sampled(&self) -> bool {
        self.timed_pulls < self.timeable_pulls()
    }

    /// Pulls that could have been timed: of the output, or, where the body pulls its
    /// inputs itself, of those.
    pub(crate) fn timeable_pulls(&self) -> u64 {
        if self.drains.pulls > 0 {
            self.drains.pulls + self.bodies.estimate().pulls.round() as u64
        } else {
            self.records_in
        }
    }

    /// Calls of the stage's `next`; where it has none, as its body took all there was, the
    /// records that this took.
    pub(crate) fn calls(&self) -> u64 {
        if self.drains.pulls == 0 && self.bodies.estimate().pulls > 0.0 {
            self.records_in
        } else {
            self.pulls
        }
    }

    /// Whether any pull was timed.
    pub(crate) fn is_timed(&self) -> bool {
        self.timed_pulls > 0 || self.exact_own > 0.0
    }

    /// The last latencies, oldest first: at most 100, in ticks.
    ///
    /// ```
    /// use measured_core::{Measured, Registry, Timing};
    ///
    /// let registry = Registry::new().with_timing(Timing::Every);
    /// registry.scope(|| (0..3).measured("numbers").for_each(drop));
    /// # if cfg!(feature = "enable") {
    /// // Three records, and the pull that found none.
    /// assert_eq!(registry.metrics("numbers").unwrap().recent().count(), 4);
    /// # }
    /// ```
    pub fn recent(&self) -> impl Iterator<Item = u64> + '_ {
        self.recent.oldest_first()
    }

    /// Notes latencies, each of which stands for `weight` pulls.
    pub(crate) fn note_latencies(&mut self, weight: u32, latencies: impl Iterator<Item = u64>) {
        for ticks in latencies {
            self.latencies.record(ticks, weight);
            self.slowest = self.slowest.max(ticks);
            self.recent.remember(ticks);
        }
    }

    /// The stretch that a run is in.
    pub(crate) fn stretch(&mut self, draining: bool) -> &mut Stretch {
        if draining {
            &mut self.drains
        } else {
            &mut self.bodies
        }
    }

    /// Adds what a run that has not ended shows of itself: all up to its last
    /// timed event, and the time since then to whoever has it.
    pub(crate) fn add_live(&mut self, run: &MetricsCollector, now: u64) {
        // What went in, last: it may be more by now, never less.
        self.records_err += run.records_err();
        self.records_out += run.records_out();
        self.pulls += run.pulls();
        self.records_in += run.records_in();
        self.timed_pulls += u64::from(run.timed_pulls());
        let heard = run.seen().saturating_sub(run.since());
        let open = now.saturating_sub(run.seen());
        self.total += heard + open;
        match run.whereabouts() {
            Whereabouts::Own => self.exact_own += open as f64,
            Whereabouts::Upstream => self.exact_upstream += open,
            Whereabouts::Downstream => self.exact_downstream += open,
            Whereabouts::Unknown => self.unheard += open,
        }
        if run.is_draining() {
            self.drains.pulls += run.pulls();
        }
        let stretch = self.stretch(run.is_draining());
        stretch.wall += heard;
        stretch.add(run.weight(), &run.batch(), 0.0);
        self.note_latencies(run.weight(), run.recent());
    }

    /// Adds another stage's totals: those of the same stage in another process,
    /// or of the stages that are one in the reader's eyes. Associative and
    /// commutative but for the order of [`recent`](StageMetrics::recent).
    ///
    /// ```
    /// use measured_core::{Measured, Registry, StageMetrics};
    ///
    /// let counted = |records| -> Option<StageMetrics> {
    ///     let registry = Registry::new();
    ///     registry.scope(|| (0..records).measured("numbers").for_each(drop));
    ///     registry.metrics("numbers")
    /// };
    /// if let (Some(mut one), Some(other)) = (counted(3), counted(4)) {
    ///     one.merge(&other);
    ///     assert_eq!((one.runs, one.records_out), (2, 7));
    /// }
    /// ```
    pub fn merge(&mut self, other: &StageMetrics) {
        for (mine, theirs) in [
            (&mut self.runs, other.runs),
            (&mut self.exhausted, other.exhausted),
            (&mut self.dropped, other.dropped),
            (&mut self.panicked, other.panicked),
            (&mut self.records_in, other.records_in),
            (&mut self.records_out, other.records_out),
            (&mut self.records_err, other.records_err),
            (&mut self.pulls, other.pulls),
            (&mut self.timed_pulls, other.timed_pulls),
            (&mut self.clock_steps_back, other.clock_steps_back),
            (&mut self.total, other.total),
            (&mut self.untimed, other.untimed),
            (&mut self.exact_upstream, other.exact_upstream),
            (&mut self.exact_downstream, other.exact_downstream),
            (&mut self.unheard, other.unheard),
            (&mut self.first_out.ticks, other.first_out.ticks),
            (&mut self.first_out.runs, other.first_out.runs),
        ] {
            *mine += theirs;
        }
        self.allocations += other.allocations;
        self.slowest = self.slowest.max(other.slowest);
        self.exact_own += other.exact_own;
        self.exact_nested += other.exact_nested;
        self.run_probes += other.run_probes;
        self.position.merge(&other.position);
        self.is_mixed_with_another |= other.is_mixed_with_another;
        self.has_strides |= other.has_strides;
        self.fed_elsewhere |= other.fed_elsewhere;
        self.bodies.merge(&other.bodies);
        self.drains.merge(&other.drains);
        self.latencies.merge(&other.latencies);
        other.recent().for_each(|ticks| self.recent.remember(ticks));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_at_most_4_kib() {
        assert!(
            size_of::<StageMetrics>() <= 4096,
            "{}",
            size_of::<StageMetrics>()
        );
    }

    #[test]
    fn merging_adds_up_and_keeps_the_slowest() {
        let part = |records, slowest| {
            let mut m = StageMetrics::new();
            m.records_out = records;
            m.note_latencies(1, [slowest].into_iter());
            m
        };
        let mut merged = part(3, 10);
        merged.merge(&part(4, 1_000));
        assert_eq!((merged.records_out, merged.slowest), (7, 1_000));
        assert!(merged.recent().eq([10, 1_000]));
    }

    #[test]
    fn what_was_written_into_it_by_hand_is_no_reason_to_panic() {
        let mut metrics = StageMetrics::new();
        metrics.dropped = 1;
        assert_eq!(metrics.active(), 0);
    }
}
