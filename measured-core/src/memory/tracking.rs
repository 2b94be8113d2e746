//! How closely to look, and how to begin.

use super::places::{self, Rate, USUAL_DEPTH};
use super::{events, is_installed, stop};
use crate::running::{self, Watcher};
use std::error::Error;
use std::fmt;

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
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// use measured_core::memory::Tracking;
    ///
    /// Tracking::new().start()?; // as `memory::start()`
    /// # Ok(())
    /// # }
    /// ```
    pub const fn new() -> Tracking {
        Tracking {
            by_stage: true,
            by_location: false,
            depth: USUAL_DEPTH,
            one_in: 1,
        }
    }

    /// Not by stage: stages need not say whose code runs, which they are asked at
    /// every pull otherwise. All is `(unattributed)`.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// use measured_core::memory::Tracking;
    ///
    /// Tracking::new().without_stages().start()?;
    /// let kept = vec![0_u8; 100];
    /// let all = Snapshot::take().statistics(GroupBy::Stage);
    /// assert_eq!(all.get("(unattributed)").unwrap().size, 100);
    /// # drop(kept);
    /// # Ok(())
    /// # }
    /// ```
    pub const fn without_stages(mut self) -> Tracking {
        self.by_stage = false;
        self
    }

    /// By line of code as well. The stack is walked for each block that is drawn:
    /// microseconds. Lines are found when somebody reads; without debug information
    /// (`debug = "line-tables-only"` in the profile) there are functions only.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// use measured_core::memory::Tracking;
    ///
    /// Tracking::new().by_location().start()?;
    /// let kept = vec![0_u8; 100];
    /// let lines = Snapshot::take().statistics(GroupBy::Location);
    /// assert_eq!(lines.size(), 100);
    /// # drop(kept);
    /// # Ok(())
    /// # }
    /// ```
    pub const fn by_location(mut self) -> Tracking {
        self.by_location = true;
        self
    }

    /// Keeps so many frames of a stack, 16 if not said otherwise, at most 64. The
    /// first are the standard library's; where all of them are, the place is `(library)`.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// use measured_core::memory::Tracking;
    ///
    /// Tracking::new().by_location().depth(32).start()?;
    /// # Ok(())
    /// # }
    /// ```
    pub const fn depth(mut self, frames: usize) -> Tracking {
        self.depth = frames;
        self
    }

    /// Finds the place of one in so many bytes, rounded down to a power of two, at
    /// most 16 MiB; figures by location are estimates then. A block is drawn with the
    /// probability of its size over `bytes`, and stands for what was not drawn. By
    /// stage all stays exact.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// use measured_core::memory::Tracking;
    ///
    /// Tracking::new().by_location().one_in(512 * 1024).start()?;
    /// # Ok(())
    /// # }
    /// ```
    pub const fn one_in(mut self, bytes: u64) -> Tracking {
        self.one_in = bytes;
        self
    }

    /// Begins, in the place of whatever tracking there is.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// use measured_core::memory::Tracking;
    ///
    /// Tracking::new().by_location().start()?;
    /// assert!(memory::is_tracking());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where no [`TrackingAllocator`](super::TrackingAllocator) is installed: nothing would be seen.
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
        events::start_tracking(self.by_location);
        Ok(())
    }
}

impl Default for Tracking {
    fn default() -> Tracking {
        Tracking::new()
    }
}

/// The program's global allocator is not a [`TrackingAllocator`](super::TrackingAllocator), so no allocation is
/// seen.
///
/// ```
/// use measured_core::memory;
///
/// // A program without the two lines that install it.
/// let error = memory::start().unwrap_err();
/// assert!(error.to_string().contains("#[global_allocator]"));
/// ```
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
