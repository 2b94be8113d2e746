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

mod account;
mod allocator;
mod closure;
#[cfg(feature = "json")]
mod json;
mod ledger;
mod own_memory;
mod owners;
mod peak;
mod places;
mod snapshot;
mod statistics;
pub(crate) mod stretches;
mod symbols;
mod table;
mod trailer;

pub use allocator::TrackingAllocator;
pub(crate) use closure::without_allocating;
pub use closure::{Allocated, allocated_by, is_installed};
pub use snapshot::Snapshot;
pub use statistics::{GroupBy, Statistic, StatisticDiff, StatisticDiffs, Statistics};

use crate::running::{self, Watcher};
use places::Rate;
use std::error::Error;
use std::fmt;

/// Begins to count, by stage.
///
/// Stages say whose code runs from their next run on: those that run already are
/// `(unattributed)`. Blocks that are there already are not counted, nor their frees.
///
/// # Errors
/// Where no [`TrackingAllocator`] is installed: nothing would be seen.
pub fn start() -> Result<(), NotInstalled> {
    Tracking::new().start()
}

/// Stops counting. Blocks that were counted are taken off their accounts all the same
/// when they are freed, so a later [`start`] goes on where this one ended.
pub fn stop() {
    account::stop_tracking();
    running::stop_watching(Watcher::Memory);
}

/// Whether blocks that are allocated now are counted.
#[must_use]
pub fn is_tracking() -> bool {
    account::is_tracking()
}

/// The most bytes that were counted at once, since the start or [`reset_peak`].
///
/// Exact where one thread allocates; else off by less than 64 KiB for each thread
/// that does.
#[must_use]
pub fn peak() -> u64 {
    peak::highest(ledger::all().map(|ledger| &ledger.live))
}

/// Peaks count from what there is now: the process's, and each stage's.
pub fn reset_peak() {
    peak::reset(ledger::all().map(|ledger| &ledger.live));
    ledger::reset_highest();
}

/// How closely to look at allocations.
///
/// ```
/// use measured_core::memory::{self, GroupBy, Snapshot, Tracking, TrackingAllocator};
///
/// #[global_allocator]
/// static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
///
/// # fn main() -> Result<(), memory::NotInstalled> {
/// Tracking::new().by_location().one_in(64 * 1024).start()?;
/// let readings = vec![21.5; 100_000];
/// print!("{}", Snapshot::take().statistics(GroupBy::Location));
/// memory::stop();
/// # drop(readings);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "it begins with `start`"]
pub struct Tracking {
    by_stage: bool,
    by_location: bool,
    depth: usize,
    one_in: u64,
}

impl Tracking {
    /// By stage.
    pub const fn new() -> Tracking {
        Tracking {
            by_stage: true,
            by_location: false,
            depth: 16,
            one_in: 1,
        }
    }

    /// Not by stage: stages need not say whose code runs, which they are asked at
    /// every pull otherwise. All is `(unattributed)`.
    pub const fn without_stages(mut self) -> Tracking {
        self.by_stage = false;
        self
    }

    /// By line of code as well. The stack is walked for each block that is drawn:
    /// microseconds. Lines are found when somebody reads; without debug information
    /// (`debug = "line-tables-only"` in the profile) there are functions only.
    pub const fn by_location(mut self) -> Tracking {
        self.by_location = true;
        self
    }

    /// Keeps so many frames of a stack, 16 if not said otherwise, at most 64. The
    /// first are the standard library's; where all of them are, the place is `(library)`.
    pub const fn depth(mut self, frames: usize) -> Tracking {
        self.depth = frames;
        self
    }

    /// Finds the place of one in so many bytes, rounded down to a power of two, at
    /// most 16 MiB; figures by location are estimates then. A block is drawn with the
    /// probability of its size over `bytes`, and stands for what was not drawn. By
    /// stage all stays exact.
    pub const fn one_in(mut self, bytes: u64) -> Tracking {
        self.one_in = bytes;
        self
    }

    /// Begins, in the place of whatever tracking there is.
    ///
    /// # Errors
    /// Where no [`TrackingAllocator`] is installed: nothing would be seen.
    pub fn start(self) -> Result<(), NotInstalled> {
        if !is_installed() {
            return Err(NotInstalled);
        }
        stop();
        if self.by_stage {
            running::begin_watching(Watcher::Memory);
        }
        if self.by_location {
            places::set(self.depth, Rate::at_most(self.one_in));
        }
        account::start_tracking(self.by_location);
        Ok(())
    }
}

impl Default for Tracking {
    fn default() -> Tracking {
        Tracking::new()
    }
}

/// The program's global allocator is not a [`TrackingAllocator`], so no allocation is
/// seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotInstalled;

impl fmt::Display for NotInstalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "no allocation of this program is seen; write into its main file: \
             #[global_allocator] static ALLOCATOR: measured_core::memory::TrackingAllocator \
             = measured_core::memory::TrackingAllocator::new();",
        )
    }
}

impl Error for NotInstalled {}
