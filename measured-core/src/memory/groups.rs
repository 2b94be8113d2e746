//! What figures are added up by, and the figures.

use super::symbols::Line;

/// What figures are added up by.
///
/// ```
/// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
/// # #[global_allocator]
/// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() -> Result<(), memory::NotInstalled> {
/// for by in [GroupBy::Stage, GroupBy::Location, GroupBy::File] {
///     println!("{}", Snapshot::take().statistics(by));
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "lowercase"))]
#[non_exhaustive]
pub enum GroupBy {
    /// The measured stage or profiled function that ran.
    Stage,
    /// The line of code, and the function that it is in.
    Location,
    /// The file of that line: its whole path, or the part below the folder that the
    /// program was started in. So programs whose saved figures are to be held against
    /// each other are started in the same folder of their sources.
    File,
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

#[cfg(test)]
impl Tally {
    /// Bytes and blocks that are held, and that were ever allocated, under a name.
    pub(super) fn named(tallies: &[(&str, [u64; 4])]) -> std::collections::BTreeMap<Group, Tally> {
        let named = tallies.iter().map(|&(name, figures)| {
            let [size, count, allocated_size, allocated_count] = figures;
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
        named.collect()
    }
}
