//! What the sources yield and what a stage does to one record. The chains and the peers do the
//! same work, so that what is left between two of them is the measuring.
//!
//! Inlined, because the peers stand in another crate. For the sources' parameter see
//! [`Pull`](crate::drain::Pull).

use std::sync::LazyLock;

/// Readings from minus a half to ten: about one in twenty is below the range of the filter.
///
/// A xorshift generator, because a counter would let the optimiser compute the chain in its head.
pub fn readings<P>(records: u64) -> impl Iterator<Item = f64> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    (0..records).map(move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f64::from((state >> 32) as u32) / f64::from(u32::MAX) * 10.5 - 0.5
    })
}

/// The filter's question.
#[inline]
#[must_use]
pub fn in_range(reading: f64) -> bool {
    (0.0..=10.0).contains(&reading)
}

/// The range mapped to zero to one.
#[inline]
#[must_use]
pub fn normalized(reading: f64) -> f64 {
    reading * 0.1
}

/// An exponential moving average, held to the range: a stage with a state of its own, in which
/// each record waits for the one before.
#[derive(Debug, Default)]
pub struct Average(f64);

impl Average {
    /// The average with this value included.
    #[inline]
    pub fn of(&mut self, value: f64) -> f64 {
        self.0 = (self.0 + (value - self.0) * 0.125).min(1.0);
        self.0
    }
}

/// Odd numbers.
pub fn odds<P>(records: u64) -> impl Iterator<Item = u64> {
    (0..records).map(|number| 2 * number + 1)
}

/// One of ten chained maps: two operations, and no vector instruction for the second.
#[inline]
#[must_use]
pub fn mixed(value: u64) -> u64 {
    (value ^ (value >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

/// Whether a filter keeps a [`mixed`] value: one in 1,024.
#[inline]
#[must_use]
pub fn is_picked(value: u64) -> bool {
    value >> 54 == 0
}

/// As many numbers as the vectorised loop reads in one pass: 1 MiB, so that they stay in the
/// second-level cache and the loop waits for arithmetic, not for memory.
pub const A_PASS: u64 = 256 * 1024;

/// The slices that the vectorised loop sums: the same one until at least so many records have
/// passed.
pub fn passes(records: u64) -> impl Iterator<Item = &'static [u32]> {
    static NUMBERS: LazyLock<Vec<u32>> =
        LazyLock::new(|| (0..A_PASS).map(|n| (mixed(n) >> 32) as u32).collect());
    (0..records.div_ceil(A_PASS)).map(|_| &NUMBERS[..])
}

/// The numbers of a slice.
#[expect(
    clippy::map_clone,
    reason = "a closure has a type for every P, `copied` has not"
)]
pub fn numbers<P>(slice: &[u32]) -> impl Iterator<Item = u32> {
    slice.iter().map(|number| *number)
}

/// One exclusive or: nothing that a vector unit could not do sixteen lanes at a time.
#[inline]
#[must_use]
pub fn masked(value: u32) -> u32 {
    value ^ 0x5555_5555
}
