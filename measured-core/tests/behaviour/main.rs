//! What runs do when they are looked at, cut short, moved about and put together
//! in ways that nobody planned; on a clock that only the tests move.
#![cfg(feature = "enable")]

mod conservation;
mod division;
mod ends;
#[cfg(target_os = "linux")]
mod environment;
mod iterator_contract;
mod live;
mod nesting;
mod sampling;
mod threads;
mod topology;
mod world;
