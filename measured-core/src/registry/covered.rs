//! Wall during which at least one run was active, thread by thread.
//!
//! A run that another pulls covers none: its wall is that other's, which may go to another
//! thread before the run itself is heard of there.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

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
    open: HashMap<ThreadToken, Open, BuildHasherDefault<Spread>>,
}

/// Multiplies by 2^64 over the golden ratio (Knuth, volume 3, section 6.4), which is
/// spread enough for addresses; who chooses them is nobody's enemy.
#[derive(Debug, Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u32(byte.into());
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0 ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The runs of a thread that have not ended.
#[derive(Debug, Default)]
struct Open {
    runs: usize,
    /// Those of them that nobody else's run pulls, and since when there are any.
    outermost: usize,
    since: u64,
}

impl Covered {
    /// A run starts on `thread`.
    pub(super) fn begin(&mut self, thread: ThreadToken, now: u64) {
        self.open.entry(thread).or_default().runs += 1;
        self.show(thread, now);
    }

    /// A run that was last pulled on `thread` has ended. Returns whether others go on.
    pub(super) fn end(&mut self, thread: ThreadToken, now: u64, outermost: bool) -> bool {
        if outermost {
            self.hide(thread, now);
        }
        let Some(open) = self.open.get_mut(&thread) else {
            return false;
        };
        open.runs -= 1;
        let others_go_on = open.runs > 0;
        if !others_go_on {
            self.open.remove(&thread);
        }
        others_go_on
    }

    /// A run turns out to be another's input: its wall is that one's.
    pub(super) fn hide(&mut self, thread: ThreadToken, now: u64) {
        let open = self.open.get_mut(&thread);
        if let Some(open) = open.filter(|open| open.outermost > 0) {
            open.outermost -= 1;
            if open.outermost == 0 {
                self.ended += now.saturating_sub(open.since);
            }
        }
    }

    /// A run is nobody's input any more.
    pub(super) fn show(&mut self, thread: ThreadToken, now: u64) {
        if let Some(open) = self.open.get_mut(&thread) {
            if open.outermost == 0 {
                open.since = now;
            }
            open.outermost += 1;
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
            .filter(|open| open.outermost > 0)
            .fold(self.ended, |sum, open| sum + now.saturating_sub(open.since))
    }
}
