//! The capture where nothing is measured: the feature `enable` is off, and there is nothing
//! to capture.

use super::{Origin, Report, SCHEMA, TimingMode, TimingReport};
use crate::clock::Clock;
use crate::registry::Registry;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

impl Report {
    /// A report without stages: the feature `enable` is off.
    #[must_use]
    pub fn capture() -> Report {
        static CAPTURES: AtomicU64 = AtomicU64::new(0);
        Report {
            schema: SCHEMA,
            origin: Some(Origin::now(0, CAPTURES.fetch_add(1, Relaxed) + 1)),
            wall_ns: 0,
            source_ns: 0,
            sink_ns: 0,
            instrumentation_ns: 0,
            unattributed_ns: 0,
            timing: TimingReport {
                mode: TimingMode::Off,
                one_in: None,
                budget: None,
                overhead: 0.0,
                clock: Clock::Instant.name().to_owned(),
                clock_ns: 0.0,
                clock_steps_back: 0,
            },
            stages: Vec::new(),
            merged_from: Vec::new(),
        }
    }
}

impl Registry {
    /// A report without stages.
    #[must_use]
    pub fn capture(&self) -> Report {
        Report::capture()
    }
}
