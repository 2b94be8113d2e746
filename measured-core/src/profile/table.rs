//! A profile as pstats prints it.

use super::stats::{FunctionStats, ProfileStats};
use crate::figures::{count, duration};
use crate::grid::{Column, Grid, Sentence, Table};
use std::cmp::Ordering;
use std::fmt;

/// By what functions are ordered.
///
/// ```
/// use measured_core::profile::{Profiler, SortBy, scope};
///
/// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
/// let (_, stats) = Profiler::run(|| {
///     scope!("once");
///     for _ in 0..2 {
///         scope!("twice");
///     }
/// })?;
/// assert_eq!(stats.sort_by(SortBy::Calls).rows()[0].name, "twice");
/// assert_eq!(stats.sort_by(SortBy::Cumulative).rows()[0].name, "once");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SortBy {
    /// The most time with callees first.
    #[default]
    Cumulative,
    /// The most time of its own first.
    Total,
    /// The most calls first.
    Calls,
    /// By name, file and line.
    Name,
}

/// Functions of a profile, or callers or callees of one of them, in some order.
///
/// Its [`Display`](fmt::Display) has pstats' columns: `ncalls`, where there was
/// recursion with the primitive calls behind a slash (`5/1`: five, one of them primitive); `tottime`, the time in the
/// function itself, and `cumtime`, that with all that it called, each also per call
/// (`cumtime` per primitive call); where it is, and what it is called.
///
/// ```
/// use measured_core::profile::{Profiler, scope};
///
/// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
/// let (_, stats) = Profiler::run(|| {
///     scope!("parse rows");
///     scope!("parse cells");
///     scope!("write");
/// })?;
/// let table = stats.filter("parse").top(1);
/// assert_eq!(table.rows().len(), 1);
/// assert!(table.to_string().contains("1 of 3 functions"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a table is there to be printed"]
pub struct ProfileTable {
    rows: Vec<FunctionStats>,
    order: SortBy,
    /// How many rows there were before any was left out.
    of: usize,
    /// The pattern that none of them has.
    missed: Option<String>,
    heading: String,
    footing: Vec<String>,
}

impl ProfileStats {
    /// All functions, in this order.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, SortBy, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// println!("{}", stats.sort_by(SortBy::Calls));
    /// # Ok(())
    /// # }
    /// ```
    pub fn sort_by(&self, order: SortBy) -> ProfileTable {
        self.in_table().sort_by(order)
    }

    /// The first `n` functions by cumulative time.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// assert_eq!(stats.top(1).rows()[0].name, "outer");
    /// # Ok(())
    /// # }
    /// ```
    pub fn top(&self, n: usize) -> ProfileTable {
        self.in_table().top(n)
    }

    /// The functions that match, as [`ProfileTable::filter`] has it.
    pub fn filter(&self, pattern: &str) -> ProfileTable {
        self.in_table().filter(pattern)
    }

    fn in_table(&self) -> ProfileTable {
        let (calls, primitive) = (self.calls(), self.primitive_calls());
        let recursive = if primitive < calls {
            format!(" ({} primitive calls)", count(primitive))
        } else {
            String::new()
        };
        let heading = format!(
            "{} function calls{recursive} in {:.3} seconds",
            count(calls),
            self.total_ns() as f64 / 1e9,
        );
        let mut table = ProfileTable::new(self.functions()).saying(heading);
        if calls > 0 {
            table.footing.push(format!(
                "{} of {} wall; timing the calls cost {}, taken off.",
                threads(self.threads),
                duration(self.wall_ns as f64),
                duration(self.instrumentation_ns as f64),
            ));
        }
        if self.unplaced_calls > 0 {
            table.footing.push(format!(
                "{} calls found no room in the call tree: their time is their callers'.",
                count(self.unplaced_calls),
            ));
        }
        table
    }
}

fn threads(n: u64) -> String {
    match n {
        1 => "1 thread".to_owned(),
        n => format!("{} threads", count(n)),
    }
}

impl fmt::Display for ProfileStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.in_table().fmt(f)
    }
}

impl ProfileTable {
    pub(super) fn new(rows: Vec<FunctionStats>) -> ProfileTable {
        let table = ProfileTable {
            of: rows.len(),
            rows,
            order: SortBy::default(),
            missed: None,
            heading: String::new(),
            footing: Vec::new(),
        };
        table.sort_by(SortBy::default())
    }

    pub(super) fn saying(self, heading: String) -> ProfileTable {
        ProfileTable { heading, ..self }
    }

    /// The rows in another order.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, SortBy, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// assert_eq!(stats.top(2).sort_by(SortBy::Name).rows()[0].name, "inner");
    /// # Ok(())
    /// # }
    /// ```
    pub fn sort_by(mut self, order: SortBy) -> ProfileTable {
        self.order = order;
        self.rows.sort_by(|a, b| order.compare(a, b));
        self
    }

    /// The first `n` rows.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, SortBy, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// assert_eq!(stats.sort_by(SortBy::Name).top(1).rows().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn top(mut self, n: usize) -> ProfileTable {
        self.rows.truncate(n);
        self
    }

    /// The rows whose `file:line(function)` has the pattern in it; a `*` in the
    /// pattern stands for anything.
    ///
    /// ```
    /// # use measured_core::profile::{Profiler, scope};
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # let (_, stats) = Profiler::run(|| {
    /// #     scope!("parse rows");
    /// #     scope!("parse cells");
    /// # })?;
    /// assert_eq!(stats.filter("parse").rows().len(), 2);
    /// assert_eq!(stats.filter("(parse*cells)").rows().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn filter(mut self, pattern: &str) -> ProfileTable {
        let wanted = Pattern::new(pattern);
        let any = !self.rows.is_empty();
        self.rows.retain(|row| wanted.matches(row));
        if any && self.rows.is_empty() {
            self.missed = Some(pattern.to_owned());
        }
        self
    }

    /// The functions that are in it, in its order.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, SortBy, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// assert_eq!(stats.sort_by(SortBy::Name).rows().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn rows(&self) -> &[FunctionStats] {
        &self.rows
    }

    /// As a table whose width and colour can be chosen.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// println!("{}", stats.top(8).table().to_markdown());
    /// # Ok(())
    /// # }
    /// ```
    pub fn table(&self) -> Table {
        let mut grid = Grid::new([
            Column::figure("ncalls"),
            Column::figure("tottime"),
            Column::figure("percall").rank(1),
            Column::figure("cumtime"),
            Column::figure("percall").rank(1),
            Column::name("file:line(function)"),
        ]);
        for row in &self.rows {
            grid.row(cells(row));
        }
        let mut table = Table::new().say(Sentence::new(&*self.heading));
        if !self.rows.is_empty() {
            table = table.say(Sentence::new(self.ordered())).grid(grid);
        } else if let Some(pattern) = &self.missed {
            table = table.say(Sentence::new(unmatched(pattern)));
        } else if self.of > 0 {
            table = table.say(Sentence::new(self.ordered()));
        }
        let footing = self.footing.iter();
        footing.fold(table, |table, line| table.say(Sentence::new(&**line)))
    }

    fn ordered(&self) -> String {
        let order = match self.order {
            SortBy::Cumulative => "cumtime",
            SortBy::Total => "tottime",
            SortBy::Calls => "ncalls",
            SortBy::Name => "name",
        };
        if self.rows.len() < self.of {
            let (shown, of) = (self.rows.len(), self.of);
            format!("Ordered by: {order}; {shown} of {of} functions")
        } else {
            format!("Ordered by: {order}")
        }
    }
}

impl fmt::Display for ProfileTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

fn cells(row: &FunctionStats) -> [String; 6] {
    let ncalls = if row.primitive_calls == row.calls {
        count(row.calls)
    } else {
        format!("{}/{}", count(row.calls), count(row.primitive_calls))
    };
    let per_call = |ns: u64, calls: u64| match calls {
        0 => String::new(),
        calls => duration(ns as f64 / calls as f64),
    };
    [
        ncalls,
        duration(row.self_ns as f64),
        per_call(row.self_ns, row.calls),
        duration(row.cumulative_ns as f64),
        per_call(row.cumulative_ns, row.primitive_calls),
        row.place(),
    ]
}

/// A file without its folders, of which the last is kept where all files of a folder
/// have such a name.
fn short(file: &str) -> &str {
    let is_break = |c| c == '/' || c == '\\';
    let from = |at: Option<usize>| at.map_or(file, |at| &file[at + 1..]);
    let last = file.rfind(is_break);
    match from(last) {
        "mod.rs" | "lib.rs" | "main.rs" => from(last.and_then(|at| file[..at].rfind(is_break))),
        name => name,
    }
}

impl FunctionStats {
    /// As pstats writes it.
    pub(super) fn place(&self) -> String {
        self.place_in(short(&self.file))
    }

    fn place_in(&self, file: &str) -> String {
        format!("{file}:{}({})", self.line, self.name)
    }
}

impl SortBy {
    fn compare(self, a: &FunctionStats, b: &FunctionStats) -> Ordering {
        let by_name = || (&a.name, &a.file, a.line).cmp(&(&b.name, &b.file, b.line));
        let by_figure = match self {
            SortBy::Cumulative => b.cumulative_ns.cmp(&a.cumulative_ns),
            SortBy::Total => b.self_ns.cmp(&a.self_ns),
            SortBy::Calls => b.calls.cmp(&a.calls),
            SortBy::Name => Ordering::Equal,
        };
        by_figure.then_with(by_name)
    }
}

/// Where a pattern is in no function of a profile.
pub(super) fn unmatched(pattern: &str) -> String {
    format!("No function has \"{pattern}\" in its file:line(function).")
}

/// What a function is to have in `file:line(function)`.
pub(super) struct Pattern<'a>(Vec<&'a str>);

impl<'a> Pattern<'a> {
    pub(super) fn new(written: &'a str) -> Pattern<'a> {
        Pattern(written.split('*').collect())
    }

    pub(super) fn matches(&self, function: &FunctionStats) -> bool {
        let place = function.place_in(&function.file);
        let mut rest = Some(&*place);
        for part in &self.0 {
            rest = rest
                .and_then(|rest| rest.split_once(part))
                .map(|(_, rest)| rest);
        }
        rest.is_some()
    }
}
