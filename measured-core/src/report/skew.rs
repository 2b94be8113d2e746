//! Which of several processes is not like the others.

use super::Report;
use super::label::label;
use super::merge::sum;
use super::pairs::{Identity, paired};
use crate::figures::{count, decimal, or_dash};
use crate::grid::{Column, Grid, Sentence, Table, Tone};
use std::fmt;

/// How the stages of several processes differ: who takes longer for a record, and who
/// got more of them. [`Report::skew`] finds it.
///
/// ```
/// # if cfg!(feature = "enable") {
/// # use measured_core::{Measured, Registry};
/// use measured_core::Report;
///
/// # let run = |machine: &str, n| {
/// #     let registry = Registry::new();
/// #     registry.scope(|| (0..n).measured("parse").for_each(drop));
/// #     let mut report = registry.capture();
/// #     report.origin.as_mut().unwrap().process = machine.to_owned();
/// #     report
/// # };
/// let processes = Report::merge([run("one", 10), run("two", 10), run("three", 900)])?;
/// let parse = &processes.skew().stages[0];
/// assert_eq!((parse.records.least, parse.records.median, parse.records.most), (10.0, 10.0, 900.0));
/// assert!(parse.records.is_skewed());
/// println!("{}", processes.skew());
/// # }
/// # Ok::<(), measured_core::MergeError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Skew {
    /// How many processes there are.
    pub processes: usize,
    /// The stages that at least two of them have.
    pub stages: Vec<StageSkew>,
}

/// How one stage differs from process to process.
///
/// ```
/// for stage in measured_core::Report::capture().skew().stages {
///     println!("{}: most records in {}", stage.name, stage.records.most_in);
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StageSkew {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub location: String,
    /// Self time per record, in nanoseconds; `None` where it was not timed in two of them.
    pub self_ns: Option<Spread>,
    /// Records, the larger of those in and out.
    pub records: Spread,
}

/// A figure over several processes.
///
/// ```
/// # if cfg!(feature = "enable") {
/// # use measured_core::{Measured, Registry, Report};
/// # let run = |machine: &str, n| {
/// #     let registry = Registry::new();
/// #     registry.scope(|| (0..n).measured("parse").for_each(drop));
/// #     let mut report = registry.capture();
/// #     report.origin.as_mut().unwrap().process = machine.to_owned();
/// #     report
/// # };
/// let records = &Report::merge([run("one", 10), run("two", 30)])?.skew().stages[0].records;
/// assert_eq!((records.median, records.is_skewed()), (20.0, false));
/// # }
/// # Ok::<(), measured_core::MergeError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Spread {
    /// In the process that has least.
    pub least: f64,
    /// In the middle one; the mean of two.
    pub median: f64,
    /// In the process that has most.
    pub most: f64,
    /// The process that has least.
    pub least_in: String,
    /// The process that has most.
    pub most_in: String,
}

impl Spread {
    /// Whether a process is out of line: it has more than half as much again as the
    /// middle one.
    #[must_use]
    pub fn is_skewed(&self) -> bool {
        self.most > 1.5 * self.median
    }

    /// `None` of less than two.
    fn of(mut figures: Vec<(f64, &str)>) -> Option<Spread> {
        figures.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (least, most) = (figures.first()?, figures.last()?);
        let middle = [figures.len() - 1, figures.len()].map(|at| figures[at / 2].0);
        (figures.len() > 1).then(|| Spread {
            least: least.0,
            median: f64::midpoint(middle[0], middle[1]),
            most: most.0,
            least_in: least.1.to_owned(),
            most_in: most.1.to_owned(),
        })
    }
}

impl Report {
    /// How the processes differ that it was [merged](Report::merge) from; without
    /// stages where it is of one process.
    ///
    /// ```
    /// println!("{}", measured_core::Report::capture().skew());
    /// ```
    #[must_use]
    pub fn skew(&self) -> Skew {
        let processes = self.processes();
        let stages = Identity::all(&self.stages);
        let partners: Vec<Vec<Option<usize>>> = processes
            .iter()
            .map(|(_, report)| paired(&Identity::all(&report.stages), &stages))
            .collect();
        let stage = |(at, identity): (usize, Identity)| {
            let of_stage =
                processes
                    .iter()
                    .zip(&partners)
                    .filter_map(|((name, report), partners)| {
                        Some((&report.stages[partners[at]?], name.as_str()))
                    });
            let of_stage: Vec<_> = of_stage.collect();
            let records = of_stage
                .iter()
                .map(|(stage, name)| (stage.records() as f64, *name));
            let own = of_stage
                .iter()
                .filter_map(|(stage, name)| Some((stage.own_per_record()?, *name)));
            Some(StageSkew {
                records: Spread::of(records.collect())?,
                self_ns: Spread::of(own.collect()),
                name: identity.name,
                location: identity.location,
            })
        };
        Skew {
            processes: processes.len(),
            stages: stages
                .clone()
                .into_iter()
                .enumerate()
                .filter_map(stage)
                .collect(),
        }
    }

    /// Each process with all that it has in this report.
    fn processes(&self) -> Vec<(String, Report)> {
        // Sorted by process, as they were merged.
        let process = |report: &Report| report.origin.as_ref().map(|origin| origin.process.clone());
        let same = |a: &Report, b: &Report| process(a) == process(b);
        let chunks = self.merged_from.chunk_by(same);
        chunks
            .map(|captures| (process(&captures[0]).unwrap_or_default(), sum(captures)))
            .collect()
    }
}

impl Skew {
    /// A row a stage; below it who is out of line.
    ///
    /// ```
    /// println!("{}", measured_core::Report::capture().skew().table());
    /// ```
    pub fn table(&self) -> Table {
        if self.stages.is_empty() {
            return Table::new().say(Sentence::new(
                "One process: there is no other to hold it against.",
            ));
        }
        let mut grid = Grid::new([
            Column::name("stage"),
            Column::figure("ns/record least"),
            Column::figure("median"),
            Column::figure("most"),
            Column::figure("records least").rank(1),
            Column::figure("median").rank(1),
            Column::figure("most").rank(1),
        ]);
        for stage in &self.stages {
            let own =
                |figure: fn(&Spread) -> f64| or_dash(stage.self_ns.as_ref().map(figure), decimal);
            let own = [own(|it| it.least), own(|it| it.median), own(|it| it.most)];
            let Spread {
                least,
                median,
                most,
                ..
            } = stage.records;
            let records = [least, median, most].map(|records| count(records.round() as u64));
            let is_skewed = stage.self_ns.as_ref().is_some_and(Spread::is_skewed);
            let tone = if is_skewed { Tone::Strong } else { Tone::Plain };
            grid.row(
                [label(stage, &self.stages)]
                    .into_iter()
                    .chain(own)
                    .chain(records),
            )
            .tone(tone);
        }
        self.sentences()
            .into_iter()
            .fold(Table::new().grid(grid), Table::say)
    }

    fn sentences(&self) -> Vec<Sentence> {
        let mut said = Vec::new();
        for stage in &self.stages {
            let label = label(stage, &self.stages);
            if let Some(own) = stage.self_ns.as_ref().filter(|own| own.is_skewed()) {
                said.push(out_of_line(&label, own, "takes", "as long for a record"));
            }
            if stage.records.is_skewed() {
                said.push(out_of_line(
                    &label,
                    &stage.records,
                    "has",
                    "as many records",
                ));
            }
        }
        if said.is_empty() {
            let text = format!(
                "None of {} processes has half as much again as the middle one.",
                self.processes
            );
            said.push(Sentence::new(text));
        }
        said
    }
}

fn out_of_line(stage: &str, spread: &Spread, does: &str, what: &str) -> Sentence {
    let times = decimal(spread.most / spread.median);
    Sentence::default()
        .name(stage)
        .words(": process ")
        .name(spread.most_in.clone())
        .words(format!(" {does} {times} times {what} as the middle one."))
}

impl fmt::Display for Skew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}
