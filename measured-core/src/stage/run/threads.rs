//! Runs that are pulled on more than one thread.

use super::{NOWHERE, Run};
use crate::registry::this_thread;
use crate::stage::nesting;
use std::sync::atomic::Ordering::Relaxed;

impl Run {
    /// It is pulled on another thread than before, whose wall it covers from now on. What
    /// is within no timed pull there is taken to be within nobody: a stage that
    /// started it may have sent it there.
    #[cold]
    #[inline(never)]
    pub(super) fn move_here(&self) {
        self.watched.forget();
        let before = self.thread.swap(this_thread(), Relaxed);
        let now = self.now();
        let threads = [before, this_thread()];
        let outermost = !self.is_consumed();
        self.with_session(|session| session.registry.cover_moves(threads, now, outermost));
        let around = self.around.load(Relaxed);
        if around != NOWHERE && nesting::depth() == 0 {
            self.around.store(NOWHERE, Relaxed);
            self.with_stage(|state| state.leave(around));
        }
    }

    /// Notes that an input was sent to another thread: its time is no part of this
    /// run's, but the wait for that thread is.
    pub(super) fn note_fed_elsewhere(&'static self) {
        if !self.fed_elsewhere.swap(true, Relaxed) {
            self.let_upstream_go(self.now());
            self.with_stage(|state| state.metrics.fed_elsewhere = true);
        }
    }
}
