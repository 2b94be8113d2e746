//! Starting and stopping.

use super::ProfileStats;
use super::session;
use crate::clock::Clock;
use std::fmt;
use std::panic::Location;

/// A profiler that runs: it has the whole process, and there is one at a time.
///
/// Calls that begin between start and stop are counted, on all threads; what a
/// function that was running already does itself is nobody's. Dropped without
/// [`stop`](Profiler::stop), it forgets what it has seen.
///
/// ```
/// use measured_core::profile::{Profiler, scope};
///
/// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
/// let profiler = Profiler::start()?;
/// {
///     scope!("parsing");
///     assert_eq!("17".parse(), Ok(17));
/// }
/// assert_eq!(profiler.stop().function("parsing").unwrap().calls, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "dropped, it forgets what it has seen"]
pub struct Profiler {
    stopped: bool,
}

impl Profiler {
    /// Starts with the best clock of the machine.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// let profiler = measured_core::profile::Profiler::start()?;
    /// let stats = profiler.stop();
    /// # assert_eq!(stats.calls(), 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// There is a profiler already; the error says where it was started.
    #[track_caller]
    pub fn start() -> Result<Profiler, AlreadyProfiling> {
        Profiler::start_with(Clock::host())
    }

    /// Starts with a clock of your own, as with one that a test moves by hand.
    ///
    /// ```
    /// use measured_core::profile::Profiler;
    /// use measured_core::{Clock, MockClock, profiled};
    ///
    /// #[profiled]
    /// fn work(clock: &MockClock) {
    ///     clock.advance(17);
    /// }
    ///
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// let clock = MockClock::new();
    /// let profiler = Profiler::start_with(Clock::Mock(clock.clone()))?;
    /// work(&clock);
    /// assert_eq!(profiler.stop().function("work").unwrap().self_ns, 17);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`start`](Profiler::start).
    #[track_caller]
    pub fn start_with(clock: Clock) -> Result<Profiler, AlreadyProfiling> {
        match session::start(clock, Location::caller()) {
            Ok(()) => Ok(Profiler { stopped: false }),
            Err(since) => Err(AlreadyProfiling { since }),
        }
    }

    /// Calls `f`, and says what it called.
    ///
    /// ```
    /// use measured_core::profile::{Profiler, scope};
    ///
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// let (sum, stats) = Profiler::run(|| {
    ///     scope!("sum");
    ///     (1..=100).sum::<u32>()
    /// })?;
    /// assert_eq!(sum, 5050);
    /// assert_eq!(stats.calls(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`start`](Profiler::start); `f` is not called then.
    #[track_caller]
    pub fn run<R>(f: impl FnOnce() -> R) -> Result<(R, ProfileStats), AlreadyProfiling> {
        let profiler = Profiler::start()?;
        let result = f();
        Ok((result, profiler.stop()))
    }

    /// Stops, and says what was called. What goes on, here or on other threads, is
    /// counted until now. Takes about a millisecond, in which it finds out what profiling
    /// a call and a stage's pull costs.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// let profiler = measured_core::profile::Profiler::start()?;
    /// println!("{}", profiler.stop());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn stop(mut self) -> ProfileStats {
        self.stopped = true;
        // Nobody else ends a session, so there is one.
        session::stop().map_or_else(ProfileStats::default, ProfileStats::of)
    }
}

impl Drop for Profiler {
    fn drop(&mut self) {
        if !self.stopped {
            session::forget();
        }
    }
}

/// There is a profiler already, and the process has one at a time.
///
/// ```
/// use measured_core::profile::Profiler;
///
/// let first = Profiler::start().unwrap();
/// let error = Profiler::start().unwrap_err().to_string();
/// assert!(error.ends_with("is still running: stop it first"), "{error}");
/// # drop(first);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlreadyProfiling {
    since: &'static Location<'static>,
}

impl fmt::Display for AlreadyProfiling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the profiler that was started at {} is still running: stop it first",
            self.since
        )
    }
}

impl std::error::Error for AlreadyProfiling {}
