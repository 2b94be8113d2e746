//! Statistics as tables.

use super::differences::StatisticDiffs;
use super::groups::GroupBy;
use super::statistics::Statistics;
use crate::figures;
use crate::grid::{Column, Grid, Sentence, Table, Tone};
use std::fmt;

impl GroupBy {
    fn heading(self) -> &'static str {
        match self {
            GroupBy::Stage => "stage or function",
            GroupBy::Location => "function",
            GroupBy::File => "file",
        }
    }

    /// The column of lines, where there are any; by location it is what matters most.
    fn lines(self) -> Option<Column> {
        match self {
            GroupBy::Stage => Some(Column::words("at").rank(3)),
            GroupBy::Location => Some(Column::words("at")),
            GroupBy::File => None,
        }
    }

    fn grid(self, figures: impl IntoIterator<Item = Column>) -> Grid {
        let columns = std::iter::once(Column::name(self.heading()));
        Grid::new(columns.chain(self.lines()).chain(figures))
    }

    fn cells(
        self,
        name: &str,
        location: &str,
        figures: impl IntoIterator<Item = String>,
    ) -> impl Iterator<Item = String> {
        let line = self.lines().map(|_| location.to_owned());
        std::iter::once(name.to_owned()).chain(line).chain(figures)
    }
}

impl Statistics {
    /// As a table, its width and colours to be chosen. Sizes are in bytes.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// let kept = Box::new(0_u64);
    /// print!("{}", Snapshot::take().statistics(GroupBy::Stage).table().width(120));
    /// # drop(kept);
    /// # Ok(())
    /// # }
    /// ```
    pub fn table(&self) -> Table {
        let peak = (self.by == GroupBy::Stage).then(|| Column::figure("peak").rank(2));
        let live = [Column::figure("bytes"), Column::figure("blocks").rank(1)];
        let ever = [
            Column::figure("bytes ever"),
            Column::figure("blocks ever").rank(1),
        ];
        let mut grid = self.by.grid(live.into_iter().chain(peak).chain(ever));
        for entry in &self.entries {
            let live = [entry.size, entry.count];
            let ever = [entry.allocated_size, entry.allocated_count];
            let figures = live.into_iter().chain(entry.peak).chain(ever);
            let figures = figures.map(figures::count);
            grid.row(self.by.cells(&entry.name, &entry.location, figures));
        }
        with_doubts(Table::new().grid(grid), self.is_exact)
    }
}

impl StatisticDiffs {
    /// As a table, its width and colours to be chosen. Sizes are in bytes; what grew
    /// is in the colour of bad news.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// let before = Snapshot::take();
    /// let diffs = Snapshot::take().compare_to(&before, GroupBy::Stage);
    /// print!("{}", diffs.table().fitted_to(&std::io::stdout()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn table(&self) -> Table {
        let mut grid = self.by.grid([
            Column::figure("bytes"),
            Column::figure("change"),
            Column::figure("blocks").rank(1),
            Column::figure("change").rank(1),
            Column::figure("allocated"),
            Column::figure("in blocks").rank(2),
        ]);
        for entry in &self.entries {
            let figures = [
                figures::count(entry.size),
                signed(entry.size_diff),
                figures::count(entry.count),
                signed(entry.count_diff),
                figures::count(entry.allocated_size),
                figures::count(entry.allocated_count),
            ];
            grid.row(self.by.cells(&entry.name, &entry.location, figures))
                .tone(match entry.size_diff {
                    ..0 => Tone::Good,
                    0 => Tone::Plain,
                    1.. => Tone::Bad,
                });
        }
        with_doubts(Table::new().grid(grid), self.is_exact)
    }
}

/// The table with a word about what it does not know.
fn with_doubts(table: Table, is_exact: bool) -> Table {
    if is_exact {
        return table;
    }
    table.say(Sentence::new(
        "Estimated from the blocks that were drawn; the sums by stage are exact.",
    ))
}

fn signed(n: i64) -> String {
    let sign = match n {
        ..0 => "-",
        0 => "",
        1.. => "+",
    };
    format!("{sign}{}", figures::count(n.unsigned_abs()))
}

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl fmt::Display for StatisticDiffs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::super::groups::{Group, Tally};
    use super::*;
    use std::collections::BTreeMap;

    fn groups(location: &str, size: u64) -> BTreeMap<Group, Tally> {
        let group = Group {
            name: "parse".to_owned(),
            location: location.to_owned(),
        };
        let tally = Tally {
            size,
            count: 2,
            allocated_size: 2 * size,
            allocated_count: 1_000,
            peak: size,
        };
        BTreeMap::from([(group, tally)])
    }

    #[test]
    fn peaks_are_by_stage_and_lines_by_location() {
        let table = |by| Statistics::of(by, groups("src/parse.rs:7", 1_234), true).to_string();
        let expected = "\
stage or function  at              bytes  blocks   peak  bytes ever  blocks ever
--------------------------------------------------------------------------------
parse              src/parse.rs:7  1,234       2  1,234       2,468        1,000
";
        assert_eq!(table(GroupBy::Stage), expected);
        let expected = "\
function  at              bytes  blocks  bytes ever  blocks ever
----------------------------------------------------------------
parse     src/parse.rs:7  1,234       2       2,468        1,000
";
        assert_eq!(table(GroupBy::Location), expected);
    }

    #[test]
    fn changes_have_their_sign_and_estimates_are_called_so() {
        let by = GroupBy::File;
        let diffs = StatisticDiffs::between(by, &groups("", 1_500), groups("", 500), false);
        let expected = "\
file   bytes  change  blocks  change  allocated  in blocks
----------------------------------------------------------
parse    500  -1,000       2       0          0          0

Estimated from the blocks that were drawn; the sums by stage are exact.
";
        assert_eq!(diffs.to_string(), expected);
    }
}
