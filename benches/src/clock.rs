//! What one look at the clock costs: the unit in which `every` is stated.

use measured_core::Clock;
use std::hint::black_box;

/// How many reads a timed run of [`reads`] makes.
pub const READS: u64 = 10_000;

/// Reads the clock that the stages read, [`READS`] times.
#[must_use]
pub fn reads() -> u64 {
    let clock = Clock::host();
    for _ in 0..READS {
        black_box(clock.now());
    }
    READS
}
