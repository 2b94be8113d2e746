//! Tells the profiler and the allocation profiler when a stage or a profiled
//! function begins to run and when it stops.

use crate::allocations::StageAllocations;
use crate::memory::charges;
#[cfg(feature = "profile")]
use crate::profile;
use crate::running::{self, NOBODY, Number};
use crate::site_id::{SiteId, UNWATCHED};
#[cfg(feature = "profile")]
use std::sync::atomic::AtomicU64;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Calls `f`, whose allocations are the library's own: no stage is charged for them.
pub(crate) fn for_ourselves<R>(f: impl FnOnce() -> R) -> R {
    charges::for_ourselves(f)
}

/// Whether a run that begins now is told of, and so counted and not sampled.
pub(crate) fn is_on() -> bool {
    running::is_watched()
}

/// What was told when something began to run, to be taken back when it stops.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The profiler's.
    #[cfg(feature = "profile")]
    open: profile::Open,
    /// Who ran before; `UNTOLD` where nobody was to know.
    before: Number,
}

/// In the place of a number.
const UNTOLD: Number = Number::MAX;

impl Frame {
    const NONE: Frame = Frame {
        #[cfg(feature = "profile")]
        open: profile::Open::NONE,
        before: UNTOLD,
    };

    /// `number` begins to run on this thread.
    #[inline(always)]
    pub(crate) fn enter(number: Number) -> Frame {
        #[allow(unused_mut, reason = "each line below belongs to a feature")]
        let mut frame = Frame::NONE;
        #[cfg(feature = "alloc")]
        if running::is_watched_by(running::Watcher::Memory) {
            frame.before = running::replace(number);
        }
        #[cfg(feature = "profile")]
        if running::is_watched_by(running::Watcher::Profiler) {
            frame.open = profile::enter(number);
        }
        frame
    }

    /// The same for a suspended call that goes on.
    #[inline]
    pub(crate) fn resume(number: Number) -> Frame {
        let frame = Frame::enter(number);
        #[cfg(feature = "profile")]
        if frame.open != profile::Open::NONE {
            profile::it_was_resumed();
        }
        frame
    }

    /// Tells the watchers that it stops.
    #[inline(always)]
    pub(crate) fn leave(self) {
        #[cfg(feature = "profile")]
        if self.open != profile::Open::NONE {
            profile::leave(self.open);
        }
        if self.before != UNTOLD {
            running::replace(self.before);
        }
    }
}

/// What a run of a stage keeps about being watched.
///
/// A run that begins while somebody watches tells of every pull, and so is asked
/// at every pull; it is not sampled then.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    /// `NOBODY` where nobody watched when the run began.
    number: AtomicU32,
    /// The [`Frame`] of the pull, or of the body, that is going on.
    #[cfg(feature = "profile")]
    open: AtomicU64,
    before: AtomicU32,
}

impl Watched {
    /// A run of the stage at `site` begins.
    pub(crate) fn begin(&self, site: SiteId) {
        let number = if running::is_watched() && site.module != UNWATCHED {
            running::number_of(site)
        } else {
            NOBODY
        };
        #[cfg(feature = "profile")]
        if number != NOBODY {
            profile::note_stage(number);
        }
        self.number.store(number, Relaxed);
        self.keep(Frame::NONE);
    }

    #[inline(always)]
    pub(crate) fn is_on(&self) -> bool {
        self.number.load(Relaxed) != NOBODY
    }

    /// Whether what the run allocates is wanted.
    pub(crate) fn is_charged(&self) -> bool {
        self.is_on() && charges::are_wanted()
    }

    /// Whether the inputs are to tell of every pull, too: who is charged for what is
    /// allocated changes there, who runs does not.
    #[inline(always)]
    pub(crate) fn follows_inputs(&self) -> bool {
        self.before.load(Relaxed) != UNTOLD
    }

    /// The stage's own code begins to run.
    #[inline(always)]
    pub(crate) fn enter(&self) {
        if !self.is_on() {
            return;
        }
        let frame = Frame::enter(self.number.load(Relaxed));
        self.keep(frame);
        if frame.before != UNTOLD {
            charges::begin(self.key());
        }
    }

    /// What runs was told of on another thread, and what it is to be taken back from is
    /// that thread's.
    pub(crate) fn forget(&self) {
        self.keep(Frame::NONE);
    }

    /// It stops, and is charged; nothing where it does not run.
    #[inline(always)]
    pub(crate) fn leave(&self) -> Option<StageAllocations> {
        if !self.is_on() {
            return None;
        }
        let frame = self.kept();
        frame.leave();
        self.keep(Frame::NONE);
        (frame.before != UNTOLD).then(|| charges::end(self.key()))
    }

    /// The stage waits for its input: what runs now is another stage, or nobody.
    #[inline(always)]
    pub(crate) fn enter_input(&self) -> Option<StageAllocations> {
        self.follows_inputs().then(|| {
            running::replace(NOBODY);
            charges::begin_input(self.key())
        })
    }

    /// The input has answered.
    #[inline(always)]
    pub(crate) fn leave_input(&self) -> Option<StageAllocations> {
        self.follows_inputs().then(|| {
            running::replace(self.number.load(Relaxed));
            charges::end_input(self.key())
        })
    }

    /// No other run has its address while this one is there.
    fn key(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn keep(&self, frame: Frame) {
        #[cfg(feature = "profile")]
        self.open.store(frame.open.0, Relaxed);
        self.before.store(frame.before, Relaxed);
    }

    fn kept(&self) -> Frame {
        Frame {
            #[cfg(feature = "profile")]
            open: profile::Open(self.open.load(Relaxed)),
            before: self.before.load(Relaxed),
        }
    }
}
