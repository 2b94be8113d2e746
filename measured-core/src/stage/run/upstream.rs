//! Which runs a run pulls from.

use super::{NOWHERE, Nests, Run};
use crate::registry::StageNumber;
use std::sync::atomic::Ordering::Relaxed;

impl Run {
    /// Notes that this run pulls from that one, through an input.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn note_upstream(&self, upstream: &'static Run) {
        if self.is_off() {
            return;
        }
        self.note_input(upstream);
        self.share_with(upstream);
        upstream.with_stage(|state| {
            if !upstream.consumed.swap(true, Relaxed) {
                state.metrics.position.consumed += 1;
            }
            if !upstream.passes_on.load(Relaxed) && upstream.nests.is(Nests::Claims) {
                upstream.nests.set(Nests::Neither);
            }
        });
        self.note_fed();
        let around = upstream.around.load(Relaxed);
        if upstream.passes_on.load(Relaxed) {
            self.note_passing_on();
        } else if around != NOWHERE {
            // Its time is within this one's, all of which is within.
            upstream.around.store(NOWHERE, Relaxed);
            upstream.with_stage(|state| state.leave(around));
        }
        self.note_around(around);
    }

    pub(super) fn note_fed(&self) {
        self.with_stage(|state| {
            if !self.fed.swap(true, Relaxed) {
                state.metrics.position.fed += 1;
            }
        });
    }

    /// Whether both read the clock, and the same one.
    pub(super) fn is_timed_with(&self, other: &Run) -> bool {
        if std::ptr::eq(self, other) {
            return false;
        }
        let registries = self
            .with_session(|mine| other.with_session(|theirs| mine.registry.is(&theirs.registry)));
        self.is_clocked() && other.is_clocked() && registries.flatten() == Some(true)
    }

    /// The number of its stage.
    pub(super) fn number(&self) -> StageNumber {
        self.with_session(|session| session.stage.number)
            .unwrap_or(NOWHERE)
    }

    /// Notes that this run's records come from that one, through an input or not.
    pub(crate) fn note_input(&self, upstream: &'static Run) {
        let number = upstream.with_session(|session| session.stage.number);
        self.with_stage(|state| {
            if let Some(number) = number.filter(|number| !state.inputs.contains(number)) {
                state.inputs.push(number);
            }
        });
    }
}
