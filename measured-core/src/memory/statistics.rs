//! A snapshot in figures: what each stage, place or file has.

use super::entries::{Entries, Named};
use super::groups::{Group, GroupBy, Tally};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What one stage, place or file has.
///
/// By place it is an estimate as far as one in so many bytes only had its place found.
///
/// ```
/// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
/// # #[global_allocator]
/// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() -> Result<(), memory::NotInstalled> {
/// memory::start()?;
/// let kept = Box::new(0_u64);
/// let statistics = Snapshot::take().statistics(GroupBy::Stage);
/// let program = statistics.get("(unattributed)").unwrap();
/// assert_eq!((program.size, program.count), (8, 1));
/// # drop(kept);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Statistic {
    /// The stage's or function's, or the file.
    pub name: String,
    /// `file:line`; empty where it is not known, or is the name.
    pub location: String,
    /// Bytes that are not freed.
    pub size: u64,
    /// Blocks that are not freed.
    pub count: u64,
    /// Bytes that were ever allocated.
    pub allocated_size: u64,
    /// Blocks that were ever allocated.
    pub allocated_count: u64,
    /// The most bytes at once, by stage; exact where one thread allocates and frees
    /// them, else the sum of what each thread had, which is more. `None` by place.
    pub peak: Option<u64>,
}

/// Some [`Statistic`]s, by what they were added up.
///
/// Sorted by size, count, and what was ever allocated, the largest first, then by
/// name.
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
pub type Statistics = Entries<Statistic>;

impl Named for Statistic {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Entries<Statistic> {
    pub(super) fn of(by: GroupBy, groups: BTreeMap<Group, Tally>, is_exact: bool) -> Statistics {
        let entry = |(group, tally): (Group, Tally)| Statistic {
            name: group.name,
            location: group.location,
            size: tally.size,
            count: tally.count,
            allocated_size: tally.allocated_size,
            allocated_count: tally.allocated_count,
            peak: (by == GroupBy::Stage).then_some(tally.peak),
        };
        // In the order of names, which sorting by size leaves where sizes are equal.
        let mut entries: Vec<Statistic> = groups.into_iter().map(entry).collect();
        entries.sort_by_key(|s| Reverse((s.size, s.count, s.allocated_size, s.allocated_count)));
        Entries::new(by, is_exact, entries)
    }

    /// Bytes of all of them that are not freed.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// let kept = Box::new(0_u64);
    /// let statistics = Snapshot::take().statistics(GroupBy::Stage);
    /// assert_eq!(statistics.size(), 8);
    /// # drop(kept);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn size(&self) -> u64 {
        self.entries.iter().map(|entry| entry.size).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_sorted_by_size() {
        let groups = Tally::named(&[
            ("b", [10, 1, 10, 1]),
            ("a", [10, 1, 10, 1]),
            ("c", [20, 1, 20, 1]),
            ("d", [0, 0, 99, 1]),
        ]);
        let statistics = Statistics::of(GroupBy::Stage, groups, true);
        let order: Vec<&str> = statistics.entries.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(order, ["c", "a", "b", "d"]);
        assert_eq!(statistics.size(), 40);
        assert_eq!(statistics.top(1).entries[0].peak, Some(20));
    }
}
