//! The two ways a consumer pulls: a `for` loop, which calls `next`, and `for_each`, which hands
//! its closure inside (`fold`).

use std::hint::black_box;

/// What the chains yield, and how a drained chain amounts to one number.
pub trait Record: Copy + Default {
    /// The running total with this record included.
    #[must_use]
    fn plus(self, other: Self) -> Self;

    /// The total, comparable between variants whatever the record's type.
    fn digest(self) -> u64;
}

impl Record for f64 {
    fn plus(self, other: Self) -> Self {
        self + other
    }

    fn digest(self) -> u64 {
        self.to_bits()
    }
}

impl Record for u64 {
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    fn digest(self) -> u64 {
        self
    }
}

impl Record for u32 {
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    fn digest(self) -> u64 {
        self.into()
    }
}

/// Pulls with a `for` loop and sums.
///
/// The records are opaque to the optimiser as they come in and as their sum goes out, never in
/// between: a `black_box` per record would forbid what we want to see kept.
pub fn external<T: Record>(records: impl Iterator<Item = T>) -> u64 {
    let mut total = T::default();
    for record in records {
        total = total.plus(record);
    }
    black_box(total).digest()
}

/// Pulls with `for_each` and sums.
pub fn internal<T: Record>(records: impl Iterator<Item = T>) -> u64 {
    let mut total = T::default();
    records.for_each(|record| total = total.plus(record));
    black_box(total).digest()
}
