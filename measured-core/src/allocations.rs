//! What a stage allocated: its own code, and what it pulls from.

use std::ops::AddAssign;

/// What a stage's runs allocated, freed since or not, as far as they were watched.
///
/// A block that grows or shrinks is allocated anew.
///
/// ```
/// # #[cfg(feature = "alloc")]
/// # use measured_core::{Measured, Registry, memory};
/// # #[cfg(feature = "alloc")]
/// # #[global_allocator]
/// # static ALLOCATOR: memory::TrackingAllocator = memory::TrackingAllocator::new();
/// # #[cfg(feature = "alloc")]
/// # fn main() -> Result<(), memory::NotInstalled> {
/// memory::start()?;
/// let registry = Registry::new();
/// let boxes = || (0..3).measured("numbers").map(Box::new).measured("boxes").for_each(drop);
/// registry.scope(boxes);
/// let report = registry.capture();
/// let boxes = report.stage("boxes").unwrap().allocations.unwrap();
/// assert_eq!((boxes.count, boxes.size), (3, 12));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "alloc"))]
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StageAllocations {
    /// Runs that began while allocations were tracked by stage.
    pub runs: u64,
    /// Blocks that its own code allocated, the functions that it calls included.
    pub count: u64,
    /// Their bytes.
    pub size: u64,
    /// Blocks that were allocated while it waited for its input: by the stages that it
    /// pulls from, and by the source.
    pub upstream_count: u64,
    /// Their bytes.
    pub upstream_size: u64,
}

impl StageAllocations {
    pub(crate) const NONE: StageAllocations = StageAllocations {
        runs: 0,
        count: 0,
        size: 0,
        upstream_count: 0,
        upstream_size: 0,
    };

    #[inline(always)]
    pub(crate) fn is_none(&self) -> bool {
        *self == StageAllocations::NONE
    }

    /// What came after an earlier look at the same stage.
    pub(crate) fn less(&self, earlier: &StageAllocations) -> StageAllocations {
        StageAllocations {
            runs: self.runs.saturating_sub(earlier.runs),
            count: self.count.saturating_sub(earlier.count),
            size: self.size.saturating_sub(earlier.size),
            upstream_count: self.upstream_count.saturating_sub(earlier.upstream_count),
            upstream_size: self.upstream_size.saturating_sub(earlier.upstream_size),
        }
    }
}

impl AddAssign for StageAllocations {
    fn add_assign(&mut self, more: StageAllocations) {
        for (mine, theirs) in [
            (&mut self.runs, more.runs),
            (&mut self.count, more.count),
            (&mut self.size, more.size),
            (&mut self.upstream_count, more.upstream_count),
            (&mut self.upstream_size, more.upstream_size),
        ] {
            *mine = mine.saturating_add(theirs);
        }
    }
}
