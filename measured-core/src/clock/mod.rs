//! Where time comes from: one source per file, all read in *ticks*.
//!
//! The record path stores ticks; they become nanoseconds only when a report is
//! read. A tick is a cycle of the processor's time-stamp counter ([`tsc`]), a
//! nanosecond of the operating system's monotonic clock ([`instant`]), or
//! whatever a test says it is ([`mock`]).

pub(crate) mod instant;
mod mock;
pub(crate) mod tsc;

pub use mock::MockClock;

use std::sync::OnceLock;

/// A source of ticks.
///
/// ```
/// use measured_core::Clock;
///
/// let clock = Clock::host();
/// let before = clock.now();
/// assert!(clock.now() >= before);
/// println!("{} reads {} ns per tick", clock.name(), clock.ns_per_tick());
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Clock {
    /// The processor's time-stamp counter: about 20 ns a read, as it waits for the
    /// instructions before it. [`Clock::host`] takes it where it is known to keep time;
    /// chosen by hand it is read in any case. Other processors than x86-64 have none,
    /// and read `Instant`.
    Tsc,
    /// [`std::time::Instant`]: about 30 ns a read; a tick is a nanosecond.
    Instant,
    /// Time that moves only when a test moves it; a tick is a nanosecond.
    Mock(MockClock),
}

/// Which clock it is, for those who keep it in a byte.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Tsc,
    Instant,
    Mock,
}

impl From<Kind> for u8 {
    fn from(kind: Kind) -> u8 {
        kind as u8
    }
}

impl From<MockClock> for Clock {
    fn from(clock: MockClock) -> Clock {
        Clock::Mock(clock)
    }
}

impl Clock {
    /// The best clock of this machine: the time-stamp counter where the
    /// processor promises that it is invariant, Linux has not given it up for another
    /// clock, and a check against [`std::time::Instant`] agrees to one in a thousand; else
    /// `Instant`.
    ///
    /// The check takes about 4 ms, once per process, at the first call.
    ///
    /// ```
    /// let clock = measured_core::Clock::host();
    /// assert!(["tsc", "instant"].contains(&clock.name()));
    /// ```
    #[must_use]
    pub fn host() -> Clock {
        static HOST: OnceLock<bool> = OnceLock::new();
        if *HOST.get_or_init(tsc::keeps_time) {
            Clock::Tsc
        } else {
            Clock::Instant
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        match self {
            Clock::Tsc => Kind::Tsc,
            Clock::Instant => Kind::Instant,
            Clock::Mock(_) => Kind::Mock,
        }
    }

    /// The current time in ticks since an arbitrary start.
    ///
    /// ```
    /// let clock = measured_core::Clock::host();
    /// let before = clock.now();
    /// let ns = (clock.now() - before) as f64 * clock.ns_per_tick();
    /// assert!(ns >= 0.0);
    /// ```
    #[inline]
    #[must_use]
    pub fn now(&self) -> u64 {
        match self {
            Clock::Tsc => tsc::now(),
            Clock::Instant => instant::now(),
            Clock::Mock(clock) => clock.now(),
        }
    }

    /// Nanoseconds per tick. For the time-stamp counter this is measured
    /// against `Instant` since the process first asked. It sharpens for a second and
    /// then stays as it is; the first call may wait until 10 ms have gone by. Where the
    /// machine slept in between, the rate of the first milliseconds is taken.
    ///
    /// ```
    /// assert_eq!(measured_core::Clock::Instant.ns_per_tick(), 1.0);
    /// ```
    #[must_use]
    pub fn ns_per_tick(&self) -> f64 {
        match self {
            Clock::Tsc => tsc::ns_per_tick(),
            Clock::Instant | Clock::Mock(_) => 1.0,
        }
    }

    /// The rate to one in a thousand; after [`Clock::host`] without waiting.
    pub(crate) fn ns_per_tick_roughly(&self) -> f64 {
        match self {
            Clock::Tsc => tsc::ns_per_tick_roughly(),
            Clock::Instant | Clock::Mock(_) => 1.0,
        }
    }

    /// `"tsc"`, `"instant"` or `"mock"`: what reports print.
    ///
    /// ```
    /// assert_eq!(measured_core::Clock::Instant.name(), "instant");
    /// ```
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Clock::Tsc => "tsc",
            Clock::Instant => "instant",
            Clock::Mock(_) => "mock",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn the_host_clock_agrees_with_the_operating_system() {
        let clock = Clock::host();
        let agrees = || {
            let (tick, instant) = (clock.now(), Instant::now());
            while instant.elapsed() < Duration::from_millis(30) {}
            let (ticks, elapsed) = (clock.now() - tick, instant.elapsed());
            let measured = ticks as f64 * clock.ns_per_tick();
            (measured / elapsed.as_nanos() as f64 - 1.0).abs() < 0.05
        };
        // The thread may be put aside between two reads, but not every time.
        assert!((0..10).any(|_| agrees()));
    }

    #[test]
    fn the_rate_stays_as_it_is_after_a_second() {
        let clock = Clock::host();
        let _first = clock.ns_per_tick();
        std::thread::sleep(Duration::from_millis(1_001));
        let rate = clock.ns_per_tick();
        for _ in 0..100 {
            std::thread::sleep(Duration::from_micros(100));
            assert_eq!(clock.ns_per_tick().to_bits(), rate.to_bits());
        }
    }

    #[test]
    fn the_mock_clock_moves_only_by_hand() {
        let mock = MockClock::new();
        let clock = Clock::Mock(mock.clone());
        assert_eq!(clock.now(), clock.now());
        mock.advance(17);
        mock.rewind(2);
        assert_eq!((clock.now(), clock.ns_per_tick()), (15, 1.0));
    }
}
