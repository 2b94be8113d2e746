//! Which runs a run pulls from.
//!
//! A run is another's input for a while: `by_ref().take(5)` is, until the stage that
//! took it ends, and the rest of the records may be the consumer's.

use super::{NOWHERE, Nests, Run};
use crate::collector::Whereabouts;
use crate::registry::{StageNumber, StageState, Upstream, this_thread};
use crate::stage::nesting;
use std::sync::atomic::Ordering::Relaxed;

impl Run {
    /// Notes that this run pulls from that one, through an input.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn note_upstream(&'static self, upstream: &'static Run) {
        if !self.is_off() {
            self.pulls_from(upstream, upstream.drained_so_far() + upstream.open_pull());
        }
    }

    /// Other pipelines ran inside an input, in a pull that is timed. The last that was
    /// pulled there is what the input pulls from, through an iterator that has not said
    /// so; not where the stage knows what that is, or the run began there, or is another
    /// stage's.
    #[cold]
    #[inline(never)]
    pub(super) fn look_for_upstream(&'static self) {
        if self.fed.load(Relaxed) {
            return;
        }
        let entered = self.collector.seen();
        let was_pulled_there = |run: &Run| {
            run.is_going_on()
                && run.thread.load(Relaxed) == this_thread()
                && run.started.get() <= entered
                && run.opened.get() >= entered
        };
        let is_free = |run: &Run| {
            !run.is_consumed()
                && !run.passes_on.load(Relaxed)
                && run.around.load(Relaxed) == NOWHERE
        };
        let last = nesting::last_claim().filter(|run| was_pulled_there(run) && is_free(run));
        if let Some(upstream) = last.filter(|run| self.is_timed_with(run)) {
            // The pull that is open was the input's already.
            self.pulls_from(upstream, upstream.drained_so_far());
        }
    }

    /// Notes that this run pulls from that one, which took so many ticks before.
    fn pulls_from(&'static self, upstream: &'static Run, before: f64) {
        let Some(number) = self.number_alongside(upstream) else {
            self.read_at_inputs();
            return;
        };
        self.share_with(upstream);
        upstream.is_taken(self.collector.seen(), before);
        let around = upstream.around.load(Relaxed);
        let mut left = NOWHERE;
        if upstream.passes_on.load(Relaxed) {
            self.note_passing_on();
        } else if around != NOWHERE {
            // Its time is within this one's, all of which is within.
            left = around;
            upstream.around.store(NOWHERE, Relaxed);
            upstream.with_stage(|state| state.leave(around));
        }
        self.with_stage(|state| {
            state.pulls_from(number);
            state.feed(&self.collector, upstream, upstream.generation(), left);
            self.is_fed(state);
        });
        self.note_around(around);
    }

    #[inline(always)]
    pub(super) fn is_consumed(&self) -> bool {
        self.consumers.load(Relaxed) > 0
    }

    /// From `now` on one more stage's run pulls this one, which took so many ticks before.
    pub(super) fn is_taken(&self, now: u64, before: f64) {
        if !self.is_going_on() {
            return;
        }
        let others = self.consumers.load(Relaxed);
        self.consumers.store(others.saturating_add(1), Relaxed);
        if others == 0 {
            self.change_hands(now, 1, -before);
        }
        if !self.passes_on.load(Relaxed) && self.nests.is(Nests::Claims) {
            self.nests.set(Nests::Neither);
        }
    }

    /// What it pulls from goes on without it from `now` on.
    pub(super) fn let_upstream_go(&'static self, now: u64) {
        if !self.fed.load(Relaxed) {
            return;
        }
        let fed_by = self.with_stage(|state| state.no_longer_feed(&self.collector));
        for feed in fed_by.into_iter().flatten() {
            feed.upstream.is_let_go(feed.generation, feed.around, now);
        }
    }

    /// A stage takes it from the consumer, or gives it back.
    fn change_hands(&self, now: u64, runs: i64, ticks: f64) {
        self.elsewhere.add(ticks as f32);
        self.with_session(|session| {
            let thread = self.thread.load(Relaxed);
            session.registry.cover_is_anothers(thread, now, runs > 0);
            let position = &mut session.stage.lock().metrics.position;
            position.consumed = position.consumed.saturating_add_signed(runs);
            position.elsewhere += ticks;
        });
    }

    /// Weighted ticks of the timed pulls of the drain that is going on, as far as their
    /// cycles are over.
    fn drained_so_far(&self) -> f64 {
        let batch = self.collector.batch();
        let inside = batch.own + f64::from(self.nested.get()) + batch.upstream;
        let [_, own, upstream] = [0, 1, 2].map(|at| self.stretch[at].get());
        own + upstream + f64::from(self.collector.weight()) * inside
    }

    /// Those of the pull whose cycle is open, if it has returned.
    fn open_pull(&self) -> f64 {
        let is_back = self.collector.whereabouts() == Whereabouts::Downstream;
        if !(is_back && self.cycle_open.load(Relaxed)) {
            return 0.0;
        }
        let pull = self.collector.seen().saturating_sub(self.opened.get());
        f64::from(self.collector.weight()) * pull as f64
    }

    /// The drain is over: which part of its time other stages had.
    pub(super) fn part_elsewhere(&self) -> f64 {
        let all = self.drained_so_far();
        let before = if self.is_consumed() { all } else { 0.0 };
        if all > 0.0 {
            ((before + f64::from(self.elsewhere.get())) / all).clamp(0.0, 1.0)
        } else {
            f64::from(u8::from(self.is_consumed()))
        }
    }

    pub(super) fn note_fed(&self) {
        self.with_stage(|state| self.is_fed(state));
    }

    fn is_fed(&self, state: &mut StageState) {
        if !self.fed.swap(true, Relaxed) {
            state.metrics.position.fed += 1;
        }
    }

    /// Whether both read the clock, and the same one.
    pub(super) fn is_timed_with(&self, other: &Run) -> bool {
        if std::ptr::eq(self, other) {
            return false;
        }
        self.is_clocked() && other.is_clocked() && self.number_alongside(other).is_some()
    }

    /// The number of the other's stage, if both belong to one registry: in any other it means
    /// another stage, and what is pulled from there is a source.
    fn number_alongside(&self, other: &Run) -> Option<StageNumber> {
        let number = self.with_session(|mine| {
            other.with_session(|theirs| {
                let is_alongside = mine.registry.is(&theirs.registry);
                is_alongside.then_some(theirs.stage.number)
            })
        });
        number.flatten().flatten()
    }

    /// The number of its stage.
    pub(super) fn number(&self) -> StageNumber {
        self.with_session(|session| session.stage.number)
            .unwrap_or(NOWHERE)
    }

    /// Notes that this run's records come from that one, through an input or not.
    pub(crate) fn list_among_inputs(&self, upstream: &'static Run) {
        if let Some(number) = self.number_alongside(upstream) {
            self.with_stage(|state| state.pulls_from(number));
        }
    }
}

impl Upstream for Run {
    fn is_let_go(&'static self, generation: u32, around: StageNumber, now: u64) {
        let Some(run) = self.hold_if(generation) else {
            return;
        };
        let others = run.consumers.load(Relaxed);
        // From the largest number on nobody knows how many there are.
        if run.is_going_on() && (1..u8::MAX).contains(&others) {
            run.consumers.store(others - 1, Relaxed);
            if others == 1 {
                run.change_hands(now, -1, run.drained_so_far() + run.open_pull());
                if run.nests.is(Nests::Neither) {
                    run.nests.set(Nests::Claims);
                }
                run.note_around(around);
            }
        }
        run.release();
    }
}
