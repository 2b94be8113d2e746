//! The clock of the profiler that runs.

use crate::clock::{Clock, Kind, MockClock, instant, tsc};
use crate::single_writer::State;
use parking_lot::Mutex;

/// Written under the session's lock.
static KIND: State<Kind> = State::new(Kind::Instant as u8);
static MOCK: Mutex<Option<MockClock>> = Mutex::new(None);

/// Calls are timed with this clock from now on.
pub(super) fn set(clock: &Clock) {
    *MOCK.lock() = match clock {
        Clock::Mock(mock) => Some(mock.clone()),
        Clock::Tsc | Clock::Instant => None,
    };
    KIND.set(clock.kind());
}

/// The present tick, where it takes no call to learn it.
///
/// Not fenced, which would make a profiled call dearer by half; what a function still
/// has in flight when it returns may count as its caller's, some ten nanoseconds.
#[inline(always)]
pub(super) fn usual() -> Option<u64> {
    KIND.is(Kind::Tsc).then(tsc::now_in_passing)
}

/// The present tick.
#[cold]
#[inline(never)]
pub(super) fn now() -> u64 {
    usual().unwrap_or_else(|| {
        if KIND.is(Kind::Instant) {
            instant::now()
        } else {
            MOCK.lock().as_ref().map_or(0, MockClock::now)
        }
    })
}
