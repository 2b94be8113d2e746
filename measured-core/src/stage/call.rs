//! One call of an attributed function, while its body runs.

use super::costs::Costs;
use super::mode::Mode;
use super::nesting;
#[cfg(feature = "profile")]
use super::pulls;
use super::run::Run;
use super::site::Site;
use crate::registry::Registry;
use crate::timing::Timing;
use crate::watch::{self, for_ourselves};
use std::marker::PhantomData;

/// A call whose body has not returned; dropped, as by a panic, it ends its run.
#[must_use]
#[derive(Debug)]
pub struct Call<M: Mode> {
    run: &'static Run,
    /// How many bodies are going on, its own included; none where nothing is recorded.
    bodies: Option<u32>,
    mode: PhantomData<M>,
}

/// A call of a stage begins.
pub(crate) fn start<M: Mode>(site: &Site) -> Call<M> {
    start_unless_off(site, Run::fresh, Run::off)
}

/// A call of a stage begins, with a run that it now holds.
pub(crate) fn start_on<M: Mode>(run: &'static Run, site: &Site) -> Call<M> {
    start_unless_off(site, || run, || run)
}

fn start_unless_off<M: Mode>(
    site: &Site,
    run: impl FnOnce() -> &'static Run,
    off: impl FnOnce() -> &'static Run,
) -> Call<M> {
    for_ourselves(|| {
        let timing = Registry::with_current(|registry| site.timing(registry.timing()));
        let registry = match timing {
            Timing::Off => return Call::of(off(), None),
            _ => Registry::current(),
        };
        #[cfg(feature = "profile")]
        if watch::is_on() {
            pulls::note_empty_stage();
        }
        let calibrated = match timing {
            Timing::Off | Timing::Counts => false,
            // Counted, too: see `watch`.
            Timing::Sampled { .. } if watch::is_on() => false,
            Timing::Sampled { .. } | Timing::Every => {
                M::CLOCKED && Costs::measured(registry.clock().kind(), false).is_some()
            }
        };
        start_with(run(), site, &registry, timing, calibrated)
    })
}

/// The same with all that it depends on given.
pub(crate) fn start_with<M: Mode>(
    run: &'static Run,
    site: &Site,
    registry: &Registry,
    timing: Timing,
    calibrated: bool,
) -> Call<M> {
    let timing = if M::CLOCKED { timing } else { Timing::Counts };
    let stage = site.stage(registry);
    run.begin(registry, stage, timing, M::CLOCKED, calibrated);
    Call::of(run, Some(nesting::begin_body()))
}

impl<M: Mode> Call<M> {
    fn of(run: &'static Run, bodies: Option<u32>) -> Call<M> {
        Call {
            run,
            bodies,
            mode: PhantomData,
        }
    }

    pub(crate) fn run(&self) -> &'static Run {
        self.run
    }

    /// The body was all there is, and it yielded these many records.
    pub(crate) fn end_with(self, records: u64) {
        self.run.body_was_all(records);
    }

    /// The run for whoever holds it from now on.
    pub(crate) fn hand_over(self) -> &'static Run {
        let run = self.run;
        self.end_body();
        std::mem::forget(self);
        run
    }

    fn end_body(&self) {
        if let Some(bodies) = self.bodies {
            nesting::end_body(bodies, self.run);
        }
    }
}

impl<M: Mode> Drop for Call<M> {
    fn drop(&mut self) {
        self.run.let_go();
        self.end_body();
    }
}
