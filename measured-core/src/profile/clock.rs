//! The clock of the profiler that runs.

use crate::clock::{Clock, MockClock, instant, tsc};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

static KIND: AtomicU8 = AtomicU8::new(INSTANT);
static MOCK: Mutex<Option<MockClock>> = Mutex::new(None);

// `KIND`
const TSC: u8 = 0;
const INSTANT: u8 = 1;
const BY_HAND: u8 = 2;

/// Calls are timed with this clock from now on.
pub(super) fn set(clock: &Clock) {
    let (kind, mock) = match clock {
        Clock::Tsc => (TSC, None),
        Clock::Instant => (INSTANT, None),
        Clock::Mock(mock) => (BY_HAND, Some(mock.clone())),
    };
    *MOCK.lock() = mock;
    KIND.store(kind, Relaxed);
}

/// The present tick.
#[inline(always)]
pub(super) fn now() -> u64 {
    if KIND.load(Relaxed) == TSC {
        tsc::now()
    } else {
        slow_now()
    }
}

#[cold]
#[inline(never)]
fn slow_now() -> u64 {
    if KIND.load(Relaxed) == INSTANT {
        return instant::now();
    }
    MOCK.lock().as_ref().map_or(0, MockClock::now)
}
