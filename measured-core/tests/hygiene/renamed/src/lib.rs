//! The crate under another name.
#![deny(
    warnings,
    missing_docs,
    unused_qualifications,
    unreachable_pub,
    clippy::all,
    clippy::pedantic
)]
#![forbid(unsafe_code)]

use mc::{measured_stage, measured_stages, profile, profiled};

/// Named by the path that it is known under here.
#[measured_stage("double", crate = ::mc)]
pub fn double(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    values.map(|value| value * 2)
}

/// A profiled function, and a part of it.
#[profiled("triple", crate = ::mc)]
#[must_use]
pub fn triple(value: u32) -> u32 {
    profile::scope!("all of it");
    3 * value
}

/// What the methods belong to.
pub struct Stages;

#[measured_stages(crate = mc)]
impl Stages {
    /// One of them.
    pub fn halve(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.map(|value| value / 2)
    }
}
