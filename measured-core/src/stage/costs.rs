//! What timing a pull costs, found out once and taken off.
//!
//! Every clock read inside an interval is counted in it. Empty stages show how
//! much: all their time is ours. One is a source; one stands over numbers; where
//! every pull is timed, one more stands on another's output and shares its moments.

use super::call::{Call, start_with};
use super::iter::{In, Out};
use super::mode::Clocked;
use super::run::Run;
use super::site::Site;
use super::tally::Plain;
use crate::clock::{Clock, Kind};
use crate::registry::Registry;
use crate::site_id::UNWATCHED;
use crate::timing::{Budget, Timing};
use std::array::from_fn;
use std::hint::black_box;
use std::ops::Range;
use std::sync::OnceLock;

/// Ticks by which a timed pull reads too much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Costs {
    /// Self time, for the pull itself.
    pub(crate) own: i64,
    /// The same where an input stands on the output and shares its moments.
    pub(crate) own_shared: i64,
    /// Self time, for each pull of an input within it.
    pub(crate) own_per_input: i64,
    /// The same for an input that shares the moments of the output under it.
    pub(crate) own_per_shared_input: i64,
    /// Upstream time, for each pull of an input.
    pub(crate) upstream: i64,
    /// Downstream time.
    pub(crate) downstream: i64,
    /// The cold entry between two cycles, where no cycle contains it.
    entry: i64,
    /// Starting a run and giving it back, before and after the time that is its own.
    pub(crate) run: i64,
}

impl Costs {
    /// Those of this clock where every pull is timed, and where few are, which the
    /// processor does not foresee; none of a clock that moves by hand. Measured at the
    /// first call, in about 10 ms.
    pub(crate) fn measured(clock: Kind, sampled: bool) -> Option<&'static Costs> {
        static OF_TSC: OnceLock<[Costs; 2]> = OnceLock::new();
        static OF_INSTANT: OnceLock<[Costs; 2]> = OnceLock::new();
        let every_and_sampled = match clock {
            Kind::Tsc => OF_TSC.get_or_init(|| Costs::every_and_sampled(&Clock::Tsc)),
            Kind::Instant => OF_INSTANT.get_or_init(|| Costs::every_and_sampled(&Clock::Instant)),
            Kind::Mock => return None,
        };
        Some(&every_and_sampled[usize::from(sampled)])
    }

    /// All of it, for a pull that pulls its input once.
    pub(crate) fn pull(&self) -> f64 {
        (self.own + self.own_per_input + self.upstream + self.downstream + self.entry) as f64
    }

    #[cold]
    fn every_and_sampled(clock: &Clock) -> [Costs; 2] {
        let one_in_some = Timing::Sampled {
            budget: Budget::one_in(SOME).unwrap_or_default(),
        };
        [Timing::Every, one_in_some].map(|timing| Costs::measure(clock, timing))
    }

    fn measure(clock: &Clock, timing: Timing) -> Costs {
        let empty = || Empty::of(clock, timing);
        let source = Figures::median(|| empty().source());
        let stage = Figures::median(|| empty().stage());
        let lower = Figures::median(|| empty().two_stages().0);
        let upper = Figures::median(|| empty().two_stages().1);
        let beyond_source = |own: f64| (own - source.own).max(0.0);
        let whole = |ticks: f64| ticks.round() as i64;
        Costs {
            own: whole(source.own),
            own_shared: whole(lower.own),
            own_per_input: whole(beyond_source(stage.own)),
            own_per_shared_input: whole(beyond_source(upper.own)),
            upstream: whole(stage.upstream),
            downstream: whole(stage.downstream),
            entry: whole(stage.entry),
            run: whole(median(|| empty().run())),
        }
    }
}

/// The mean gap at which sampling is calibrated: long enough for the processor
/// not to foresee the end of one.
const SOME: u32 = 24;

static SOURCE: Site = Site::new("empty source", UNWATCHED, file!(), line!());
static STAGE: Site = Site::new("empty stage", UNWATCHED, file!(), line!());

/// Pipelines of stages that do nothing.
struct Empty {
    registry: Registry,
    timing: Timing,
}

impl Empty {
    fn of(clock: &Clock, timing: Timing) -> Empty {
        let registry = Registry::new()
            .with_clock(clock.clone())
            .with_timing(timing);
        Empty { registry, timing }
    }

    fn source(&self) -> Figures {
        drain(self.call(&SOURCE), self.numbers());
        self.figures(&SOURCE)
    }

    fn stage(&self) -> Figures {
        let call = self.call(&STAGE);
        let numbers = In::new(&call, self.numbers());
        drain(call, numbers);
        self.figures(&STAGE)
    }

    /// The lower and the upper of two, one on the output of the other.
    fn two_stages(&self) -> (Figures, Figures) {
        let source = output(self.call(&SOURCE), self.numbers());
        let call = self.call(&STAGE);
        let numbers = In::new(&call, source);
        drain(call, numbers);
        (self.figures(&SOURCE), self.figures(&STAGE))
    }

    /// Ticks by which a run takes longer than it is taken to last.
    fn run(&self) -> f64 {
        const RUNS: u32 = 16;
        let clock = self.registry.clock();
        let begun = clock.now();
        for _ in 0..RUNS {
            drain(self.call(&STAGE), 0..0);
        }
        let taken = clock.now().saturating_sub(begun);
        let lasted = self
            .registry
            .metrics(STAGE.id.name)
            .map_or(0, |it| it.total);
        taken.saturating_sub(lasted) as f64 / f64::from(RUNS)
    }

    fn call(&self, site: &Site) -> Call<Clocked> {
        start_with(Run::fresh(), site, &self.registry, self.timing, false)
    }

    fn numbers(&self) -> Range<u32> {
        const TIMED: u32 = 192;
        0..if self.timing == Timing::Every {
            TIMED
        } else {
            TIMED * SOME
        }
    }

    fn figures(&self, site: &Site) -> Figures {
        let Some(metrics) = self.registry.metrics(site.id.name) else {
            return Figures::default();
        };
        let sums = metrics.drains.estimate();
        // The sums stand for all pulls, the probes for those that were timed.
        let per_pull = |ticks: f64| ticks / metrics.pulls as f64;
        Figures {
            own: per_pull(sums.own),
            upstream: per_pull(sums.upstream),
            downstream: per_pull(sums.cycle - sums.own - sums.upstream),
            entry: metrics.drains.probes / metrics.timed_pulls.max(1) as f64,
        }
    }
}

fn output<I: Iterator>(call: Call<Clocked>, numbers: I) -> Out<I, Clocked, Plain> {
    Out::around(numbers, call)
}

fn drain(call: Call<Clocked>, numbers: impl Iterator<Item = u32>) {
    output(call, numbers).for_each(|n| _ = black_box(n));
}

/// Ticks per timed pull of an empty stage.
#[derive(Clone, Copy, Default)]
struct Figures {
    own: f64,
    upstream: f64,
    downstream: f64,
    entry: f64,
}

impl Figures {
    /// The median of each.
    fn median(round: impl Fn() -> Figures) -> Figures {
        let rounds: [Figures; ROUNDS] = from_fn(|_| round());
        let median = |figure: fn(&Figures) -> f64| middle(rounds.each_ref().map(figure));
        Figures {
            own: median(|figures| figures.own),
            upstream: median(|figures| figures.upstream),
            downstream: median(|figures| figures.downstream),
            entry: median(|figures| figures.entry),
        }
    }
}

/// So many rounds that an interrupted one does not show in their median.
const ROUNDS: usize = 31;

fn median(round: impl Fn() -> f64) -> f64 {
    middle(from_fn(|_| round()))
}

fn middle(mut values: [f64; ROUNDS]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[ROUNDS / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_clock_has_costs_of_its_own() {
        for clock in [Clock::host(), Clock::Instant] {
            let costs = [false, true].map(|sampled| {
                let costs = Costs::measured(clock.kind(), sampled).expect("a clock that runs");
                costs.pull() * clock.ns_per_tick()
            });
            assert!(
                costs.iter().all(|ns| (1.0..10_000.0).contains(ns)),
                "{costs:?} ns a timed pull by {}",
                clock.name()
            );
        }
    }

    #[test]
    fn ticks_of_one_clock_are_not_taken_off_another() {
        let [counter, instant] =
            [Kind::Tsc, Kind::Instant].map(|clock| Costs::measured(clock, false).expect("it runs"));
        assert!(!std::ptr::eq(counter, instant));
    }

    #[test]
    fn a_mock_clock_is_free() {
        assert_eq!(Costs::measured(Kind::Mock, false), None);
    }
}
