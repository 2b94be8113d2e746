//! Front door.


mod clock;
mod collector;
mod histogram;
mod metrics;
#[doc(hidden)]
pub mod private;
mod registry;
mod report;
mod single_writer;
mod stage;
mod timing;

pub use clock::{Clock, MockClock};
pub use collector::MetricsCollector;
pub use histogram::{Histogram, Latency};
pub use metrics::StageMetrics;
pub use registry::{Registry, set_timing};
pub use report::{LatencyReport, Report, StageReport, TimingReport};
pub use timing::{Budget, Timing, TimingError};

pub use measured_macros::{measured_stage, measured_stages, not_measured};
