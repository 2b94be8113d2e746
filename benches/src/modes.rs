//! The timing modes that every instrument compares, by the names that `MEASURED` takes.

use measured_core::{Timing, set_timing};

/// How a chain can be measured whose attributes leave it to the process.
pub const MODES: [&str; 6] = [
    "off",
    "counts",
    "one-in=1024",
    "budget=1%",
    "one-in=64",
    "every",
];

/// The mode of this name.
///
/// # Panics
///
/// When there is no such mode.
#[must_use]
pub fn mode(name: &str) -> Timing {
    name.parse()
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Sets the mode of the runs that start from here on.
pub fn set(name: &str) {
    set_timing(mode(name));
}
