//! One profiler at a time, on a clock that stands still.

use measured_core::profile::{ProfileStats, Profiler};
use measured_core::{Clock, MockClock};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The process has one profiler, and its tests run side by side.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The profile of `f`, on a clock that it moves.
pub(crate) fn profile(f: impl FnOnce(&MockClock)) -> ProfileStats {
    let _alone = alone();
    let clock = MockClock::new();
    let profiler = Profiler::start_with(Clock::Mock(clock.clone())).expect("there is no other");
    f(&clock);
    profiler.stop()
}

/// Calls, primitive calls, own and cumulative time of a function.
pub(crate) fn figures(stats: &ProfileStats, name: &str) -> [u64; 4] {
    let function = stats
        .function(name)
        .unwrap_or_else(|| panic!("no `{name}` in\n{stats}"));
    [
        function.calls,
        function.primitive_calls,
        function.self_ns,
        function.cumulative_ns,
    ]
}
