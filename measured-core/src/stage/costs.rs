//! What timing a pull costs, found out once and taken off.
//!
//! Every clock read inside an interval is counted in it. An empty stage over an
//! empty source, timed at every pull, shows how much: its own time, its
//! upstream's and its downstream's are all ours.

use super::call::start_with;
use super::iter::{Clocked, In, Out, Plain};
use super::run::Run;
use super::site::Site;
use crate::clock::Clock;
use crate::registry::Registry;
use crate::timing::{Budget, Timing};
use std::sync::OnceLock;

/// Ticks by which a timed pull reads too much.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Costs {
    /// Own time, for the pull itself.
    pub(crate) own: f64,
    /// Own time, for each pull of an input within it.
    pub(crate) own_per_input: f64,
    /// Upstream time, for each pull of an input.
    pub(crate) upstream: f64,
    /// Downstream time.
    pub(crate) downstream: f64,
    /// The cold entry between two cycles, which no cycle contains.
    pub(crate) entry: f64,
}

impl Costs {
    pub(crate) const NONE: Costs = Costs {
        own: 0.0,
        own_per_input: 0.0,
        upstream: 0.0,
        downstream: 0.0,
        entry: 0.0,
    };

    /// Those of the host's clock where every pull is timed, and where few are, which
    /// the processor does not foresee. Measured at the first call, in about 10 ms.
    pub(crate) fn measured(sampled: bool) -> &'static Costs {
        static MEASURED: OnceLock<[Costs; 2]> = OnceLock::new();
        let every_and_sampled = MEASURED.get_or_init(|| {
            let one_in_some = Timing::Sampled {
                budget: Budget::one_in(SOME).unwrap_or_default(),
            };
            [Timing::Every, one_in_some].map(Costs::measure)
        });
        &every_and_sampled[usize::from(sampled)]
    }

    /// Whether reading this clock costs anything; if so, finds out how much.
    pub(crate) fn are_known_for(clock: &Clock) -> bool {
        let real = !matches!(clock, Clock::Mock(_));
        if real {
            Costs::measured(false);
        }
        real
    }

    /// All of it, for a pull that pulls its input once.
    pub(crate) fn pull(&self) -> f64 {
        self.own + self.own_per_input + self.upstream + self.downstream + self.entry
    }

    fn measure(timing: Timing) -> Costs {
        let source = median_of(|| figures(&EMPTY_SOURCE, false, timing));
        let stage = median_of(|| figures(&EMPTY_STAGE, true, timing));
        Costs {
            own: source[0],
            own_per_input: (stage[0] - source[0]).max(0.0),
            upstream: stage[1],
            downstream: stage[2],
            entry: stage[3],
        }
    }
}

/// The mean gap at which sampling is calibrated: long enough for the processor
/// not to foresee the end of one.
const SOME: u32 = 24;

static EMPTY_SOURCE: Site = Site::new("empty source", module_path!(), file!(), line!());
static EMPTY_STAGE: Site = Site::new("empty stage", module_path!(), file!(), line!());

/// Own, upstream, downstream and entry ticks per timed pull of an empty stage.
fn figures(site: &'static Site, input: bool, timing: Timing) -> [f64; 4] {
    const TIMED: u32 = 192;
    let pulls = if timing == Timing::Every {
        TIMED
    } else {
        TIMED * SOME
    };
    let registry = Registry::new().with_timing(timing);
    let call = start_with::<Clocked>(Run::fresh(), site, &registry, timing, false);
    let numbers = 0..pulls;
    if input {
        let numbers = In::new(&call, numbers);
        Out::new(call, Plain, || numbers).for_each(|n| _ = std::hint::black_box(n));
    } else {
        Out::new(call, Plain, || numbers).for_each(|n| _ = std::hint::black_box(n));
    }
    let Some(metrics) = registry.metrics(site.id.name) else {
        return [0.0; 4];
    };
    let sums = metrics.drains.estimate;
    // The sums stand for all pulls, the probes for those that were timed.
    let [own, upstream, downstream] = [
        sums.own,
        sums.upstream,
        sums.cycle - sums.own - sums.upstream,
    ]
    .map(|ticks| ticks / f64::from(pulls));
    [
        own,
        upstream,
        downstream,
        metrics.drains.probes / metrics.timed_pulls.max(1) as f64,
    ]
}

/// The median of each figure over enough rounds that an interrupted one does not show.
fn median_of(round: impl Fn() -> [f64; 4]) -> [f64; 4] {
    const ROUNDS: usize = 31;
    let rounds: Vec<[f64; 4]> = (0..ROUNDS).map(|_| round()).collect();
    [0, 1, 2, 3].map(|figure| {
        let mut values: Vec<f64> = rounds.iter().map(|round| round[figure]).collect();
        values.sort_by(f64::total_cmp);
        values[ROUNDS / 2]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn the_calibration_is_quick_and_plausible() {
        let clock = Clock::host();
        let begun = Instant::now();
        let costs =
            [false, true].map(|sampled| Costs::measured(sampled).pull() * clock.ns_per_tick());
        // A generous limit, as the machine may be busy; it takes about 10 ms.
        assert!(begun.elapsed() < Duration::from_millis(500));
        assert!(
            costs.iter().all(|ns| (1.0..10_000.0).contains(ns)),
            "{costs:?} ns a timed pull"
        );
    }

    #[test]
    fn a_mock_clock_is_free() {
        assert!(!Costs::are_known_for(&Clock::Mock(crate::MockClock::new())));
    }
}
