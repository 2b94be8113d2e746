//! Two profiles, function by function.

use super::stats::{FunctionStats, ProfileStats};
use crate::figures::{count, duration};
use crate::grid::{Column, Grid, Sentence, Table, Tone};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::fmt;

/// What changed from one profile to another.
///
/// ```
/// use measured_core::profile::{Profiler, scope};
///
/// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
/// let sum = |times| {
///     let (_, stats) = Profiler::run(|| {
///         for _ in 0..times {
///             scope!("sum");
///         }
///     })?;
///     Ok::<_, measured_core::profile::AlreadyProfiling>(stats)
/// };
/// let (before, after) = (sum(10)?, sum(2)?);
///
/// let comparison = after.compare_to(&before);
/// let sum = &comparison.functions()[0];
/// assert_eq!(sum.before.as_ref().unwrap().calls, 10);
/// assert_eq!(sum.after.as_ref().unwrap().calls, 2);
/// println!("{comparison}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileComparison {
    total_ns: [u64; 2],
    functions: Vec<FunctionComparison>,
}

/// What changed about a function.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FunctionComparison {
    /// Its name.
    pub name: String,
    /// `None` where it was not called.
    pub before: Option<FunctionStats>,
    /// `None` where it is not called any more.
    pub after: Option<FunctionStats>,
}

impl ProfileStats {
    /// What changed since an earlier profile, as before and after an optimisation.
    ///
    /// Functions are the same that have the same name in the same module, wherever in
    /// the file they stand by now.
    #[must_use]
    pub fn compare_to(&self, earlier: &ProfileStats) -> ProfileComparison {
        let mut functions: Vec<FunctionComparison> = Vec::new();
        let mut known: HashMap<(String, String, usize), usize> = HashMap::new();
        for (at, stats) in [earlier, self].into_iter().enumerate() {
            let mut in_order = stats.functions();
            in_order.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
            let mut namesakes: HashMap<(String, String), usize> = HashMap::new();
            for function in in_order {
                let name = (function.module.clone(), function.name.clone());
                let namesake = namesakes.entry(name.clone()).or_default();
                *namesake += 1;
                let next = functions.len();
                let row = *known.entry((name.0, name.1, *namesake)).or_insert(next);
                if row == next {
                    functions.push(FunctionComparison {
                        name: function.name.clone(),
                        before: None,
                        after: None,
                    });
                }
                let row = &mut functions[row];
                let side = if at == 0 {
                    &mut row.before
                } else {
                    &mut row.after
                };
                *side = Some(function);
            }
        }
        functions.sort_by_key(|row| {
            let [before, after] = row
                .sides()
                .map(|side| side.map_or(0, |it| it.cumulative_ns));
            Reverse(before.abs_diff(after))
        });
        ProfileComparison {
            total_ns: [earlier.total_ns(), self.total_ns()],
            functions,
        }
    }
}

impl ProfileComparison {
    /// All functions of either, that with the greatest change of cumulative time first.
    #[must_use]
    pub fn functions(&self) -> &[FunctionComparison] {
        &self.functions
    }

    /// As a table whose width and colour can be chosen.
    pub fn table(&self) -> Table {
        let mut grid = Grid::new([
            Column::name("function"),
            Column::figure("ncalls").rank(1),
            Column::figure("then").rank(1),
            Column::figure("tottime").rank(2),
            Column::figure("then").rank(2),
            Column::figure("cumtime"),
            Column::figure("then"),
            Column::figure("change"),
        ]);
        for row in &self.functions {
            let both = |figure: fn(&FunctionStats) -> String| {
                row.sides()
                    .map(|side| side.map_or_else(String::new, figure))
            };
            let [calls, calls_then] = both(|it| count(it.calls));
            let [own, own_then] = both(|it| duration(it.self_ns as f64));
            let [all, all_then] = both(|it| duration(it.cumulative_ns as f64));
            let change = change(row.sides().map(|side| side.map(|it| it.cumulative_ns)));
            let shown = [
                &*row.name,
                &calls,
                &calls_then,
                &own,
                &own_then,
                &all,
                &all_then,
                &change,
            ];
            grid.row(shown);
        }
        let [before, after] = self.total_ns;
        let table = Table::new().say(
            Sentence::new(format!(
                "{} in profiled functions before, {} after: {}.",
                duration(before as f64),
                duration(after as f64),
                change([Some(before), Some(after)]),
            ))
            .tone(Tone::Strong),
        );
        if self.functions.is_empty() {
            table
        } else {
            table.grid(grid)
        }
    }
}

impl FunctionComparison {
    fn sides(&self) -> [Option<&FunctionStats>; 2] {
        [self.before.as_ref(), self.after.as_ref()]
    }
}

impl fmt::Display for ProfileComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

/// The time then, as a multiple of what it was.
fn change(ns: [Option<u64>; 2]) -> String {
    match ns {
        [None, _] => "new".to_owned(),
        [_, None] => "gone".to_owned(),
        [Some(before), Some(after)] if before == after => "as before".to_owned(),
        [Some(0), Some(_)] => "from nothing".to_owned(),
        [Some(before), Some(after)] => format!("×{:.2}", after as f64 / before as f64),
    }
}
