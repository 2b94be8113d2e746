//! Time that stands still until a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A clock that tests drive by hand; its ticks are nanoseconds.
///
/// Clones share the same time. Reading it costs the program no time, so what a
/// report says of a run under it is exact.
///
/// ```
/// use measured_core::{MockClock, Registry, Timing, measured_stage};
///
/// #[measured_stage("slow")]
/// fn slow(items: impl Iterator<Item = u8>, clock: MockClock) -> impl Iterator<Item = u8> {
///     items.inspect(move |_| clock.advance(7))
/// }
///
/// let clock = MockClock::new();
/// let registry = Registry::new().with_clock(clock.clone()).with_timing(Timing::Every);
/// registry.scope(|| slow([1, 2, 3].into_iter(), clock).for_each(drop));
/// # if cfg!(feature = "enable") {
/// assert_eq!(registry.capture().stage("slow").unwrap().self_ns, 21);
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct MockClock(Arc<AtomicU64>);

impl MockClock {
    /// A clock at zero.
    ///
    /// ```
    /// assert_eq!(measured_core::MockClock::new().now(), 0);
    /// ```
    #[must_use]
    pub fn new() -> MockClock {
        MockClock::default()
    }

    /// The time that it stands at, in nanoseconds from where it began.
    ///
    /// ```
    /// let clock = measured_core::MockClock::new();
    /// clock.advance(5);
    /// assert_eq!(clock.now(), 5);
    /// ```
    #[must_use]
    pub fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Lets `ns` nanoseconds go by.
    ///
    /// ```
    /// let clock = measured_core::MockClock::new();
    /// let copy = clock.clone();
    /// clock.advance(5);
    /// assert_eq!(copy.now(), 5);
    /// ```
    pub fn advance(&self, ns: u64) {
        self.0.fetch_add(ns, Ordering::Relaxed);
    }

    /// Steps back by `ns` nanoseconds, as a broken clock would.
    ///
    /// ```
    /// let clock = measured_core::MockClock::new();
    /// clock.advance(5);
    /// clock.rewind(2);
    /// assert_eq!(clock.now(), 3);
    /// ```
    pub fn rewind(&self, ns: u64) {
        self.0.fetch_sub(ns, Ordering::Relaxed);
    }
}
