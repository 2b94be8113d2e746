//! Inputs: what their adapters call when a pull is timed, found nothing, or is the last.

use super::{FAR, KEEP, LOOK_EVERY, Phase, Run, Timed};
use crate::collector::Whereabouts;
use crate::registry::this_thread;
use crate::stage::nesting;
use crate::timing::strides;
use std::sync::atomic::Ordering::Relaxed;

impl Run {
    /// An input is about to be pulled and found the run armed. `used`: records
    /// that came through it since it was here last. Returns after how many more it
    /// is to look at [`Run::exit_input`], or [`KEEP`].
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn enter_input(&'static self, used: u64) -> u64 {
        if self.thread.load(Relaxed) != this_thread() {
            if self.is_pending() {
                self.settle(used);
                return FAR;
            }
            // Its records are added when it ends.
            self.note_fed_elsewhere();
            return KEEP;
        }
        self.collector.received(used);
        self.charge(self.watched.enter_input());
        if self.timed.is(Timed::Look) {
            if self.watched.follows_inputs() {
                return 1;
            }
            if !self.phase.is(Phase::Body) {
                return FAR;
            }
            self.timed.set(Timed::Untimed);
            return LOOK_EVERY;
        }
        if self.timed.is(Timed::InBody) {
            let now = self.now();
            if !self.phase.is(Phase::BodyPulls) {
                self.add_exact_own(now);
                self.phase.set(Phase::BodyPulls);
            }
            let untimed = self.next_gap(now);
            self.open_cycle(now, untimed == 0);
            if untimed > 0 {
                self.timed.set(Timed::Untimed);
                self.collector.go_to(Whereabouts::Unknown);
                return untimed;
            }
        }
        let timed = self.inputs.load(Relaxed);
        if timed >= strides::ALL && self.timed.is_one_of([Timed::InPull, Timed::Due]) {
            let untimed = self.next_stride(timed);
            if untimed > 0 {
                self.timed.set(Timed::Gap);
                self.collector.go_to(Whereabouts::Unknown);
                return untimed;
            }
        }
        self.inputs.store(timed.wrapping_add(1), Relaxed);
        self.nested_at_input.set(nesting::ticks());
        self.collector.go_to(Whereabouts::Upstream);
        self.collector.see(self.input_entered_at());
        1
    }

    /// An input yielded, and its countdown is at zero: a pull that is timed ends,
    /// or, in a body, a gap does. `used`: records that came through it since it was
    /// here last. Returns how many of them it has taken.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn exit_input(&'static self, used: u64) -> u64 {
        if self.thread.load(Relaxed) != this_thread() {
            // As above; an input may have moved when it had a gap to count.
            return 0;
        }
        // Before the output says that it yielded them: a reader sees no more come out
        // than went in.
        self.collector.received(used);
        self.charge(self.watched.leave_input());
        if self.collector.is_inside_input() {
            let now = self.input_left_at();
            // Inputs may sit on a processor whose counter is a little behind.
            let inside = now.saturating_sub(self.collector.seen());
            self.inside_inputs.add(inside as i64 * self.stands_for());
            if nesting::ticks() != self.nested_at_input.get() {
                self.look_for_upstream();
                self.let_no_input_go_by();
            }
            if self.nests() {
                self.takes_input_off(inside as i64);
            } else {
                nesting::set(self.nested_at_input.get());
            }
            self.collector.see(now);
            self.collector.go_to(Whereabouts::Own);
        } else if self.timed.is(Timed::Gap) {
            self.timed.set(Timed::Due);
        } else if self.phase.is(Phase::BodyPulls) {
            self.timed.set(Timed::InBody);
        } else if self.phase.is(Phase::Body) && !self.is_clocked() {
            self.timed.set(Timed::Look);
        }
        used
    }

    /// What ran for so many ticks inside an input is no pipeline within the stage, and
    /// nobody around it takes it off a second time.
    #[inline(always)]
    fn takes_input_off(&self, inside: i64) {
        let before = self.nested_at_input.get();
        if self.passes_on.load(Relaxed) {
            self.let_no_input_go_by();
            // It is the stage's around it, and what that took off, it did.
            let others = nesting::ticks() - before;
            self.nested_then.add(others);
            if self.phase.is(Phase::BodyPulls) {
                self.claimed.add(others);
            }
        } else if self.is_pulled_from_inside() {
            self.let_no_input_go_by();
            // Whoever pulled takes it for a pipeline within, and hands it on as a part
            // of its own whole pull.
            self.own.add(inside);
            nesting::set(before + inside);
        } else {
            nesting::set(before);
        }
    }

    /// How many inputs are to go by untimed within a timed pull that has had many; zero
    /// where this one is to be timed.
    fn next_stride(&self, timed: u32) -> u64 {
        if self.timed.is(Timed::Due) || !self.sampled.load(Relaxed) {
            self.timed.set(Timed::InPull);
            return 0;
        }
        self.draw(strides::stride(timed)) - 1
    }

    /// How many inputs the one that was timed last stands for.
    #[inline(always)]
    fn stands_for(&self) -> i64 {
        let before = self.inputs.load(Relaxed).wrapping_sub(1);
        if before >= strides::ALL && self.has_strides() {
            i64::from(strides::stride(before))
        } else {
            1
        }
    }

    /// Some inputs of the pull that is timed go by, or may.
    fn has_strides(&self) -> bool {
        self.sampled.load(Relaxed)
            && self
                .timed
                .is_one_of([Timed::Gap, Timed::InPull, Timed::Due])
    }

    /// What runs inside the inputs is to be taken off one by one.
    fn let_no_input_go_by(&self) {
        if self.timed.is(Timed::InPull) && self.inputs.load(Relaxed) <= strides::ALL {
            self.timed.set(Timed::InWholePull);
        }
    }

    /// Inputs that stand for many have what timing cost them in each of these.
    pub(super) fn take_off_what_strides_cost(&self) {
        let timed = self.inputs.load(Relaxed);
        if timed <= strides::ALL || !self.has_strides() {
            return;
        }
        if let Some(costs) = self.costs(true) {
            let not_timed = strides::stood_for(timed) - u64::from(timed);
            self.inside_inputs.add(-(not_timed as i64 * costs.upstream));
        }
    }

    /// A panic leaves a pull of an input, which the stage may survive.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn input_unwinds(&'static self) {
        if self.is_going_on() && self.is_armed() {
            self.exit_input(0);
        }
    }

    /// An input had nothing. Returns as [`Run::enter_input`] does.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn input_is_empty(&'static self, used: u64) -> u64 {
        if self.is_off() {
            return FAR;
        }
        if self.thread.load(Relaxed) != this_thread() {
            self.receive_elsewhere(used);
            return FAR;
        }
        self.collector.received(used);
        self.exit_input(0);
        self.has_taken_its_input();
        FAR
    }

    /// The body is not going to pull this input again: what follows, a sort perhaps, is
    /// its own and measured whole, and the gap that this one was counting is another's.
    fn has_taken_its_input(&self) {
        if self.phase.is(Phase::BodyPulls) {
            self.leave_body_pulls(self.now());
            self.timed.set(Timed::InBody);
        }
    }

    /// An input is dropped.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn drop_input(&'static self, used: u64) {
        if self.is_off() {
            // As of the output: not a word is written.
        } else if self.thread.load(Relaxed) == this_thread() {
            self.collector.received(used);
            self.has_taken_its_input();
        } else {
            self.receive_elsewhere(used);
        }
        self.release();
    }

    /// Records came through an input on a thread that is not the run's.
    fn receive_elsewhere(&self, records: u64) {
        if self.is_pending() {
            self.settle(records);
        } else {
            self.with_stage(|state| state.metrics.records_in += records);
        }
    }
}
