//! Which capture a report is: what tells it from all others.

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

/// Which capture a report is.
///
/// No two captures are alike in `process`, `registry` and `sequence`, wherever and
/// whenever they were made: reports can be sent twice and still be counted once.
///
/// ```
/// use measured_core::Report;
///
/// let (earlier, later) = (Report::capture(), Report::capture());
/// let (earlier, later) = (earlier.origin.unwrap(), later.origin.unwrap());
/// assert_eq!((&earlier.process, earlier.registry), (&later.process, later.registry));
/// assert!(earlier.sequence < later.sequence);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(expecting = "an object"))]
#[non_exhaustive]
pub struct Origin {
    /// The process: its number with the system and 64 random bits, so that neither
    /// a restart nor another machine has the same.
    pub process: String,
    /// Which of the process's registries.
    pub registry: u64,
    /// Captures of that registry until this one, itself included.
    pub sequence: u64,
    /// For an interval, the capture that it begins with.
    #[cfg_attr(feature = "serde", serde(default))]
    pub since: Option<u64>,
    /// When it was captured: milliseconds since 1970, UTC, by the system's clock.
    pub unix_ms: u64,
}

impl Origin {
    pub(crate) fn now(registry: u64, sequence: u64) -> Origin {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
        Origin {
            process: process(),
            registry,
            sequence,
            since: None,
            unix_ms: since_1970.map_or(0, |time| time.as_millis() as u64),
        }
    }
}

/// The number is asked for each time: a forked process has its parent's random bits.
fn process() -> String {
    static RANDOM: OnceLock<u64> = OnceLock::new();
    // The standard library seeds it from the system's randomness.
    let random = RANDOM.get_or_init(|| RandomState::new().hash_one(SystemTime::now()));
    format!("{}-{random:016x}", std::process::id())
}
