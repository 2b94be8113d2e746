//! The start of a run.

use super::{NOWHERE, Nests, Phase, Run, Session, Timed, WARM_UP};
use crate::collector::Whereabouts;
use crate::registry::{Registry, Stage, this_thread};
use crate::stage::nesting;
use crate::timing::{Gaps, Timing};
use crate::watch::for_ourselves;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

impl Run {
    /// Where its adapters tell of pulls it is known what is allocated within; those that
    /// only count do not.
    pub(crate) fn begin(
        &'static self,
        registry: &Registry,
        stage: Arc<Stage>,
        timing: Timing,
        tells_pulls: bool,
        calibrated: bool,
    ) {
        let registry = registry.clone();
        self.begin_session(
            Session {
                registry,
                stage,
                timing,
            },
            tells_pulls,
            calibrated,
        );
    }

    fn begin_session(&'static self, mut session: Session, tells_pulls: bool, calibrated: bool) {
        self.watched.begin(session.stage.site);
        if self.watched.is_on() && matches!(session.timing, Timing::Sampled { .. }) {
            // Every pull is told of, which costs more than the budget allows.
            session.timing = Timing::Counts;
        }
        self.forget_the_last_run();
        let clock = session.registry.clock();
        self.clock.set(clock.kind());
        self.calibrated.store(calibrated, Relaxed);
        let sampled = matches!(session.timing, Timing::Sampled { .. });
        self.sampled.store(sampled, Relaxed);
        self.phase.set(Phase::Body);
        self.gaps
            .store(Gaps::seeded(session.registry.next_seed()).state(), Relaxed);
        self.thread.store(this_thread(), Relaxed);
        let nested = nesting::ticks();
        self.claimed.set(nested);
        self.nested_then.set(nested);
        let now = clock.now();
        self.started.set(now);
        self.set_fold_at(&session, now);
        self.collector.reset(now);
        if session.timing == Timing::Counts {
            self.timed.set(Timed::Look);
            self.collector.go_to(Whereabouts::Unknown);
        } else {
            self.clocked.store(true, Relaxed);
            self.timed.set(Timed::InBody);
            self.go_deeper();
        }
        session.registry.cover(this_thread(), now);
        {
            let mut state = session.stage.lock();
            state.metrics.runs += 1;
            let is_charged = tells_pulls && self.watched.is_charged();
            state.metrics.allocations.runs += u64::from(is_charged);
            state.activate(&self.collector);
            self.usual_cycle.set(state.usual_cycle() as f32);
            self.warm
                .store(state.metrics.timed_pulls >= WARM_UP, Relaxed);
        }
        self.stand_alone();
        *self.session.lock() = Some(session);
        self.watched.enter();
    }

    fn forget_the_last_run(&self) {
        for flag in [
            &self.cycle_open,
            &self.fed,
            &self.passes_on,
            &self.fed_elsewhere,
            &self.yielded,
        ] {
            flag.store(false, Relaxed);
        }
        self.around.store(NOWHERE, Relaxed);
        self.nests.set(Nests::Claims);
        self.consumers.store(0, Relaxed);
        self.elsewhere.set(0.0);
        self.stretch.iter().for_each(|sum| sum.set(0.0));
        self.clear_batch();
    }

    /// The run of a cloned iterator: as if the stage had been called again and
    /// had just returned.
    pub(crate) fn begin_clone(&self, tells_pulls: bool) -> &'static Run {
        let run = Run::fresh();
        let Some(session) = for_ourselves(|| self.session.lock().clone()) else {
            return run;
        };
        for_ourselves(|| run.begin_session(session, tells_pulls, self.calibrated.load(Relaxed)));
        run.charge(run.watched.leave());
        run.phase.set(Phase::Returned);
        run.timed.set(Timed::Untimed);
        if run.is_clocked() {
            run.come_up();
        }
        run.shares_as(self);
        run.go_downstream();
        if self.is_consumed() {
            run.is_taken(run.started.get(), 0.0);
        }
        run.with_stage(|state| {
            if self.fed.load(Relaxed) {
                run.fed.store(true, Relaxed);
                state.metrics.position.fed += 1;
            }
        });
        run.passes_on.store(self.passes_on.load(Relaxed), Relaxed);
        run.note_around(self.around.load(Relaxed));
        run
    }
}
