//! The deterministic profiler.

use crate::running::Number;

/// A stage or a function begins to run on this thread: the depth at which it does.
pub(crate) fn enter(_: Number) -> u32 {
    0
}

/// What began at `depth` stops running, with all that it called.
pub(crate) fn leave(_: u32) {}
