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

/// A way to pull; inlined, as a program's loop stands where its chain is built.
///
/// Sources take it as a parameter, so that every chain has a type of its own for every way, as if
/// it stood in a program of its own: two loops over one type of iterator share one `next`, which
/// is then called where it would have been inlined.
pub trait Pull {
    /// Sums all records.
    ///
    /// The records are opaque to the optimiser as they come in and as their sum goes out, never
    /// in between: a `black_box` per record would forbid what we want to see kept.
    fn drain<T: Record>(records: impl Iterator<Item = T>) -> u64;
}

/// A `for` loop.
#[derive(Debug)]
pub enum For {}

impl Pull for For {
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a loop stands where its chain is built"
    )]
    fn drain<T: Record>(records: impl Iterator<Item = T>) -> u64 {
        let mut total = T::default();
        for record in records {
            total = total.plus(record);
        }
        black_box(total).digest()
    }
}

/// `Iterator::for_each`.
#[derive(Debug)]
pub enum ForEach {}

impl Pull for ForEach {
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "a loop stands where its chain is built"
    )]
    fn drain<T: Record>(records: impl Iterator<Item = T>) -> u64 {
        let mut total = T::default();
        records.for_each(|record| total = total.plus(record));
        black_box(total).digest()
    }
}
