//! A report as an aligned table, with the bottleneck named below it.

use super::{Report, StageReport};
use crate::figures::{count, decimal, duration, percent, plus_or_minus};
use crate::grid::{Column, Grid, Sentence, Table, Tone};
use std::fmt;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl Report {
    /// The stages as a table, with the bottleneck named below it; as it is, without
    /// colour and 80 columns wide, it is what the report is printed as.
    ///
    /// ```
    /// # use measured_core::Report;
    /// eprint!("{}", Report::capture().table().fitted_to(&std::io::stderr()));
    /// ```
    pub fn table(&self) -> Table {
        if self.stages.is_empty() {
            return Table::new().say(Sentence::new("No stage has run."));
        }
        let table = Table::new().grid(self.grid());
        self.sentences().into_iter().fold(table, Table::say)
    }

    fn grid(&self) -> Grid {
        let mut grid = Grid::new([
            Column::name("stage"),
            Column::figure("in").rank(1),
            Column::figure("out").rank(1),
            Column::figure("kept").rank(3),
            Column::figure("self"),
            Column::figure("share"),
            Column::figure("ns/record").rank(2),
            Column::figure("upstream").rank(4),
            Column::figure("downstream").rank(4),
        ]);
        for stage in &self.stages {
            grid.row(row(stage));
        }
        grid.rule();
        for (name, ns) in [
            ("(source)", self.source_ns as f64),
            ("(sink)", self.sink_ns as f64),
            ("(instrumentation)", self.instrumentation_ns as f64),
            ("(unattributed)", self.unattributed_ns as f64),
        ] {
            grid.row(self.remainder(name, ns)).tone(Tone::Quiet);
        }
        grid
    }

    fn remainder(&self, name: &str, ns: f64) -> [String; 6] {
        let share = if self.wall_ns > 0 {
            ns / self.wall_ns as f64
        } else {
            0.0
        };
        let none = String::new;
        [
            name.to_owned(),
            none(),
            none(),
            none(),
            duration(ns),
            percent(share),
        ]
    }

    fn sentences(&self) -> Vec<Sentence> {
        let timing = &self.timing;
        let one_in = timing.one_in.map_or_else(String::new, |n| match n {
            n if n <= 1.0 => ", every pull timed".to_owned(),
            n => format!(", one pull in {n:.0} timed"),
        });
        let mut said = vec![Sentence::new(format!(
            "wall {}{one_in} ({}), measuring took {} of it",
            duration(self.wall_ns as f64),
            timing.clock,
            percent(timing.overhead),
        ))];
        let Some(stage) = self.bottleneck() else {
            said.push(Sentence::new(
                "Nothing was timed, so no bottleneck can be named.",
            ));
            return said;
        };
        let share = stage.share.min(1.0);
        // Amdahl's law: runtime saved p(1 − 1/s), throughput gained 1/(1 − p(1 − 1/s)) − 1.
        let saved = share / 2.0;
        said.push(
            Sentence::new("Bottleneck: ")
                .name(&stage.name)
                .words(format!(
                    ", {}{} of the wall. Twice as fast, it saves {} of the time ({} more throughput); it cannot save \
                     more than {}.",
                    percent(share),
                    plus_or_minus(stage.share_ci),
                    percent(saved),
                    percent(saved / (1.0 - saved)),
                    percent(share),
                ))
                .tone(Tone::Strong),
        );
        for (name, ns) in [("source", self.source_ns), ("sink", self.sink_ns)] {
            if ns > stage.self_ns {
                said.push(Sentence::new(format!(
                    "The {name} takes longer than any stage: {}.",
                    duration(ns as f64)
                )));
            }
        }
        for stage in self.stages.iter().filter(|stage| stage.records_err > 0) {
            let (errors, all) = (count(stage.records_err), count(stage.records_out));
            let errors = format!(": {errors} of {all} records were errors.");
            said.push(Sentence::new("").name(&stage.name).words(errors));
        }
        if self.stages.iter().any(|stage| stage.low_confidence) {
            said.push(Sentence::new(
                "?: low confidence. The samples do not add up to the wall to within 5 %: something rare and long, or \
                 records too quick to time. Ask again with timing `every` or a larger budget.",
            ));
        }
        said
    }
}

fn row(stage: &StageReport) -> [String; 9] {
    let timed = |text: String| {
        if stage.timed_pulls > 0 || stage.self_ns > 0 {
            text
        } else {
            "-".to_owned()
        }
    };
    let doubt = if stage.low_confidence { "?" } else { "" };
    [
        stage.name.clone(),
        count(stage.records_in),
        count(stage.records_out),
        stage.selectivity().map_or_else(|| "-".to_owned(), percent),
        timed(duration(stage.self_ns as f64)),
        timed(format!(
            "{}{}{doubt}",
            percent(stage.share),
            plus_or_minus(stage.share_ci)
        )),
        timed(per_record(stage)),
        timed(duration(stage.upstream_ns as f64)),
        timed(duration(stage.downstream_ns as f64)),
    ]
}

fn per_record(stage: &StageReport) -> String {
    let records = stage.records_in.max(stage.records_out);
    if records > 0 {
        decimal(stage.self_ns as f64 / records as f64)
    } else {
        "-".to_owned()
    }
}
