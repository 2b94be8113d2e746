//! What there is at one moment, to be read, and held against another moment.

use super::differences::StatisticDiffs;
use super::groups::{Group, GroupBy, Tally};
use super::ledger;
use super::owners::{OWNERS, Owner};
use super::places::{self, PARTS, PlaceSums, Stack};
use super::statistics::Statistics;
use super::symbols::Symbols;
use super::{events, own_memory, peak};
use std::collections::BTreeMap;
use std::fmt;

/// What was counted up to one moment: bytes and blocks, allocated, and not freed yet.
///
/// ```
/// use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
///
/// #[global_allocator]
/// static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
///
/// # fn main() -> Result<(), memory::NotInstalled> {
/// memory::start()?;
/// let before = Snapshot::take();
/// let kept = vec![0_u64; 1_000];
/// let after = Snapshot::take();
/// memory::stop();
///
/// let diffs = after.compare_to(&before, GroupBy::Stage);
/// assert_eq!(diffs.size_diff(), 8_000);
/// println!("{}", diffs.top(10));
/// # drop(kept);
/// # Ok(())
/// # }
/// ```
///
/// While other threads allocate, what is read of one is a little older than what is
/// read of the next: each block is seen whole or not at all, and none as freed that
/// was not allocated. When they rest, the sums are exact to the byte.
#[derive(Clone, Debug)]
pub struct Snapshot {
    owners: Vec<(Owner, ledger::Sums)>,
    stacks: Vec<(&'static Stack, PlaceSums)>,
    peak: u64,
    own_size: u64,
    without_place: u64,
}

impl Snapshot {
    /// Takes one. Needs 40 bytes for each stage and function that allocated, and for
    /// each place; nobody is charged for these. Waits for nobody.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// let before = Snapshot::take();
    /// let text = String::from("kept");
    /// assert_eq!(Snapshot::take().size() - before.size(), 4);
    /// # drop(text);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn take() -> Snapshot {
        events::for_tracker(|| {
            let mut sums = vec![ledger::Sums::default(); OWNERS];
            ledger::add_up(&mut sums);
            let owners = (0..).map(Owner::numbered).zip(sums);
            Snapshot {
                owners: owners
                    .filter(|(_, sums)| sums.allocated_blocks > 0)
                    .collect(),
                stacks: places::all().map(|stack| (stack, stack.sums())).collect(),
                peak: peak::highest(ledger::all().map(|ledger| &ledger.live)),
                own_size: own_memory::held() as u64,
                without_place: places::without(),
            }
        })
    }

    /// Bytes that were counted and are not freed.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// let kept = [Box::new(1_u64), Box::new(2)];
    /// assert_eq!(Snapshot::take().size(), 16);
    /// # drop(kept);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn size(&self) -> u64 {
        self.owners.iter().map(|(_, sums)| sums.live_bytes()).sum()
    }

    /// Blocks that were counted and are not freed.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// let kept = [Box::new(1_u64), Box::new(2)];
    /// assert_eq!(Snapshot::take().count(), 2);
    /// # drop(kept);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn count(&self) -> u64 {
        self.owners.iter().map(|(_, sums)| sums.live_blocks()).sum()
    }

    /// Bytes that were ever counted.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// drop([Box::new(1_u64), Box::new(2)]);
    /// assert_eq!(Snapshot::take().allocated_size(), 16);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn allocated_size(&self) -> u64 {
        self.owners
            .iter()
            .map(|(_, sums)| sums.allocated_bytes)
            .sum()
    }

    /// Blocks that were ever counted; one that grew is counted again.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// drop([Box::new(1_u64), Box::new(2)]);
    /// assert_eq!(Snapshot::take().allocated_count(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn allocated_count(&self) -> u64 {
        self.owners
            .iter()
            .map(|(_, sums)| sums.allocated_blocks)
            .sum()
    }

    /// The most bytes that there were at once; see [`peak`](super::peak()).
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// drop(vec![0_u8; 1_000_000]);
    /// assert_eq!(Snapshot::take().peak(), 1_000_000);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn peak(&self) -> u64 {
        self.peak
    }

    /// Bytes that the tracker itself holds, beside the eight behind each block. They
    /// are in none of the other figures.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// drop(vec![0_u8; 100]);
    /// println!("the tracker takes {} bytes", Snapshot::take().own_size());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn own_size(&self) -> u64 {
        self.own_size
    }

    /// Blocks that have no place although they were drawn: there are more than 65,536
    /// places, or no memory for one more.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// assert_eq!(Snapshot::take().without_place(), 0);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn without_place(&self) -> u64 {
        self.without_place
    }

    /// What stages and functions of this name allocated, and nobody else; its
    /// [`peak`](Snapshot::peak) is theirs too, as in [`Statistic::peak`](super::Statistic::peak).
    ///
    /// ```
    /// use measured_core::memory::{GroupBy, Snapshot};
    ///
    /// // Where the stage "parse" allocates, if places are tracked.
    /// print!("{}", Snapshot::take().of("parse").statistics(GroupBy::Location).top(5));
    /// ```
    #[must_use]
    pub fn of(&self, name: &str) -> Snapshot {
        let is_it = |owner: Owner| owner.name_and_location().0 == name;
        let owners = self.owners.iter().filter(|(owner, _)| is_it(*owner));
        let stacks = self.stacks.iter().filter(|(stack, _)| is_it(stack.owner()));
        Snapshot {
            peak: owners.clone().map(|(_, sums)| sums.highest).sum(),
            owners: owners.copied().collect(),
            stacks: stacks.copied().collect(),
            ..*self
        }
    }

    /// What there is, largest first.
    ///
    /// By location or file, those blocks only have one that were allocated while
    /// places were tracked; finding them takes microseconds each.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// let kept = vec![0_u8; 100];
    /// let statistics = Snapshot::take().statistics(GroupBy::Stage);
    /// assert_eq!(statistics.entries[0].name, "(unattributed)");
    /// assert_eq!(statistics.entries[0].size, 100);
    /// # drop(kept);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn statistics(&self, by: GroupBy) -> Statistics {
        events::for_tracker(|| {
            let is_exact = by == GroupBy::Stage || self.estimated() == places::Sums::default();
            let groups = self.groups(by, is_exact, &mut Symbols::new());
            Statistics::of(by, groups, is_exact)
        })
    }

    /// What has changed since an earlier one, the largest change first.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// let before = Snapshot::take();
    /// drop(vec![0_u8; 100]);
    /// let diffs = Snapshot::take().compare_to(&before, GroupBy::Stage);
    /// let diff = diffs.get("(unattributed)").unwrap();
    /// assert_eq!((diff.size_diff, diff.allocated_size), (0, 100));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn compare_to(&self, earlier: &Snapshot, by: GroupBy) -> StatisticDiffs {
        events::for_tracker(|| {
            let estimated = self.estimated();
            let is_exact = by == GroupBy::Stage
                || estimated == earlier.estimated()
                    && estimated.allocated_bytes == estimated.freed_bytes;
            let mut symbols = Symbols::new();
            let before = earlier.groups(by, is_exact, &mut symbols);
            let after = self.groups(by, is_exact, &mut symbols);
            StatisticDiffs::between(by, &before, after, is_exact)
        })
    }

    /// What is not known of places but estimated, of whenever places were drawn.
    fn estimated(&self) -> places::Sums {
        self.stacks
            .iter()
            .map(|(_, sums)| sums.estimated)
            .fold(places::Sums::default(), places::Sums::and)
    }

    fn groups(&self, by: GroupBy, is_exact: bool, symbols: &mut Symbols) -> BTreeMap<Group, Tally> {
        let mut groups: BTreeMap<Group, Tally> = BTreeMap::new();
        if by == GroupBy::Stage {
            for (owner, sums) in &self.owners {
                let (name, location) = owner.name_and_location();
                let group = groups.entry(Group { name, location });
                group.or_default().add(&Tally::from(*sums));
            }
            return groups;
        }
        for (stack, sums) in &self.stacks {
            let group = Group::of_line(by, symbols.line_of(stack.frames()));
            let all = Tally::from(sums.counted.and(sums.estimated));
            groups.entry(group).or_default().add(&all);
        }
        if is_exact {
            self.add_what_has_no_place(&mut groups);
        }
        groups
    }

    /// All that was counted, and at no place. What was estimated is none of that: of
    /// whenever places were drawn, all is here, which a difference does not show.
    fn add_what_has_no_place(&self, groups: &mut BTreeMap<Group, Tally>) {
        let mut rest = Tally::default();
        let sums = self.owners.iter().map(|(_, sums)| Tally::from(*sums));
        sums.for_each(|sums| rest.add(&sums));
        for (_, sums) in &self.stacks {
            rest.take_off(&Tally::from(sums.counted));
        }
        if rest.allocated_count > 0 {
            let nowhere = Group {
                name: "(no place)".to_owned(),
                location: String::new(),
            };
            groups.entry(nowhere).or_default().add(&rest);
        }
    }
}

impl From<ledger::Sums> for Tally {
    fn from(sums: ledger::Sums) -> Tally {
        Tally {
            size: sums.live_bytes(),
            count: sums.live_blocks(),
            allocated_size: sums.allocated_bytes,
            allocated_count: sums.allocated_blocks,
            peak: sums.highest,
        }
    }
}

impl From<places::Sums> for Tally {
    fn from(sums: places::Sums) -> Tally {
        let blocks = |parts: u64| (parts + PARTS / 2) / PARTS;
        Tally {
            size: sums.allocated_bytes.saturating_sub(sums.freed_bytes),
            count: blocks(sums.allocated_parts.saturating_sub(sums.freed_parts)),
            allocated_size: sums.allocated_bytes,
            allocated_count: blocks(sums.allocated_parts),
            peak: 0,
        }
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.statistics(GroupBy::Stage).fmt(f)
    }
}
