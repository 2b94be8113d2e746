//! The operating system's monotonic clock, in nanoseconds since the process
//! first looked at it.

use std::sync::OnceLock;
use std::time::Instant;

/// Nanoseconds since the first call; 584 years fit.
#[inline(never)]
pub(crate) fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed();
    u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX)
}
