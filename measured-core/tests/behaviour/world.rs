//! A registry whose time moves only when a stage, a source or a consumer spends it.

use measured_core::{MockClock, Registry, Report, StageReport, Timing, measured_stage};

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) clock: MockClock,
    pub(crate) registry: Registry,
}

impl World {
    /// Every pull is timed.
    pub(crate) fn new() -> World {
        World::with(Timing::Every)
    }

    /// With the same gaps each time.
    pub(crate) fn with(timing: Timing) -> World {
        World::seeded(timing, 1)
    }

    /// By a timing as users write it.
    pub(crate) fn sampled(timing: &str, seed: u64) -> World {
        World::seeded(timing.parse().expect("a timing"), seed)
    }

    fn seeded(timing: Timing, seed: u64) -> World {
        let clock = MockClock::new();
        let registry = Registry::new()
            .with_clock(clock.clone())
            .with_timing(timing)
            .with_seed(seed);
        World { clock, registry }
    }

    pub(crate) fn spend(&self, ns: u64) {
        self.clock.advance(ns);
    }

    /// Spends as much for each record.
    pub(crate) fn spending(&self, ns: u64) -> impl Fn(&u64) + Clone + Send + use<> {
        let world = self.clone();
        move |_| world.spend(ns)
    }

    pub(crate) fn scope<R>(&self, f: impl FnOnce() -> R) -> R {
        self.registry.scope(f)
    }

    /// The report as a thread of its own sees it while this one stands still.
    pub(crate) fn seen_from_elsewhere(&self) -> Report {
        std::thread::scope(|threads| {
            let capture = threads.spawn(|| self.registry.capture());
            capture.join().expect("a report")
        })
    }

    /// One stage of [`seen_from_elsewhere`](World::seen_from_elsewhere).
    pub(crate) fn stage(&self, name: &str) -> StageReport {
        stage(&self.seen_from_elsewhere(), name).clone()
    }
}

pub(crate) fn stage<'a>(report: &'a Report, name: &str) -> &'a StageReport {
    report
        .stage(name)
        .unwrap_or_else(|| panic!("no stage {name} in\n{report}"))
}

/// A stage that takes `ns` for each record.
#[measured_stage("work")]
pub(crate) fn work<T>(
    records: impl Iterator<Item = T>,
    world: World,
    ns: u64,
) -> impl Iterator<Item = T> {
    records.inspect(move |_| world.spend(ns))
}

/// All timings of which a run may be.
pub(crate) fn timings() -> [Timing; 5] {
    ["off", "counts", "sampled", "one-in=16", "every"].map(|text| text.parse().expect("a timing"))
}

/// Those that count.
pub(crate) fn counting_timings() -> impl Iterator<Item = Timing> {
    timings().into_iter().skip(1)
}
