//! Which run a run is within: in the closure or the body of another's stage, or on its
//! input; and who takes whose pulls off its self time.

use super::{NOWHERE, Nests, Phase, Run};
use crate::stage::nesting;
use std::sync::atomic::Ordering::Relaxed;

impl Run {
    /// Ticks of other pipelines since the open cycle or stretch began.
    pub(super) fn nested(&self) -> i64 {
        nesting::ticks() - self.nested_then.get()
    }

    #[inline(always)]
    pub(super) fn nests(&self) -> bool {
        !self.nests.is(Nests::Neither)
    }

    /// A body or a timed pull begins that whoever is around it takes off whole, or
    /// but for its inputs.
    #[inline(always)]
    pub(super) fn go_deeper(&self) {
        let depth = nesting::depth();
        if self.claims_whole() {
            self.depth.store(2 * depth + 3, Relaxed);
            nesting::set_depth(depth + 1);
        } else {
            self.depth.store(2 * depth, Relaxed);
        }
    }

    /// Undoes [`go_deeper`](Run::go_deeper).
    #[inline(always)]
    pub(super) fn come_up(&self) {
        let depth = self.depth.load(Relaxed);
        nesting::set_depth(depth / 2 - depth % 2);
    }

    #[inline(always)]
    fn claims_whole(&self) -> bool {
        !self.is_consumed()
            && !self.passes_on.load(Relaxed)
            && (!self.phase.is(Phase::Draining) || self.claims())
    }

    /// Whether a pipeline inside the stage's own code is what pulls its inputs.
    #[inline(always)]
    pub(super) fn is_pulled_from_inside(&self) -> bool {
        nesting::depth() > self.depth.load(Relaxed) / 2
    }

    /// Notes that this run pulls an input of `around`, and so is within its function.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn note_passed_on_by(&self, around: &Run) {
        if self.is_off() || !self.is_timed_with(around) {
            return;
        }
        self.note_fed();
        self.note_passing_on();
        self.note_around(around.number());
    }

    /// Notes that the pulls of this run are within those of `around`, which has no
    /// input to time them at.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn note_within(&self, around: &Run) {
        if self.is_going_on() && !self.is_consumed() && self.is_timed_with(around) {
            around.nests.set(Nests::Holds);
            self.note_around(around.number());
        }
    }

    /// Notes that the inputs of `around` are pulled within this run, which has none of
    /// its own to time them at. What the two took can be told pull by pull only.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn note_mixed_with(&self, around: &Run) {
        for run in [self, around] {
            run.with_stage(|state| state.metrics.is_mixed_with_another = true);
        }
    }

    pub(super) fn note_around(&self, around: u32) {
        if around != NOWHERE && self.around.load(Relaxed) == NOWHERE {
            self.around.store(around, Relaxed);
            let passes_on = self.passes_on.load(Relaxed);
            self.with_stage(|state| state.enter(around, passes_on));
        }
    }

    /// Whoever is around it is to take its timed pulls off, whole or but for their
    /// inputs. Not where it is known who that is and some go by untimed: then all are
    /// taken off together, when somebody asks for a report.
    pub(super) fn claims(&self) -> bool {
        !self.sampled.load(Relaxed) || self.around.load(Relaxed) == NOWHERE
    }

    /// Its inputs lead to those of the stage around it.
    pub(super) fn note_passing_on(&self) {
        self.passes_on.store(true, Relaxed);
        if self.nests.is(Nests::Neither) {
            self.nests.set(Nests::Claims);
        }
        let is_running = self.phase.is_one_of([Phase::Body, Phase::BodyPulls]);
        let depth = self.depth.load(Relaxed);
        if depth % 2 == 1 && (is_running || self.is_in_timed_pull()) {
            let depth = depth / 2 - 1;
            self.depth.store(2 * depth, Relaxed);
            nesting::set_depth(depth);
        }
    }
}
