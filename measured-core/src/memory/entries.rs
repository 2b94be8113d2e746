//! Figures, one entry for each stage, place or file.

use super::groups::GroupBy;

/// Figures of stages, places or files: [`Statistics`](super::Statistics) of one moment,
/// [`StatisticDiffs`](super::StatisticDiffs) between two.
///
/// ```
/// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
/// # #[global_allocator]
/// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() -> Result<(), memory::NotInstalled> {
/// memory::start()?;
/// let kept = Box::new(0_u64);
/// println!("{}", Snapshot::take().statistics(GroupBy::Stage).top(10));
/// # drop(kept);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Entries<T> {
    /// What they were added up by.
    pub by: GroupBy,
    /// Whether no block that was drawn for others, too, has a part in them.
    pub is_exact: bool,
    /// The largest first.
    pub entries: Vec<T>,
}

/// What has a stage's or function's name, or a file's.
pub trait Named {
    /// That name.
    fn name(&self) -> &str;
}

impl<T: Named> Entries<T> {
    pub(super) fn new(by: GroupBy, is_exact: bool, entries: Vec<T>) -> Entries<T> {
        Entries {
            by,
            is_exact,
            entries,
        }
    }

    /// The first of this name.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// let kept = Box::new(0_u64);
    /// let statistics = Snapshot::take().statistics(GroupBy::Stage);
    /// assert_eq!(statistics.get("(unattributed)").unwrap().size, 8);
    /// assert!(statistics.get("parse").is_none());
    /// # drop(kept);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        self.entries.iter().find(|entry| entry.name() == name)
    }

    /// The first `n`.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// let kept = Box::new(0_u64);
    /// let statistics = Snapshot::take().statistics(GroupBy::Stage);
    /// assert_eq!(statistics.top(1).entries.len(), 1);
    /// # drop(kept);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn top(mut self, n: usize) -> Entries<T> {
        self.entries.truncate(n);
        self
    }

    /// Those that are to stay.
    ///
    /// ```
    /// use measured_core::memory::{GroupBy, Snapshot};
    ///
    /// let statistics = Snapshot::take().statistics(GroupBy::File);
    /// print!("{}", statistics.filter(|file| file.name.starts_with("src/")));
    /// ```
    #[must_use]
    pub fn filter(mut self, is_wanted: impl FnMut(&T) -> bool) -> Entries<T> {
        self.entries.retain(is_wanted);
        self
    }
}
