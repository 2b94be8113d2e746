//! The adapters: In around an iterator that a stage takes, Out around the one
//! that it returns.
//!
//! Each checks once per record on the way down (Out whether its countdown is at
//! zero, In whether the run is armed) and once on the way up (whether its
//! countdown has come to zero; the countdown is also the count). Measured: 10
//! instructions per record and stage.
//!
//! Five rules that measurement taught, each worth nanoseconds per record:
//!
//! - One call site of the inner `next()`: a second one costs LLVM's bonus for
//!   inlining a function's only call.
//! - "Was this pull timed?" is asked of the countdown or of memory after the call,
//!   never kept in a local across it: LLVM would thread the jump and duplicate
//!   the call.
//! - `fold` is not forwarded. Through the closures of ten chained stages it cost
//!   2.5 ns per record and stage where the loop over `next` costs 0.8, and a panic
//!   within it lost the count.
//! - What returns an Out is inlined. Returned through memory, the chain stays there, and
//!   the state of the user's closures with it: 0.3 ns in the reference chain.
//! - A drop reads and does not write: what it would write is kept in memory while the loop
//!   runs, 0.3 ns again.

mod cloning;
mod countdown;
mod input;
mod into_input;
mod output;
mod unwinding;

pub use input::In;
pub use into_input::IntoIn;
pub use output::Out;
