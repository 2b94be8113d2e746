//! Stages that run inside another stage's own code: a pipeline drained in a
//! closure, a stage that calls itself.
//!
//! A thread-local total of the ticks spent inside such pipelines lets whoever is
//! around them take them off its own time. It is touched in timed pulls and at
//! the ends of runs only.

use std::cell::Cell;

thread_local! {
    static TICKS: Cell<i64> = const { Cell::new(0) };
}

/// Ticks spent inside pipelines of this thread that nobody else has claimed.
#[inline(always)]
pub(crate) fn ticks() -> i64 {
    TICKS.with(Cell::get)
}

/// Sets the total back to what it was before a time that is claimed whole.
#[inline(always)]
pub(crate) fn set(ticks: i64) {
    TICKS.with(|total| total.set(ticks));
}

pub(crate) fn add(ticks: i64) {
    set(self::ticks() + ticks);
}
