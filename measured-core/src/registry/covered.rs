//! Wall during which at least one run was active, thread by thread.

use std::collections::HashMap;

/// What tells a thread from the others while it lives.
pub(crate) type ThreadToken = u32;

thread_local! {
    static HERE: u8 = const { 0 };
}

/// From the address of a thread-local, without its low bits, which all threads
/// have in common: no call and no lock, unlike `ThreadId`.
#[inline(always)]
pub(crate) fn this_thread() -> ThreadToken {
    HERE.with(|here| (std::ptr::from_ref(here) as u64 >> 8) as ThreadToken)
}

#[derive(Debug, Default)]
pub(super) struct Covered {
    /// Ticks of the times that are over.
    ended: u64,
    open: HashMap<ThreadToken, Open>,
}

/// A time that is not over.
#[derive(Debug)]
struct Open {
    runs: usize,
    since: u64,
}

impl Covered {
    /// A run starts on `thread`.
    pub(super) fn begin(&mut self, thread: ThreadToken, now: u64) {
        let open = self.open.entry(thread).or_insert(Open {
            runs: 0,
            since: now,
        });
        open.runs += 1;
    }

    /// A run that was last pulled on `thread` has ended.
    pub(super) fn end(&mut self, thread: ThreadToken, now: u64) {
        let Some(open) = self.open.get_mut(&thread) else {
            return;
        };
        open.runs -= 1;
        if open.runs == 0 {
            self.ended += now.saturating_sub(open.since);
            self.open.remove(&thread);
        }
    }

    /// How many runs that started on `thread` have not ended.
    pub(super) fn open_runs(&self, thread: ThreadToken) -> usize {
        self.open.get(&thread).map_or(0, |open| open.runs)
    }

    /// Its ticks, added up over threads.
    pub(super) fn ticks(&self, now: u64) -> u64 {
        self.open
            .values()
            .fold(self.ended, |sum, open| sum + now.saturating_sub(open.since))
    }
}
