//! One call of an attributed function, while its body runs.

use super::costs::Costs;
use super::iter::Mode;
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
    /// The body's place among those that are going on.
    place: usize,
    mode: PhantomData<M>,
}

/// A call of a stage begins.
pub(crate) fn start<M: Mode>(site: &Site) -> Call<M> {
    start_on(Run::fresh(), site)
}

/// A call of a stage begins, with a run that it now holds.
pub(crate) fn start_on<M: Mode>(run: &'static Run, site: &Site) -> Call<M> {
    for_ourselves(|| {
        let registry = Registry::current();
        let timing = site.timing(registry.timing());
        #[cfg(feature = "profile")]
        if watch::is_on() && timing != Timing::Off {
            pulls::are_known();
        }
        let calibrated = match timing {
            Timing::Off => return Call::of(run),
            Timing::Counts => false,
            // Counted, too: see `watch`.
            Timing::Sampled { .. } if watch::is_on() => false,
            Timing::Sampled { .. } | Timing::Every => {
                M::CLOCKED && Costs::found_for(registry.clock()).is_some()
            }
        };
        start_with(run, site, &registry, timing, calibrated)
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
    run.begin(registry, site.stage(registry), timing, calibrated);
    Call::of(run)
}

impl<M: Mode> Call<M> {
    fn of(run: &'static Run) -> Call<M> {
        Call {
            run,
            place: nesting::begin_body(),
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
        nesting::end_body(self.place, run);
        std::mem::forget(self);
        run
    }
}

impl<M: Mode> Drop for Call<M> {
    fn drop(&mut self) {
        self.run.leave();
        nesting::end_body(self.place, self.run);
    }
}
