//! The output: what its adapter calls when a pull is timed, found nothing, or is the last.

use super::end::End;
use super::{FAR, LOOK_EVERY, Phase, Run, Timed};
use crate::collector::Whereabouts;
use crate::registry::this_thread;
use crate::stage::nesting;
use std::sync::atomic::Ordering::Relaxed;

impl Run {
    /// The output is about to be pulled and its countdown is at zero. `used`:
    /// records that it yielded since it was here last.
    /// Returns after how many more it comes back.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn enter_output(&self, used: u64) -> u64 {
        if self.is_off() {
            return FAR;
        }
        self.collector.yielded(used);
        if !self.phase.is_one_of([Phase::Returned, Phase::Draining]) {
            return FAR;
        }
        if self.phase.is(Phase::Returned) {
            self.begin_draining();
        }
        if self.thread.load(Relaxed) != this_thread() {
            self.move_here();
        }
        self.watched.enter();
        if !self.is_clocked() {
            return self.look();
        }
        let now = self.output_entered_at();
        let untimed = self.next_gap(now);
        if untimed > 0 {
            self.timed.set(Timed::Untimed);
            self.collector.go_to(Whereabouts::Unknown);
        } else {
            self.timed.set(Timed::InPull);
            self.collector.go_to(Whereabouts::Own);
            if self.nests() {
                self.go_deeper();
            }
        }
        self.open_cycle(now, untimed == 0);
        untimed.max(1)
    }

    /// Where nothing is timed: lets the inputs look at their counts in the next pull,
    /// then nobody for a while. Where somebody watches, every pull is looked at.
    fn look(&self) -> u64 {
        if self.watched.is_on() {
            let follows = self.watched.follows_inputs();
            self.timed
                .set(if follows { Timed::Look } else { Timed::Untimed });
            return 1;
        }
        let looked = self.timed.is(Timed::Look);
        let (timed, records) = if looked {
            (Timed::Untimed, LOOK_EVERY)
        } else {
            (Timed::Look, 1)
        };
        self.timed.set(timed);
        records
    }

    fn begin_draining(&self) {
        if self.is_clocked() {
            self.leave_idle(self.now());
        }
        self.claimed.set(0);
        self.collector.begin_draining();
        self.stand_alone();
        self.phase.set(Phase::Draining);
    }

    /// The iterator was there until `now`, and nobody pulled it.
    pub(super) fn leave_idle(&self, now: u64) {
        self.next_stretch(now, |metrics, idle| metrics.exact_downstream += idle);
    }

    /// The output yielded and its countdown is at zero: a pull that is timed ends,
    /// or a gap does.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn exit_output(&'static self) {
        self.stop_watched();
        if self.is_in_timed_pull() {
            let now = self.output_left_at();
            self.take_off_what_strides_cost();
            self.collector.see(now);
            self.collector.go_to(Whereabouts::Downstream);
            self.timed.set(Timed::Untimed);
            let nests = self.nests();
            if nests {
                self.come_up();
            }
            let pull = now.saturating_sub(self.opened.get()) as i64;
            self.own
                .add(pull - self.inside_inputs.get() - self.nested());
            if !nests {
                // Who pulls it takes it for its own upstream.
            } else if self.passes_on.load(Relaxed) {
                if self.claims() {
                    let inside = self.inside_inputs.get();
                    nesting::set(self.nested_then.get() + pull - inside);
                }
            } else if !self.is_consumed() && self.claims() {
                self.claimed.add(pull);
                nesting::set(self.nested_then.get() + pull);
                nesting::note_claim(self);
            }
        }
    }

    /// A panic leaves a pull of the output, which ends there, caught or not. Whether
    /// the run was told that it began.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn output_unwinds(&'static self) -> bool {
        if !self.is_going_on() {
            return false;
        }
        let entered = self.watched.is_on() || self.is_in_timed_pull();
        if entered {
            self.exit_output();
        }
        entered
    }

    /// The output had nothing. Returns as [`Run::enter_output`] does.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn output_is_empty(&'static self, used: u64) -> u64 {
        if self.is_off() {
            return FAR;
        }
        self.collector.yielded(used);
        self.collector.note_empty_pull();
        if self.phase.is(Phase::Draining) {
            self.end(End::Exhausted);
        }
        FAR
    }

    /// Of the records that the output yielded, these many were `Err`.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn yielded_errors(&self, errors: u64) {
        if !self.is_off() {
            self.collector.failed(errors);
        }
    }

    /// The output is dropped.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn drop_output(&'static self, used: u64) {
        self.note_last_yielded(used);
        self.let_go();
    }

    /// The output of a mark is dropped. If it was made of a reference, its input is there
    /// yet, and may be another mark's.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn drop_marked(&'static self, used: u64) {
        self.note_last_yielded(used);
        self.end_early();
        if self.phase.is(Phase::Ended) && self.is_held_by_others() {
            self.wait_for_another();
        }
        self.release();
    }

    /// An output that only counts is dropped.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn drop_counted(&'static self, used: u64, exhausted: bool) {
        self.note_last_yielded(used);
        if exhausted && self.is_going_on() {
            self.collector.note_empty_pull();
            self.end(End::Exhausted);
        }
        self.let_go();
    }

    /// The run may be everybody's that is off, on all threads: to that not a word is written.
    fn note_last_yielded(&self, records: u64) {
        if !self.is_off() {
            self.collector.yielded(records);
        }
    }

    /// Whoever holds this lets go of it; where it has not ended, it ends early.
    pub(crate) fn let_go(&'static self) {
        self.end_early();
        self.release();
    }

    fn end_early(&'static self) {
        if self.is_going_on() {
            self.end(End::early());
        }
    }
}
