//! Front door.

#![cfg_attr(
    not(feature = "enable"),
    allow(
        dead_code,
        reason = "what nothing is measured with when nothing is measured"
    )
)]

mod clock;
mod collector;
mod histogram;
mod mark;
mod metrics;
#[cfg(not(feature = "enable"))]
mod off;
#[cfg(feature = "enable")]
#[doc(hidden)]
pub mod private;
#[cfg(feature = "enable")]
mod registry;
mod report;
mod single_writer;
#[cfg(feature = "enable")]
mod stage;
mod timing;

pub use clock::{Clock, MockClock};
pub use collector::MetricsCollector;
pub use histogram::{Histogram, Latency};
pub use mark::{Marked, Measured};
pub use metrics::StageMetrics;
#[cfg(not(feature = "enable"))]
pub use off::{Registry, set_timing};
#[cfg(feature = "enable")]
pub use registry::{Registry, set_timing};
pub use report::{LatencyReport, Report, StageReport, TimingReport};
pub use timing::{Budget, Timing, TimingError};

pub use measured_macros::{measured_stage, measured_stages, not_measured};
