//! What timing a pull costs, found out once and taken off.
//!
//! Every clock read inside an interval is counted in it. An empty stage over an
//! empty source, timed at every pull, shows how much: its own time, its
//! upstream's and its downstream's are all ours.

use super::call::start_with;
use super::iter::{Clocked, In, Out, Plain};
use super::site::Site;
use crate::clock::Clock;
use crate::registry::Registry;
use crate::timing::Timing;
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
    pub(crate) const NONE: Costs = Costs { own: 0.0, own_per_input: 0.0, upstream: 0.0, downstream: 0.0, entry: 0.0 };

    /// Those of the host's clock, measured at the first call in about 3 ms.
    pub(crate) fn measured() -> &'static Costs {
        static MEASURED: OnceLock<Costs> = OnceLock::new();
        MEASURED.get_or_init(Costs::measure)
    }

    /// Whether reading this clock costs anything; if so, finds out how much.
    pub(crate) fn are_known_for(clock: &Clock) -> bool {
        let real = !matches!(clock, Clock::Mock(_));
        if real {
            Costs::measured();
        }
        real
    }

    /// All of it, for a pull that pulls its input once.
    pub(crate) fn pull(&self) -> f64 {
        self.own + self.own_per_input + self.upstream + self.downstream + self.entry
    }

    fn measure() -> Costs {
        let source = median_of(|| figures(&EMPTY_SOURCE, false));
        let stage = median_of(|| figures(&EMPTY_STAGE, true));
        Costs {
            own: source[0],
            own_per_input: (stage[0] - source[0]).max(0.0),
            upstream: stage[1],
            downstream: stage[2],
            entry: stage[3],
        }
    }
}

static EMPTY_SOURCE: Site = Site::new("empty source", module_path!(), file!(), line!());
static EMPTY_STAGE: Site = Site::new("empty stage", module_path!(), file!(), line!());

/// Own, upstream, downstream and entry ticks per pull of an empty stage.
fn figures(site: &'static Site, input: bool) -> [f64; 4] {
    const PULLS: u32 = 256;
    let registry = Registry::new().with_timing(Timing::Every);
    let call = start_with::<Clocked>(site, &registry, Timing::Every, false);
    let numbers = 0..PULLS;
    if input {
        let numbers = In::new(&call, numbers);
        Out::new(call, Plain, || numbers).for_each(|n| _ = std::hint::black_box(n));
    } else {
        Out::new(call, Plain, || numbers).for_each(|n| _ = std::hint::black_box(n));
    }
    let metrics = registry.metrics(site.id.name);
    let per_pull = |ticks: f64| ticks / f64::from(PULLS + 1);
    metrics.map_or([0.0; 4], |m| {
        let sums = m.drains.estimate;
        [sums.own, sums.upstream, sums.cycle - sums.own - sums.upstream, m.drains.probes].map(per_pull)
    })
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
        let costs = Costs::measure();
        // A generous limit, as the machine may be busy; it takes about 3 ms.
        assert!(begun.elapsed() < Duration::from_millis(200));
        let ns = costs.pull() * clock.ns_per_tick();
        assert!((1.0..10_000.0).contains(&ns), "{ns} ns a timed pull");
    }

    #[test]
    fn a_mock_clock_is_free() {
        assert!(!Costs::are_known_for(&Clock::Mock(crate::MockClock::new())));
    }
}
