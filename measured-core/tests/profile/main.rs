//! The profiler, from outside: what it counts, what it times, what it says.
#![cfg(feature = "profile")]

mod calls;
mod ends;
#[cfg(feature = "json")]
mod exports;
#[cfg(feature = "json")]
mod json;
mod oracle;
mod printed;
mod profiling_alone;
mod shapes;
mod stages;
mod threads;
