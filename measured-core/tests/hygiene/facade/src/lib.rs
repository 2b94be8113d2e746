//! A crate that passes ours on to its users.
#![deny(
    warnings,
    missing_docs,
    unused_qualifications,
    unreachable_pub,
    clippy::all,
    clippy::pedantic
)]
#![forbid(unsafe_code)]

pub use measured_core as measure;

/// A macro that makes a stage in the caller's crate.
#[macro_export]
macro_rules! doubling {
    ($name:ident) => {
        /// Made by the macro of another crate.
        #[$crate::measure::measured_stage(crate = $crate::measure)]
        pub fn $name(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
            values.map(|value| value * 2)
        }
    };
}
