//! The allocation profiler: who holds memory, who keeps asking for it, and where.
//!
//! ```
//! use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
//! use measured_core::measured_stage;
//!
//! #[global_allocator]
//! static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
//!
//! #[measured_stage("words")]
//! fn words(lines: impl Iterator<Item = &'static str>) -> impl Iterator<Item = String> {
//!     lines.map(str::to_owned)
//! }
//!
//! # fn main() -> Result<(), memory::NotInstalled> {
//! memory::start()?;
//! let before = Snapshot::take();
//! let kept: Vec<String> = words(["pump", "fan"].into_iter()).collect();
//! let after = Snapshot::take();
//! memory::stop();
//!
//! let diffs = after.compare_to(&before, GroupBy::Stage);
//! let words = diffs.get("words").unwrap();
//! assert_eq!((words.size_diff, words.count_diff), (7, 2));
//! println!("{diffs}");
//! # drop(kept);
//! # Ok(())
//! # }
//! ```
//!
//! A block belongs to the measured stage, or the profiled function, whose own code
//! ran on the thread when it was allocated; else it is `(unattributed)`. Whoever
//! frees it, on whatever thread, it is taken off the same account. A block that grows
//! or shrinks is a new one, of whoever runs then.
//!
//! # What it costs
//!
//! Eight bytes behind each block, always. The guide [Memory](crate::guide::memory) has
//! the figures, each under the command that made it.

#![expect(
    clippy::cast_possible_wrap,
    reason = "no process holds 2^63 bytes; differences of two such wrap back"
)]

mod allocator;
pub(crate) mod charges;
mod closure;
mod differences;
mod entries;
mod events;
mod groups;
#[cfg(feature = "json")]
mod json;
mod ledger;
mod own_memory;
mod owners;
mod peak;
mod places;
mod snapshot;
mod statistics;
mod symbols;
mod table;
mod tracking;
mod trailer;

pub use allocator::TrackingAllocator;
pub(crate) use closure::without_allocating;
pub use closure::{Allocated, allocated_by, is_installed};
pub use differences::{StatisticDiff, StatisticDiffs};
pub use entries::Entries;
pub use groups::GroupBy;
pub use snapshot::Snapshot;
pub use statistics::{Statistic, Statistics};
pub use tracking::{NotInstalled, Tracking};

use crate::running::{self, Watcher};

/// Begins to count, by stage.
///
/// Stages say whose code runs from their next run on: those that run already are
/// `(unattributed)`. Blocks that are there already are not counted, nor their frees.
///
/// ```
/// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
/// # #[global_allocator]
/// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() -> Result<(), memory::NotInstalled> {
/// memory::start()?;
/// let kept = vec![0_u8; 100];
/// assert_eq!(Snapshot::take().size(), 100);
/// # memory::stop();
/// # drop(kept);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Where no [`TrackingAllocator`] is installed: nothing would be seen.
pub fn start() -> Result<(), NotInstalled> {
    Tracking::new().start()
}

/// Stops counting. Blocks that were counted are taken off their accounts all the same
/// when they are freed, so a later [`start`] goes on where this one ended.
///
/// ```
/// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
/// # #[global_allocator]
/// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() -> Result<(), memory::NotInstalled> {
/// memory::start()?;
/// memory::stop();
/// let unseen = vec![0_u8; 100];
/// assert_eq!(Snapshot::take().count(), 0);
/// # drop(unseen);
/// # Ok(())
/// # }
/// ```
pub fn stop() {
    events::stop_tracking();
    running::stop_watching(Watcher::Memory);
}

/// Whether blocks that are allocated now are counted.
///
/// ```
/// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
/// # #[global_allocator]
/// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() -> Result<(), memory::NotInstalled> {
/// assert!(!memory::is_tracking());
/// memory::start()?;
/// assert!(memory::is_tracking());
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn is_tracking() -> bool {
    events::is_tracking()
}

/// The most bytes that were counted at once, since the start or [`reset_peak`].
///
/// Exact where one thread allocates; else off by less than 64 KiB for each thread
/// that does.
///
/// ```
/// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
/// # #[global_allocator]
/// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() -> Result<(), memory::NotInstalled> {
/// memory::start()?;
/// drop(vec![0_u8; 1_000_000]);
/// assert_eq!(memory::peak(), 1_000_000);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn peak() -> u64 {
    peak::highest(ledger::all().map(|ledger| &ledger.live))
}

/// Peaks count from what there is now: the process's, and each stage's. Of a thread that
/// allocates at this very moment, an older one may stay.
///
/// ```
/// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
/// # #[global_allocator]
/// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() -> Result<(), memory::NotInstalled> {
/// memory::start()?;
/// drop(vec![0_u8; 1_000_000]);
/// memory::reset_peak();
/// drop(vec![0_u8; 1_000]);
/// assert_eq!(memory::peak(), 1_000);
/// # Ok(())
/// # }
/// ```
pub fn reset_peak() {
    peak::reset(ledger::all().map(|ledger| &ledger.live));
    ledger::reset_highest();
}
