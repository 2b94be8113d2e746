//! One call of an attributed function, while its body runs.

use super::costs::Costs;
use super::iter::Mode;
use super::run::Run;
use super::site::Site;
use crate::registry::Registry;
use crate::timing::Timing;
use std::marker::PhantomData;

/// A call whose body has not returned; dropped, as by a panic, it ends its run.
#[must_use]
#[derive(Debug)]
pub struct Call<M: Mode> {
    run: &'static Run,
    mode: PhantomData<M>,
}

/// A call of a stage begins.
pub(crate) fn start<M: Mode>(site: &'static Site) -> Call<M> {
    let registry = Registry::current();
    let timing = site.timing(registry.timing());
    let calibrated = match timing {
        Timing::Off => return Call::of(Run::off()),
        Timing::Counts => false,
        Timing::Sampled { .. } | Timing::Every => M::CLOCKED && Costs::are_known_for(registry.clock()),
    };
    start_with(site, &registry, timing, calibrated)
}

/// The same with all that it depends on given.
pub(crate) fn start_with<M: Mode>(site: &'static Site, registry: &Registry, timing: Timing, calibrated: bool) -> Call<M> {
    let timing = if M::CLOCKED { timing } else { Timing::Counts };
    Call::of(Run::begin(registry, registry.stage(site.id), timing, calibrated))
}

impl<M: Mode> Call<M> {
    fn of(run: &'static Run) -> Call<M> {
        Call { run, mode: PhantomData }
    }

    pub(crate) fn run(&self) -> &'static Run {
        self.run
    }

    /// The run for whoever holds it from now on.
    pub(crate) fn hand_over(self) -> &'static Run {
        let run = self.run;
        std::mem::forget(self);
        run
    }
}

impl<M: Mode> Drop for Call<M> {
    fn drop(&mut self) {
        self.run.leave();
    }
}
