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

/// The present tick, where it takes no call to learn it.
///
/// Not fenced, which would make a profiled call dearer by half; what a function still
/// has in flight when it returns may count as its caller's, some ten nanoseconds.
#[inline(always)]
pub(super) fn usual() -> Option<u64> {
    (KIND.load(Relaxed) == TSC).then(tsc::now_in_passing)
}

/// The present tick.
#[cold]
#[inline(never)]
pub(super) fn now() -> u64 {
    match KIND.load(Relaxed) {
        TSC => tsc::now_in_passing(),
        INSTANT => instant::now(),
        _ => MOCK.lock().as_ref().map_or(0, MockClock::now),
    }
}
