//! The one door that generated code goes through. Not for use by hand: it may
//! change with any release, together with the attribute.

#[cfg(not(feature = "auto-register"))]
pub use crate::__not_registered as submit;
#[cfg(any(feature = "profile", feature = "alloc"))]
pub use crate::function::{Called, Function};
#[cfg(feature = "auto-register")]
pub use crate::stage::Registered;
pub use crate::stage::{
    Call, Clocked, Counted, In, IntoIn, Mode, Out, Plain, Results, Site, SiteTiming, Tally,
};
#[cfg(feature = "auto-register")]
pub use inventory::submit;
// For crates whose prelude is off or shadowed.
pub use core::{file, line, module_path};
pub use std::boxed::Box;

mod disguised;
mod records;

pub use disguised::disguised;
pub use records::Records;

/// A site that nobody asked to be handed in: the attribute does not know.
#[cfg(not(feature = "auto-register"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __not_registered {
    ($($site:tt)*) => {};
}

/// An iterator that the stage pulls from.
pub fn input<I: IntoIterator, M: Mode>(call: &Call<M>, records: I) -> In<I::IntoIter, M> {
    In::new(call, records.into_iter())
}

/// Something that the stage makes an iterator of.
pub fn input_into<I: IntoIterator, M: Mode>(call: &Call<M>, records: I) -> IntoIn<I, M> {
    IntoIn::new(call, records)
}

/// The iterator that the stage returns.
//
// That it is one is asked of the result, not of the body: so what is none is reported once, at the user's return
// type.
#[inline(always)]
pub fn output<O, M: Mode, T>(call: Call<M>, _tally: T, body: impl FnOnce() -> O) -> Out<O, M, T> {
    Out::around(body(), call)
}

/// The iterator that the stage may return.
#[inline(always)]
pub fn output_option<O, M: Mode, T>(
    call: Call<M>,
    _tally: T,
    body: impl FnOnce() -> Option<O>,
) -> Option<Out<O, M, T>> {
    if let Some(records) = body() {
        Some(Out::around(records, call))
    } else {
        call.end_with(0);
        None
    }
}

/// The iterator that the stage returns, unless it fails.
///
/// # Errors
/// The body's own.
#[inline(always)]
pub fn output_result<O, M: Mode, T, E>(
    call: Call<M>,
    _tally: T,
    body: impl FnOnce() -> Result<O, E>,
) -> Result<Out<O, M, T>, E> {
    match body() {
        Ok(records) => Ok(Out::around(records, call)),
        Err(error) => {
            call.end_with(0);
            Err(error)
        }
    }
}

/// A stage that uses its records up.
pub fn sink<R, M: Mode>(call: Call<M>, body: impl FnOnce() -> R) -> R {
    let result = body();
    call.end_with(0);
    result
}

/// A collection of `records` that the stage was given.
pub fn batch_input<M: Mode>(call: &Call<M>, records: usize) {
    call.run().note_given(records as u64);
}

/// A stage that returns a collection.
pub fn batch<R: Records, M: Mode>(call: Call<M>, body: impl FnOnce() -> R) -> R {
    let result = body();
    call.end_with(result.records() as u64);
    result
}

/// Calls a closure that is not to allocate: `assert_no_alloc!`.
#[cfg(feature = "alloc")]
#[track_caller]
pub fn without_allocating<R>(f: impl FnOnce() -> R, why: core::fmt::Arguments<'_>) -> R {
    crate::memory::without_allocating(f, why)
}
