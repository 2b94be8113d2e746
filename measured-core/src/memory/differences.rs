//! Two snapshots in figures: what changed for each stage, place or file.

use super::entries::{Entries, Named};
use super::groups::{Group, GroupBy, Tally};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What changed between two snapshots for one stage, place or file.
///
/// ```
/// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
/// # #[global_allocator]
/// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() -> Result<(), memory::NotInstalled> {
/// memory::start()?;
/// let before = Snapshot::take();
/// let kept = Box::new(0_u64);
/// let diffs = Snapshot::take().compare_to(&before, GroupBy::Stage);
/// let program = diffs.get("(unattributed)").unwrap();
/// assert_eq!((program.size_diff, program.count_diff), (8, 1));
/// # drop(kept);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StatisticDiff {
    /// The stage's or function's, or the file.
    pub name: String,
    /// `file:line`; empty where it is not known, or is the name.
    pub location: String,
    /// Bytes that are not freed in the later one.
    pub size: u64,
    /// How many more that is than in the earlier one.
    pub size_diff: i64,
    /// Blocks that are not freed in the later one.
    pub count: u64,
    /// How many more that is than in the earlier one.
    pub count_diff: i64,
    /// Bytes that were allocated in between, freed or not.
    pub allocated_size: u64,
    /// Blocks that were allocated in between.
    pub allocated_count: u64,
}

/// Some [`StatisticDiff`]s, by what they were added up.
///
/// Sorted as Python's `tracemalloc` does: by the change of the size, whether up or
/// down, the size, the change of the count, the count, the largest first; then by what
/// was allocated in between, and by name.
///
/// ```
/// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
/// # #[global_allocator]
/// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() -> Result<(), memory::NotInstalled> {
/// memory::start()?;
/// let before = Snapshot::take();
/// let kept = Box::new(0_u64);
/// println!("{}", Snapshot::take().compare_to(&before, GroupBy::Stage).top(10));
/// # drop(kept);
/// # Ok(())
/// # }
/// ```
pub type StatisticDiffs = Entries<StatisticDiff>;

impl Named for StatisticDiff {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Entries<StatisticDiff> {
    pub(super) fn between(
        by: GroupBy,
        before: &BTreeMap<Group, Tally>,
        mut after: BTreeMap<Group, Tally>,
        is_exact: bool,
    ) -> StatisticDiffs {
        for group in before.keys() {
            after.entry(group.clone()).or_default();
        }
        let entry = |(group, after): (Group, Tally)| {
            let before = before.get(&group).copied().unwrap_or_default();
            StatisticDiff {
                name: group.name,
                location: group.location,
                size: after.size,
                size_diff: difference(after.size, before.size),
                count: after.count,
                count_diff: difference(after.count, before.count),
                allocated_size: after.allocated_size.saturating_sub(before.allocated_size),
                allocated_count: after.allocated_count.saturating_sub(before.allocated_count),
            }
        };
        let mut entries: Vec<StatisticDiff> = after.into_iter().map(entry).collect();
        entries.sort_by_key(|d| {
            let changes = (
                d.size_diff.unsigned_abs(),
                d.size,
                d.count_diff.unsigned_abs(),
                d.count,
            );
            Reverse((changes, d.allocated_size, d.allocated_count))
        });
        Entries::new(by, is_exact, entries)
    }

    /// By how many bytes all of them have grown, together.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// let before = Snapshot::take();
    /// let kept = Box::new(0_u64);
    /// let diffs = Snapshot::take().compare_to(&before, GroupBy::Stage);
    /// assert_eq!(diffs.size_diff(), 8);
    /// # drop(kept);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn size_diff(&self) -> i64 {
        self.entries.iter().map(|entry| entry.size_diff).sum()
    }

    /// By how many blocks all of them have grown, together.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// let before = Snapshot::take();
    /// let kept = Box::new(0_u64);
    /// let diffs = Snapshot::take().compare_to(&before, GroupBy::Stage);
    /// assert_eq!(diffs.count_diff(), 1);
    /// # drop(kept);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn count_diff(&self) -> i64 {
        self.entries.iter().map(|entry| entry.count_diff).sum()
    }
}

fn difference(after: u64, before: u64) -> i64 {
    after.wrapping_sub(before) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_sorted_as_tracemalloc_does() {
        let before = Tally::named(&[
            ("gone", [50, 1, 50, 1]),
            ("grown", [10, 1, 10, 1]),
            ("same, large", [900, 1, 900, 1]),
            ("same, more", [900, 1, 900, 1]),
        ]);
        let after = Tally::named(&[
            ("grown", [60, 3, 70, 4]),
            ("new", [49, 9, 49, 9]),
            ("same, large", [900, 1, 900, 1]),
            ("same, more", [900, 2, 900, 2]),
            ("b, came and went", [0, 0, 80, 8]),
            ("a, came and went", [0, 0, 80, 8]),
        ]);
        let diffs = StatisticDiffs::between(GroupBy::Stage, &before, after, true);
        let order: Vec<&str> = diffs.entries.iter().map(|d| d.name.as_str()).collect();
        assert_eq!(
            order,
            [
                "grown",
                "gone",
                "new",
                "same, more",
                "same, large",
                "a, came and went",
                "b, came and went"
            ]
        );
        assert_eq!((diffs.size_diff(), diffs.count_diff()), (49, 11));
        let gone = diffs.get("gone").expect("it was there before");
        assert_eq!((gone.size, gone.size_diff, gone.count_diff), (0, -50, -1));
        assert_eq!((gone.allocated_size, gone.allocated_count), (0, 0));
        let grown = diffs.get("grown").expect("it is there");
        assert_eq!((grown.allocated_size, grown.allocated_count), (60, 3));
        assert_eq!(diffs.top(2).filter(|d| d.size > 0).entries.len(), 1);
    }
}
