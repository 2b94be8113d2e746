//! The registry where nothing is measured: the same face, and nothing behind it.

use crate::clock::Clock;
use crate::metrics::StageMetrics;
use crate::timing::Timing;
use std::sync::LazyLock;

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

    /// A registry with another clock, which nobody reads.
    #[must_use]
    pub fn with_clock(self, clock: impl Into<Clock>) -> Registry {
        Registry {
            clock: clock.into(),
        }
    }

    /// This registry: nothing is timed.
    #[must_use]
    pub fn with_timing(self, _: Timing) -> Registry {
        self
    }

    /// This registry: nothing is drawn.
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
}

impl Default for Registry {
    fn default() -> Registry {
        Registry::new()
    }
}

/// Does nothing: the feature `enable` is off.
///
/// ```
/// measured_core::set_timing(measured_core::Timing::Every);
/// ```
pub fn set_timing(_: Timing) {}
