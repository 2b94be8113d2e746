//! Numbers that one thread writes and any thread may read.
//!
//! The record path needs plain loads and stores, and a live reader needs values
//! that are never torn. Relaxed atomics are both: on every common processor they
//! compile to ordinary moves. What they do not give is addition from two
//! threads, so each number has one writer at a time.

use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};

/// A `u64` with one writer.
#[derive(Debug, Default)]
pub(crate) struct U64(AtomicU64);

impl U64 {
    pub(crate) const fn new(value: u64) -> U64 {
        U64(AtomicU64::new(value))
    }

    #[inline]
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }

    #[inline]
    pub(crate) fn set(&self, value: u64) {
        self.0.store(value, Relaxed);
    }

    #[inline]
    pub(crate) fn add(&self, value: u64) {
        self.set(self.get().wrapping_add(value));
    }
}

/// An `i64` with one writer: ticks, of which costs are taken off.
#[derive(Debug, Default)]
pub(crate) struct I64(AtomicI64);

impl I64 {
    pub(crate) const fn zero() -> I64 {
        I64(AtomicI64::new(0))
    }

    #[inline]
    pub(crate) fn get(&self) -> i64 {
        self.0.load(Relaxed)
    }

    #[inline]
    pub(crate) fn set(&self, value: i64) {
        self.0.store(value, Relaxed);
    }

    #[inline]
    pub(crate) fn add(&self, value: i64) {
        self.set(self.get().wrapping_add(value));
    }
}

/// An `f64` with one writer.
#[derive(Debug, Default)]
pub(crate) struct F64(AtomicU64);

impl F64 {
    #[inline]
    pub(crate) fn get(&self) -> f64 {
        f64::from_bits(self.0.load(Relaxed))
    }

    #[inline]
    pub(crate) fn set(&self, value: f64) {
        self.0.store(value.to_bits(), Relaxed);
    }

    pub(crate) fn add(&self, value: f64) {
        self.set(self.get() + value);
    }
}

/// An `f32` with one writer, for sums that need no more than six digits.
#[derive(Debug, Default)]
pub(crate) struct F32(AtomicU32);

impl F32 {
    pub(crate) fn get(&self) -> f32 {
        f32::from_bits(self.0.load(Relaxed))
    }

    pub(crate) fn set(&self, value: f32) {
        self.0.store(value.to_bits(), Relaxed);
    }

    pub(crate) fn add(&self, value: f32) {
        self.set(self.get() + value);
    }
}

/// One of the values of an enum, with one writer; at first the one with the number 0.
pub(crate) struct State<E> {
    number: AtomicU8,
    values: PhantomData<fn() -> E>,
}

impl<E: Into<u8>> State<E> {
    pub(crate) const fn new(number: u8) -> State<E> {
        State {
            number: AtomicU8::new(number),
            values: PhantomData,
        }
    }

    #[inline(always)]
    pub(crate) fn is(&self, value: E) -> bool {
        self.number.load(Relaxed) == value.into()
    }

    #[inline(always)]
    pub(crate) fn is_beyond(&self, value: E) -> bool {
        self.number.load(Relaxed) > value.into()
    }

    #[inline(always)]
    pub(crate) fn is_one_of<const N: usize>(&self, values: [E; N]) -> bool {
        let number = self.number.load(Relaxed);
        values.into_iter().any(|value| number == value.into())
    }

    #[inline(always)]
    pub(crate) fn set(&self, value: E) {
        self.number.store(value.into(), Relaxed);
    }
}

impl<E: Into<u8>> Default for State<E> {
    fn default() -> State<E> {
        State::new(0)
    }
}

impl<E> fmt::Debug for State<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.number, f)
    }
}
