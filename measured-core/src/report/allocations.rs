//! What stages allocate, record by record.

use super::{Report, StageReport};
use crate::figures::{count, decimal, or_dash};
use crate::grid::{Column, Grid};

/// What a stage allocates for each record, on average.
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
/// let boxes = report.stage("boxes").unwrap().allocations_per_record().unwrap();
/// assert_eq!((boxes.count, boxes.size), (1.0, 4.0));
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "alloc"))]
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct AllocationsPerRecord {
    /// Blocks of its own.
    pub count: f64,
    /// Bytes of its own.
    pub size: f64,
    /// Blocks of all that it pulls from.
    pub upstream_count: f64,
    /// Bytes of all that it pulls from.
    pub upstream_size: f64,
}

impl StageReport {
    /// What it allocates for each record that it receives, or yields, if these are more.
    ///
    /// `None` where there was no record, and where some of its runs began before
    /// allocations were tracked: their records would be counted, and not what they
    /// allocated. [`Report::since`] leaves out such runs as have ended. Stages with
    /// `timing = counts` in their attribute are not watched pull by pull, and have none.
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
    /// let boxes = report.stage("boxes").unwrap().allocations_per_record().unwrap();
    /// assert_eq!(boxes.size, 4.0);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "alloc"))]
    /// # fn main() {}
    /// ```
    #[must_use]
    pub fn allocations_per_record(&self) -> Option<AllocationsPerRecord> {
        let allocations = self.allocations?;
        let records = self.records();
        if records == 0 || allocations.runs < self.runs {
            return None;
        }
        let per_record = |n: u64| n as f64 / records as f64;
        Some(AllocationsPerRecord {
            count: per_record(allocations.count),
            size: per_record(allocations.size),
            upstream_count: per_record(allocations.upstream_count),
            upstream_size: per_record(allocations.upstream_size),
        })
    }
}

impl Report {
    /// What stages allocated; `None` where nobody tracked that.
    pub(super) fn allocations_grid(&self) -> Option<Grid> {
        let mut grid = Grid::new([
            Column::name("allocations of"),
            Column::figure("blocks"),
            Column::figure("bytes"),
            Column::figure("blocks/record").rank(1),
            Column::figure("bytes/record").rank(1),
            Column::figure("upstream bytes/record").rank(2),
        ]);
        let mut is_empty = true;
        for stage in &self.stages {
            let Some(allocations) = stage.allocations else {
                continue;
            };
            is_empty = false;
            let per_record = stage.allocations_per_record();
            let known = |figure: fn(AllocationsPerRecord) -> f64| {
                or_dash(per_record, |per_record| decimal(figure(per_record)))
            };
            grid.row([
                self.label(stage),
                count(allocations.count),
                count(allocations.size),
                known(|per_record| per_record.count),
                known(|per_record| per_record.size),
                known(|per_record| per_record.upstream_size),
            ]);
        }
        (!is_empty).then_some(grid)
    }
}
