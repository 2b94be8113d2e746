//! A report as an aligned table, with the bottleneck named below it.

use super::resolution::TOO_QUICK;
use super::what_if::{gained, saved};
use super::{Report, StageReport};
use crate::figures::{DASH, count, decimal, duration, or_dash, percent, plus_or_minus};
use crate::grid::{Column, Grid, Table, Tone};
use std::fmt;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl Report {
    /// The stages as a table, with the bottleneck named below it. As it is, plain and 80
    /// columns wide, it is what the report is printed as; where there is more room it
    /// has more columns. [What the numbers mean](crate::guide::what_the_numbers_mean)
    /// has them all.
    ///
    /// ```
    /// # use measured_core::Report;
    /// eprint!("{}", Report::capture().table().fitted_to(&std::io::stderr()));
    /// ```
    pub fn table(&self) -> Table {
        if self.stages.is_empty() {
            return Table::new().say(self.nothing_ran());
        }
        let table = Table::new().grid(self.grid());
        let table = self.allocations_grid().into_iter().fold(table, Table::grid);
        let sentences = self.verdict().into_iter().chain(self.notes());
        sentences.fold(table, Table::say)
    }

    pub(super) fn grid(&self) -> Grid {
        let mut grid = Grid::new([
            Column::name("stage"),
            Column::figure("in").rank(1),
            Column::figure("out").rank(1),
            Column::figure("kept").rank(2),
            Column::figure("self"),
            Column::figure("share"),
            Column::figure("ns/record").rank(3),
            Column::figure("upstream").rank(8),
            Column::figure("downstream").rank(8),
            Column::figure("p50").rank(7),
            Column::figure("p99").rank(6),
            Column::figure("2× saves").rank(4),
            Column::figure("2× gains").rank(5),
        ]);
        let bottleneck = self.bottleneck();
        for stage in &self.stages {
            let row = grid.row(self.row(stage));
            if bottleneck.is_some_and(|bottleneck| std::ptr::eq(bottleneck, stage)) {
                row.tone(Tone::Strong);
            }
        }
        grid.rule();
        for (name, ns, is_doubtful) in [
            ("(source)", self.source_ns as f64, self.is_source_doubtful()),
            ("(sink)", self.sink_ns as f64, self.is_sink_doubtful()),
            ("(instrumentation)", self.instrumentation_ns as f64, false),
            ("(unattributed)", self.unattributed_ns as f64, false),
        ] {
            let share = percent(self.part_of_wall(ns)) + mark(is_doubtful);
            grid.row([name, "", "", "", &duration(ns), &share])
                .tone(Tone::Quiet);
        }
        grid
    }

    fn row(&self, stage: &StageReport) -> [String; 13] {
        let [own, share, per_record, saves, gains] = self.own_figures(stage);
        let is_timed = stage.timed_pulls > 0;
        let timed = |ns: u64| or_dash(is_timed.then_some(ns as f64), duration);
        let latency = |ns| or_dash(self.told_latency(stage, ns), duration);
        [
            self.label(stage),
            count(stage.records_in),
            count(stage.records_out),
            or_dash(stage.selectivity(), percent),
            own,
            share,
            per_record,
            timed(stage.upstream_ns),
            timed(stage.downstream_ns),
            latency(stage.latency.p50_ns),
            latency(stage.latency.p99_ns),
            saves,
            gains,
        ]
    }

    /// One of a stage's latencies, where the clock tells it: pulls that are usually too quick
    /// may have slow ones among them.
    pub(super) fn told_latency(&self, stage: &StageReport, ns: u64) -> Option<f64> {
        let ns = ns as f64;
        let is_slow = ns >= 2.0 * self.timing.clock_ns;
        let is_told = stage.timed_pulls > 0 && (is_slow || !self.is_below_resolution(stage));
        is_told.then_some(ns)
    }

    /// The figures that rest on a stage's self time, where there is one to be told.
    pub(super) fn own_figures(&self, stage: &StageReport) -> [String; 5] {
        if !stage.was_timed() {
            return [DASH; 5].map(str::to_owned);
        }
        if self.is_below_resolution(stage) {
            return [DASH, TOO_QUICK, DASH, DASH, DASH].map(str::to_owned);
        }
        let doubt = mark(stage.low_confidence);
        let half = saved(stage.share.min(1.0), 2.0);
        [
            duration(stage.self_ns as f64),
            percent(stage.share) + &plus_or_minus(stage.share_ci) + doubt,
            or_dash(stage.own_per_record(), decimal),
            percent(half),
            percent(gained(half)),
        ]
    }
}

fn mark(is_doubtful: bool) -> &'static str {
    if is_doubtful { "?" } else { "" }
}
