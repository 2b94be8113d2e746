//! Whether what is spelled like no iterator is one: an alias, a type of the user's own, an `impl` of a trait
//! that extends `Iterator`.
//!
//! The attribute cannot know. Method resolution does: it takes the first of these whose bounds hold, and where
//! that is one for iterators, its deprecation is the warning. So a method is called on what [`disguised`] makes of
//! a value, by the word in the user's code that the warning is to stand below.

#![expect(
    clippy::unused_self,
    reason = "only methods are looked for by the type of a value"
)]

use core::marker::PhantomData;
use core::ops::Deref;

/// Of a value that was taken for no iterator.
pub struct Disguised<T>(Inside<T>);

/// Of one that is none, but may be an `Option` or a `Result` of one.
pub struct Inside<T>(PhantomData<T>, Value);

/// Of one that was rightly taken for none.
pub struct Value;

/// Asks about the type of a value, and leaves the value alone.
#[must_use]
pub fn disguised<T>(_: &T) -> Disguised<T> {
    Disguised(Inside(PhantomData, Value))
}

impl<T: Iterator> Disguised<T> {
    #[deprecated(
        note = "this is an iterator under another name, and waiting for it counts as the stage's self time: \
                take `impl Iterator<Item = …>`, or write `input = …` with the parameter that brings in the \
                records, or `input = none`"
    )]
    pub fn taken_by_a_stage(&self) {}
}

impl<T: IntoIterator> Disguised<T> {
    #[deprecated(
        note = "waiting for what comes through this counts as the stage's self time: write `input = …` with \
                the parameter that brings in the records, or `input = none`"
    )]
    pub fn received_by_a_stage(&self) {}
}

macro_rules! returned {
    ($($iterator:ty: [$($parameter:tt)*],)*) => {
        $(impl<$($parameter)*> $iterator {
            #[deprecated(
                note = "there is an iterator under this name, and only the call is measured: return \
                        `impl Iterator<Item = …>` or `Box<dyn Iterator<Item = …>>`, or write `output = none`"
            )]
            pub fn returned_by_a_stage(&self) {}
        })*
    };
}

returned! {
    Disguised<T>: [T: Iterator],
    Inside<Option<T>>: [T: Iterator],
    Inside<Result<T, E>>: [T: Iterator, E],
}

impl Value {
    /// A parameter is no iterator.
    pub fn taken_by_a_stage(&self) {}

    /// A parameter is no receiver that one waits at by iterating.
    pub fn received_by_a_stage(&self) {}

    /// What is returned is no iterator.
    pub fn returned_by_a_stage(&self) {}
}

impl<T> Deref for Disguised<T> {
    type Target = Inside<T>;

    fn deref(&self) -> &Inside<T> {
        &self.0
    }
}

impl<T> Deref for Inside<T> {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.1
    }
}
