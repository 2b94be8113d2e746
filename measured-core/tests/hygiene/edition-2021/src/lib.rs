//! Every shape of a stage in edition 2021, without a prelude, every lint an error.
#![no_implicit_prelude]
#![deny(
    warnings,
    missing_docs,
    unused_qualifications,
    unreachable_pub,
    clippy::all,
    clippy::pedantic
)]
#![forbid(unsafe_code)]

#[path = "../../stages.rs"]
pub mod stages;
