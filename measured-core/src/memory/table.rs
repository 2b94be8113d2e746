//! Statistics as tables.

use super::statistics::{GroupBy, StatisticDiffs, Statistics};
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
}

impl Statistics {
    /// As a table, its width and colours to be chosen. Sizes are in bytes.
    pub fn table(&self) -> Table {
        let mut grid = Grid::new([
            Column::name(self.by.heading()),
            Column::words("at").rank(3),
            Column::figure("bytes"),
            Column::figure("blocks").rank(1),
            Column::figure("peak").rank(2),
            Column::figure("bytes ever"),
            Column::figure("blocks ever").rank(1),
        ]);
        for entry in &self.entries {
            grid.row([
                entry.name.clone(),
                entry.location.clone(),
                figures::count(entry.size),
                figures::count(entry.count),
                entry.peak.map(figures::count).unwrap_or_default(),
                figures::count(entry.allocated_size),
                figures::count(entry.allocated_count),
            ]);
        }
        with_doubts(Table::new().grid(grid), self.is_exact)
    }
}

impl StatisticDiffs {
    /// As a table, its width and colours to be chosen. Sizes are in bytes; what grew
    /// is in the colour of bad news.
    pub fn table(&self) -> Table {
        let mut grid = Grid::new([
            Column::name(self.by.heading()),
            Column::words("at").rank(2),
            Column::figure("bytes"),
            Column::figure("change"),
            Column::figure("blocks").rank(1),
            Column::figure("change").rank(1),
            Column::figure("allocated"),
            Column::figure("in blocks"),
        ]);
        for entry in &self.entries {
            grid.row([
                entry.name.clone(),
                entry.location.clone(),
                figures::count(entry.size),
                signed(entry.size_diff),
                figures::count(entry.count),
                signed(entry.count_diff),
                figures::count(entry.allocated_size),
                figures::count(entry.allocated_count),
            ])
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
