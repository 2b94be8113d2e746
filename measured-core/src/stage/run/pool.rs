//! Runs that wait to be used again.
//!
//! Adapters hold a plain `&'static Run`. An `Arc` in them would be dropped by
//! address, and pin every iterator of the chain to memory. Runs are recycled when
//! their last adapter is gone, so there are never more than were active at once, and
//! starting one does not allocate once the program has warmed up.

use super::{Phase, Run, Timed};
use crate::watch::for_ourselves;
use parking_lot::Mutex;
use std::sync::OnceLock;
use std::sync::atomic::Ordering::{self, Relaxed};

/// In the place of a number of holders: it is never given back.
const FOR_EVER: u32 = u32::MAX;

/// In the place of a thread: whichever pulls is another.
const NO_THREAD: u32 = 0;

static POOL: Mutex<Vec<&'static Run>> = Mutex::new(Vec::new());

impl Run {
    /// A run for one holder, which records nothing before it begins.
    pub(crate) fn fresh() -> &'static Run {
        // A lock that is waited for allocates, too.
        let run = for_ourselves(|| {
            let waiting = POOL.lock().pop();
            waiting.unwrap_or_else(|| Box::leak(Box::default()))
        });
        run.generation.fetch_add(1, Relaxed);
        // After the generation, for `hold_if`.
        run.holders.store(1, Ordering::Release);
        run.timed.set(Timed::Untimed);
        run.clocked.store(false, Relaxed);
        run.shares_inputs.store(true, Relaxed);
        run.shares_output.store(false, Relaxed);
        run.phase.set(Phase::Off);
        run
    }

    /// The one run of all calls that record nothing.
    pub(crate) fn off() -> &'static Run {
        static OFF: OnceLock<&'static Run> = OnceLock::new();
        OFF.get_or_init(|| {
            let run = Run::fresh();
            run.holders.store(FOR_EVER, Relaxed);
            run
        })
    }

    /// A run for an input whose stage has no name yet: a mark further down may
    /// make it its own. Whether the input stands `directly` on an output.
    pub(crate) fn pending(directly: bool) -> &'static Run {
        let run = Run::fresh();
        run.phase.set(Phase::Pending);
        run.thread.store(NO_THREAD, Relaxed);
        run.shares_inputs.store(directly, Relaxed);
        run
    }

    /// The mark that had the input is gone, and the input is not: it waits for another
    /// mark. What it has passed for this one it tells when it is next pulled.
    pub(super) fn wait_for_another(&self) {
        self.with_stage(|state| self.hand_over_counts(state));
        self.generation.fetch_add(1, Relaxed);
        self.clocked.store(false, Relaxed);
        self.shares_output.store(false, Relaxed);
        self.thread.store(NO_THREAD, Relaxed);
        self.timed.set(Timed::Look);
        self.phase.set(Phase::Pending);
    }

    /// The last records of the mark that it was, if it was one and they are not told yet:
    /// what comes from now on is nobody's.
    pub(crate) fn settle(&self, records: u64) {
        if !self.is_armed() {
            return;
        }
        self.timed.set(Timed::Untimed);
        self.collector.received(records);
        self.with_stage(|state| self.hand_over_counts(state));
        for_ourselves(|| *self.session.lock() = None);
    }

    /// So many records came through its input before it began.
    pub(crate) fn disregard(&self, records: u64) {
        self.collector.disregard(records);
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.phase.is(Phase::Pending)
    }

    /// One more adapter points here.
    #[inline]
    pub(crate) fn hold(&'static self) -> &'static Run {
        if self.holders.load(Relaxed) != FOR_EVER {
            self.holders.fetch_add(1, Relaxed);
        }
        self
    }

    /// One more adapter points here, if the run is still what it was in its
    /// `generation`; it may have been given back since, and begun anew.
    pub(crate) fn hold_if(&'static self, generation: u32) -> Option<&'static Run> {
        let one_more = |holders: u32| match holders {
            0 => None,
            FOR_EVER => Some(FOR_EVER),
            some => Some(some + 1),
        };
        self.holders
            .fetch_update(Ordering::Acquire, Relaxed, one_more)
            .ok()?;
        if self.generation() == generation {
            return Some(self);
        }
        self.release();
        None
    }

    pub(super) fn is_held_by_others(&self) -> bool {
        (2..FOR_EVER).contains(&self.holders.load(Relaxed))
    }

    /// One adapter less; the last gives the run back.
    pub(super) fn release(&'static self) {
        if self.holders.load(Relaxed) == FOR_EVER {
            return;
        }
        // Acquire and release, so that the next user sees all that was written.
        if self.holders.fetch_sub(1, Ordering::AcqRel) == 1 {
            if self.collector.has_counts() {
                self.with_stage(|state| self.hand_over_counts(state));
            }
            for_ourselves(|| {
                *self.session.lock() = None;
                POOL.lock().push(self);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Run;
    use crate::registry::Registry;
    use crate::stage::call::{Call, start};
    use crate::stage::{Clocked, Counted, In, Mode, Out, Results, Site};
    use crate::timing::Timing;

    static SITE: Site = Site::new("off", module_path!(), file!(), line!());

    fn drain<M: Mode>() {
        let call: Call<M> = start(&SITE);
        let input = In::new(&call, (0..100).map(|n| if n < 50 { Ok(n) } else { Err(n) }));
        let mut output: Out<_, M, Results> = Out::around(input, call);
        assert_eq!(output.by_ref().take(70).count(), 70);
    }

    #[test]
    fn threads_that_measure_nothing_write_to_nothing_that_they_share() {
        let registry = Registry::new().with_timing(Timing::Off);
        registry.scope(|| {
            drain::<Clocked>();
            drain::<Counted>();
        });
        let collector = &Run::off().collector;
        assert!(!collector.has_counts());
        assert_eq!(collector.records_err(), 0);
    }
}
