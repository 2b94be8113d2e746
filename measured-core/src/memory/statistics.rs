//! Snapshots in figures: what each stage, place or file has, and what changed.

use super::symbols::Line;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What figures are added up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
pub enum GroupBy {
    /// The measured stage or profiled function that ran.
    Stage,
    /// The line of code, and the function that it is in.
    Location,
    /// The file of that line.
    File,
}

/// What one stage, place or file has.
///
/// Estimated where places are found for one in so many bytes only.
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

/// What changed between two snapshots for one stage, place or file.
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

/// Some [`Statistic`]s, by what they were added up.
///
/// Sorted by size, count, and what was ever allocated, the largest first, then by
/// name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Statistics {
    /// What they were added up by.
    pub by: GroupBy,
    /// Whether all blocks were counted, not only those that were drawn.
    pub is_exact: bool,
    /// Largest first.
    pub entries: Vec<Statistic>,
}

/// Some [`StatisticDiff`]s, by what they were added up.
///
/// Sorted as Python's `tracemalloc` does: by the change of the size, whether up or
/// down, the size, the change of the count, the count, the largest first; then by what
/// was allocated in between, and by name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StatisticDiffs {
    /// What they were added up by.
    pub by: GroupBy,
    /// Whether all blocks were counted, not only those that were drawn.
    pub is_exact: bool,
    /// The largest change first.
    pub entries: Vec<StatisticDiff>,
}

/// Who or what figures are about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) location: String,
}

/// The figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) size: u64,
    pub(super) count: u64,
    pub(super) allocated_size: u64,
    pub(super) allocated_count: u64,
    pub(super) peak: u64,
}

impl Group {
    pub(super) fn of_line(by: GroupBy, line: Option<Line>) -> Group {
        let Some(line) = line else {
            return Group {
                name: "(library)".to_owned(),
                location: String::new(),
            };
        };
        match by {
            GroupBy::File if line.file.is_empty() => Group {
                name: "(unknown file)".to_owned(),
                location: String::new(),
            },
            GroupBy::File => Group {
                name: line.file,
                location: String::new(),
            },
            _ => Group {
                name: line.function,
                location: match line.file.as_str() {
                    "" => String::new(),
                    file => format!("{file}:{}", line.number),
                },
            },
        }
    }
}

impl Tally {
    pub(super) fn add(&mut self, other: &Tally) {
        self.size += other.size;
        self.count += other.count;
        self.allocated_size += other.allocated_size;
        self.allocated_count += other.allocated_count;
        self.peak += other.peak;
    }

    pub(super) fn take_off(&mut self, other: &Tally) {
        self.size = self.size.saturating_sub(other.size);
        self.count = self.count.saturating_sub(other.count);
        self.allocated_size = self.allocated_size.saturating_sub(other.allocated_size);
        self.allocated_count = self.allocated_count.saturating_sub(other.allocated_count);
    }
}

impl Statistics {
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
        Statistics {
            by,
            is_exact,
            entries,
        }
    }

    /// The first of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Statistic> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The first `n`.
    #[must_use]
    pub fn top(mut self, n: usize) -> Statistics {
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
    pub fn filter(mut self, is_wanted: impl FnMut(&Statistic) -> bool) -> Statistics {
        self.entries.retain(is_wanted);
        self
    }

    /// Bytes of all of them that are not freed.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.entries.iter().map(|entry| entry.size).sum()
    }
}

impl StatisticDiffs {
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
        StatisticDiffs {
            by,
            is_exact,
            entries,
        }
    }

    /// The first of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&StatisticDiff> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The first `n`.
    #[must_use]
    pub fn top(mut self, n: usize) -> StatisticDiffs {
        self.entries.truncate(n);
        self
    }

    /// Those that are to stay.
    #[must_use]
    pub fn filter(mut self, is_wanted: impl FnMut(&StatisticDiff) -> bool) -> StatisticDiffs {
        self.entries.retain(is_wanted);
        self
    }

    /// By how many bytes all of them have grown, together.
    #[must_use]
    pub fn size_diff(&self) -> i64 {
        self.entries.iter().map(|entry| entry.size_diff).sum()
    }

    /// By how many blocks all of them have grown, together.
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

    fn groups(tallies: &[(&str, [u64; 4])]) -> BTreeMap<Group, Tally> {
        let groups =
            tallies
                .iter()
                .map(|&(name, [size, count, allocated_size, allocated_count])| {
                    let group = Group {
                        name: name.to_owned(),
                        location: String::new(),
                    };
                    let tally = Tally {
                        size,
                        count,
                        allocated_size,
                        allocated_count,
                        peak: size,
                    };
                    (group, tally)
                });
        groups.collect()
    }

    #[test]
    fn changes_are_sorted_as_tracemalloc_does() {
        let before = groups(&[
            ("gone", [50, 1, 50, 1]),
            ("grown", [10, 1, 10, 1]),
            ("same, large", [900, 1, 900, 1]),
            ("same, more", [900, 1, 900, 1]),
        ]);
        let after = groups(&[
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

    #[test]
    fn statistics_are_sorted_by_size() {
        let groups = groups(&[
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
