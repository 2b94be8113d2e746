//! The deterministic profiler: which function is expensive, and through whom.
//!
//! What cProfile and pstats are to Python, in process and with no special toolchain:
//! every call of the functions that are [`profiled`](macro@crate::profiled) is timed
//! between [`Profiler::start`] and [`Profiler::stop`], on all threads.
//!
//! ```
//! use measured_core::profile::{Profiler, SortBy};
//! use measured_core::profiled;
//!
//! #[profiled]
//! fn sum(window: &[f64]) -> f64 {
//!     window.iter().sum()
//! }
//!
//! #[profiled]
//! fn variance(window: &[f64]) -> f64 {
//!     let mean = sum(window) / window.len() as f64;
//!     let squares: Vec<f64> = window.iter().map(|x| (x - mean).powi(2)).collect();
//!     sum(&squares) / window.len() as f64
//! }
//!
//! # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
//! let profiler = Profiler::start()?;
//! assert_eq!(variance(&[1.0, 3.0]), 1.0);
//! let stats = profiler.stop();
//!
//! assert_eq!(stats.function("sum").unwrap().calls, 2);
//! println!("{}", stats.sort_by(SortBy::Cumulative).top(8));
//! # Ok(())
//! # }
//! ```
//!
//! [`scope!`] does the same for a part of a function. Measured stages are in the profile
//! by themselves, if they begin to run after the profiler was started: what a stage
//! pulls from is its callee, as generators are in cProfile.
//!
//! The guide [Profiling](crate::guide::profiling) says when to use this, when a
//! sampling profiler and when callgrind, and what it costs.

mod call_tree;
mod capture;
mod clock;
mod compare;
mod edges;
mod export;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "serde")]
mod layout;
mod probes;
mod profiler;
mod session;
mod stages;
mod stats;
mod table;
mod threads;
mod tree;

pub use crate::__scope as scope;
pub use compare::{FunctionComparison, ProfileComparison};
pub use profiler::{AlreadyProfiling, Profiler};
pub use stats::{FunctionStats, ProfileStats};
pub use table::{ProfileTable, SortBy};

pub(crate) use probes::Empty;
pub(crate) use tree::Open;

use crate::memory::charges::for_ourselves;
use crate::running::Number;
use tree::Tree;

/// A stage or a function begins to run on this thread; [`Open::NONE`] where the thread
/// is about to end.
#[inline(always)]
pub(crate) fn enter(number: Number) -> Open {
    // No closures here and below, which LLVM does not inline.
    if let Some(tree) = threads::tree() {
        if let Some(open) = tree.enter(number, session::current()) {
            return open;
        }
    }
    enter_any(number)
}

#[cold]
#[inline(never)]
fn enter_any(number: Number) -> Open {
    // A thread's tree is made, and grows.
    for_ourselves(|| match threads::tree_anyway() {
        Some(tree) => tree.enter_any(number, session::current()),
        None => Open::NONE,
    })
}

/// `number` is that of a stage.
pub(crate) fn note_stage(number: Number) {
    stages::add(number);
}

/// What a call costs is found out by this.
pub(crate) fn note_empty_function(empty: Empty) {
    let _ = probes::FUNCTION.set(empty);
}

/// What a pull costs is found out by this.
pub(crate) fn note_empty_stage(empty: Empty) {
    let _ = probes::STAGE.set(empty);
}

/// What was entered last was no call, but a suspended one that goes on.
pub(crate) fn it_was_resumed() {
    if let Some(tree) = threads::tree() {
        tree.it_was_resumed();
    }
}

/// It stops running, with all that it called.
#[inline(always)]
pub(crate) fn leave(open: Open) {
    if let Some(tree) = threads::tree() {
        if !tree.leave(open) {
            leave_any(tree, open);
        }
    }
}

#[cold]
#[inline(never)]
fn leave_any(tree: &Tree, open: Open) {
    tree.leave_any(open, clock::now());
}
