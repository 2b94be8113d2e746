//! How a report's figures were got.

use crate::timing::Timing;
use std::fmt;

/// How a report's figures were got.
///
/// ```
/// # if cfg!(feature = "enable") {
/// # use measured_core::{Measured, Registry, Timing, TimingMode};
/// let registry = Registry::new().with_timing(Timing::Every);
/// registry.scope(|| (0..100).measured("numbers").for_each(drop));
/// let timing = registry.capture().timing;
/// assert_eq!((timing.mode, timing.one_in), (TimingMode::Every, Some(1.0)));
/// println!("{:.1} ns per read of {}", timing.clock_ns, timing.clock);
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(expecting = "an object"))]
#[non_exhaustive]
pub struct TimingReport {
    /// For runs that start now.
    pub mode: TimingMode,
    /// One pull in so many was timed, over the stages of which any was, those by bodies
    /// included; `None` if none was.
    pub one_in: Option<f64>,
    /// The part of the wall that timing may cost, where that was asked for.
    pub budget: Option<f64>,
    /// The part of the wall that it is modelled to have cost.
    pub overhead: f64,
    /// `tsc`, `instant` or `mock`; `mixed` in a report merged of several.
    pub clock: String,
    /// What a read of the clock adds to an interval.
    pub clock_ns: f64,
    /// Times that the clock was seen to step back.
    #[cfg_attr(feature = "serde", serde(default))]
    pub clock_steps_back: u64,
}

/// How much was timed: a [`Timing`] without its budget.
///
/// ```
/// use measured_core::{Timing, TimingMode};
///
/// assert_eq!(TimingMode::from(Timing::default()).to_string(), "sampled");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum TimingMode {
    /// [`Timing::Off`].
    Off,
    /// [`Timing::Counts`].
    Counts,
    /// [`Timing::Sampled`].
    Sampled,
    /// [`Timing::Every`].
    Every,
    /// A report merged of several that differ in it.
    Mixed,
}

impl From<Timing> for TimingMode {
    fn from(timing: Timing) -> TimingMode {
        match timing {
            Timing::Off => TimingMode::Off,
            Timing::Counts => TimingMode::Counts,
            Timing::Sampled { .. } => TimingMode::Sampled,
            Timing::Every => TimingMode::Every,
        }
    }
}

impl fmt::Display for TimingMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            TimingMode::Off => "off",
            TimingMode::Counts => "counts",
            TimingMode::Sampled => "sampled",
            TimingMode::Every => "every",
            TimingMode::Mixed => "mixed",
        })
    }
}
