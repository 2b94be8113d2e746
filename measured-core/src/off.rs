//! The registry where nothing is measured: the same face, and nothing behind it.

use crate::clock::Clock;
use crate::metrics::StageMetrics;
use crate::report::{Origin, Report, SCHEMA, TimingMode, TimingReport};
use crate::timing::Timing;
use std::io;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// A registry of nothing: the feature `enable` is off.
///
/// ```
/// use measured_core::{Registry, Report};
///
/// let registry = Registry::new();
/// assert_eq!(registry.scope(|| 2 + 2), 4);
/// assert!(registry.capture().stages.is_empty());
/// assert!(Report::capture().stages.is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct Registry {
    clock: Clock,
}

impl Registry {
    /// An empty registry.
    #[must_use]
    pub fn new() -> Registry {
        Registry {
            clock: Clock::Instant,
        }
    }

    /// The same with another clock, which nobody reads.
    #[must_use]
    pub fn with_clock(self, clock: impl Into<Clock>) -> Registry {
        Registry {
            clock: clock.into(),
        }
    }

    /// The same.
    #[must_use]
    pub fn with_timing(self, _: Timing) -> Registry {
        self
    }

    /// The same.
    #[must_use]
    pub fn with_seed(self, _: u64) -> Registry {
        self
    }

    /// The registry of the process.
    #[must_use]
    pub fn global() -> &'static Registry {
        static GLOBAL: LazyLock<Registry> = LazyLock::new(Registry::new);
        &GLOBAL
    }

    /// The registry of the process.
    #[must_use]
    pub fn current() -> Registry {
        Registry::global().clone()
    }

    /// Calls `f`.
    pub fn scope<R>(&self, f: impl FnOnce() -> R) -> R {
        f()
    }

    /// `None`.
    #[must_use]
    pub fn metrics(&self, _: &str) -> Option<StageMetrics> {
        None
    }

    /// The clock that it was given.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// [`Timing::Off`].
    #[must_use]
    pub fn timing(&self) -> Timing {
        Timing::Off
    }

    /// A report without stages.
    #[must_use]
    pub fn capture(&self) -> Report {
        Report::capture()
    }
}

impl Default for Registry {
    fn default() -> Registry {
        Registry::new()
    }
}

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

/// Does nothing: the feature `enable` is off.
///
/// ```
/// measured_core::set_timing(measured_core::Timing::Every);
/// ```
pub fn set_timing(_: Timing) {}

/// Prints nothing: the feature `enable` is off.
#[derive(Debug)]
#[must_use = "it prints where it is dropped: bind it to a name, as in `let _report = …`"]
pub struct ReportOnDrop(());

/// Prints nothing: the feature `enable` is off.
///
/// ```
/// let _report = measured_core::report_on_drop();
/// ```
pub fn report_on_drop() -> ReportOnDrop {
    ReportOnDrop(())
}

/// Reports nothing: the feature `enable` is off.
///
/// ```
/// use measured_core::Periodic;
/// use std::time::Duration;
///
/// let mut periodic = Periodic::every(Duration::ZERO);
/// assert!(!periodic.poll(|_| panic!("nothing is measured")));
/// periodic.flush(|_| panic!("nothing is measured"));
/// drop(periodic.spawn(|_| panic!("nothing is measured"))?);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Periodic(());

impl Periodic {
    /// Holds nothing.
    #[must_use]
    pub fn every(_: Duration) -> Periodic {
        Periodic(())
    }

    /// `false`.
    pub fn poll(&mut self, _: impl FnOnce(&Report)) -> bool {
        false
    }

    /// Does nothing.
    pub fn flush(&mut self, _: impl FnOnce(&Report)) {}

    /// Starts no thread.
    ///
    /// # Errors
    /// None.
    pub fn spawn(self, _: impl FnMut(&Report) + Send + 'static) -> io::Result<PeriodicThread> {
        Ok(PeriodicThread(()))
    }
}

/// No thread: the feature `enable` is off.
#[derive(Debug)]
#[must_use = "its thread ends where it is dropped: bind it to a name, as in `let _thread = …`"]
pub struct PeriodicThread(());
