//! A comparison as a table.

use super::{FunctionComparison, ProfileComparison};
use crate::figures::{change, count, duration, or_dash};
use crate::grid::{Column, Grid, Sentence, Table, Tone};
use crate::profile::FunctionStats;
use std::fmt;

impl fmt::Display for ProfileComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl ProfileComparison {
    /// Function by function, with the change of cumulative time; below it the time of
    /// all of them.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// println!("{}", stats.compare_to(&stats).table().width(100));
    /// # Ok(())
    /// # }
    /// ```
    pub fn table(&self) -> Table {
        if self.functions.is_empty() {
            return Table::new().say(Sentence::new("No function was called, before or after."));
        }
        let mut grid = Grid::new([
            Column::name("file:line(function)"),
            Column::figure("ncalls before").rank(1),
            Column::figure("after").rank(1),
            Column::figure("tottime before").rank(2),
            Column::figure("after").rank(2),
            Column::figure("cumtime before"),
            Column::figure("after"),
            Column::figure("change"),
        ]);
        for function in &self.functions {
            grid.row(row(function));
        }
        let (before, after) = (self.total_before_ns, self.total_after_ns);
        let total = format!(
            "all functions {} before, {} after, {}.",
            duration(before as f64),
            duration(after as f64),
            relative(before, after),
        );
        Table::new()
            .grid(grid)
            .say(Sentence::new(total).tone(Tone::Strong))
    }
}

fn row(function: &FunctionComparison) -> [String; 8] {
    let sides = [&function.before, &function.after].map(Option::as_ref);
    let both = |figure: fn(&FunctionStats) -> String| sides.map(|side| or_dash(side, figure));
    let [calls_before, calls_after] = both(|it| count(it.calls));
    let [own_before, own_after] = both(|it| duration(it.self_ns as f64));
    let [all_before, all_after] = both(|it| duration(it.cumulative_ns as f64));
    // Where it stands now, if it still stands.
    let [was, is] = sides;
    let place = is.or(was).map(FunctionStats::place).unwrap_or_default();
    let change = match sides {
        [None, _] => "new".to_owned(),
        [_, None] => "gone".to_owned(),
        [Some(before), Some(after)] => relative(before.cumulative_ns, after.cumulative_ns),
    };
    [
        place,
        calls_before,
        calls_after,
        own_before,
        own_after,
        all_before,
        all_after,
        change,
    ]
}

fn relative(before: u64, after: u64) -> String {
    if before == after {
        change(0.0)
    } else {
        change((after as f64 - before as f64) / before as f64)
    }
}
