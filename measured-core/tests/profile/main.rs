//! The profiler, from outside: what it counts, what it times, what it says.
#![cfg(feature = "profile")]

mod calls;
