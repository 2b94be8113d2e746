//! A crate that knows ours only through another.
#![deny(
    warnings,
    missing_docs,
    unused_qualifications,
    unreachable_pub,
    clippy::all,
    clippy::pedantic
)]
#![forbid(unsafe_code)]

use hygiene_facade::measure::measured_stage;

/// Named by the path through the other crate.
#[measured_stage(crate = hygiene_facade::measure)]
pub fn halve(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    values.map(|value| value / 2)
}

hygiene_facade::doubling!(double);
