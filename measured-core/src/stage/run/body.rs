//! The body of the function: what it does before it returns its iterator.

use super::end::End;
use super::{Phase, Run, Timed};
use crate::collector::Whereabouts;
use crate::stage::nesting;
use std::sync::atomic::Ordering::Relaxed;

impl Run {
    /// The body has returned its iterator.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn body_returns(&self) {
        if self.phase.is(Phase::Off) {
            return;
        }
        self.charge(self.watched.leave());
        self.close_body(self.now());
        self.go_downstream();
        self.phase.set(Phase::Returned);
    }

    /// The body was given a collection of `records`.
    pub(crate) fn note_given(&self, records: u64) {
        if !self.is_off() {
            self.collector.received(records);
        }
    }

    /// The body was all there is, and it yielded these many records.
    pub(crate) fn body_was_all(&'static self, records: u64) {
        if self.phase.is(Phase::Off) {
            return;
        }
        self.collector.yielded(records);
        self.end(End::Exhausted);
    }

    pub(super) fn close_body(&self, now: u64) {
        self.timed.set(Timed::Untimed);
        if !self.is_clocked() {
            // Its one stretch is the whole run.
            return;
        }
        if self.phase.is(Phase::BodyPulls) {
            self.leave_body_pulls(now);
        } else {
            self.add_exact_own(now);
        }
        // Whoever runs around this body takes the whole of it off its self time, but for
        // what ran inside its inputs, if that was that stage's.
        self.come_up();
        let body = self.between(self.started.get(), now);
        nesting::set(self.claimed.get() + body as i64);
    }

    /// The stretch that ends now was the body's own, but for pipelines inside it.
    pub(super) fn add_exact_own(&self, now: u64) {
        let nested = self.nested();
        self.next_stretch(now, |metrics, stretch| {
            let own = (stretch as i64 - nested) as f64;
            metrics.exact_own += own;
            metrics.exact_nested += nested as f64;
            metrics.position.note(own, 0.0, own, false);
        });
    }

    /// The body stops pulling, at least for now.
    pub(super) fn leave_body_pulls(&self, now: u64) {
        self.close_cycle(now);
        self.fold_now(now);
        self.next_stretch(now, |metrics, ticks| {
            metrics.bodies.wall += ticks;
            let (own, upstream) = self.end_stretch(ticks);
            let mut outermost = own + upstream;
            if self.passes_on.load(Relaxed) {
                // It is the stage's around it, which does not take it off.
                outermost = own;
                self.claimed.add(-upstream.round() as i64);
            }
            let fed = self.fed.load(Relaxed);
            metrics.position.note(own, upstream, outermost, fed);
        });
        self.stand_alone();
        self.phase.set(Phase::Body);
        self.collector.go_to(Whereabouts::Own);
        self.nested_then.set(nesting::ticks());
    }
}
