//! The words of dataflow engines: starved, busy, blocked; and what filters cost.

use super::resolution::TOO_QUICK;
use super::{Report, StageReport};
use crate::figures::{DASH, count, decimal, or_dash, percent};
use crate::grid::{Column, Grid, Sentence, Table, Tone};

/// A filter, and what it costs to have a record dropped by it.
///
/// ```
/// # if cfg!(feature = "enable") {
/// # use measured_core::{Measured, MockClock, Registry, Timing};
/// # let clock = MockClock::new();
/// # let registry = Registry::new().with_clock(clock.clone()).with_timing(Timing::Every);
/// # registry.scope(|| (0..100).measured("numbers").inspect(|_| clock.advance(30)).filter(|n| n % 4 == 0).measured("fourths").for_each(drop));
/// let report = registry.capture();
/// let fourths = &report.filter_order()[0];
/// assert_eq!((fourths.cost_ns, fourths.passed), (30.0, 0.25));
/// assert_eq!(fourths.cost_of_dropping_ns, 40.0); // 30 ns for each of four, of which three go
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FilterCost {
    /// Its name.
    pub stage: String,
    /// Self time per record in, in nanoseconds.
    pub cost_ns: f64,
    /// The part of the records that it lets pass: more than 0, less than 1.
    pub passed: f64,
    /// `cost_ns / (1 − passed)`: self time per record that it drops, in nanoseconds.
    pub cost_of_dropping_ns: f64,
}

impl StageReport {
    /// The part of its time that it waits for its input; what Flink calls idle. `None`
    /// where nothing was timed, as with the next two, which make 1 together with this.
    ///
    /// The bottleneck is where it changes sides: the stages before it are blocked, those
    /// after it starved, and it is busy.
    ///
    /// ```
    /// # if cfg!(feature = "enable") {
    /// # use measured_core::{Measured, MockClock, Registry, Timing};
    /// # let clock = MockClock::new();
    /// # let registry = Registry::new().with_clock(clock.clone()).with_timing(Timing::Every);
    /// # let spend = |ns| { let clock = clock.clone(); move |_: &u64| clock.advance(ns) };
    /// # registry.scope(|| {
    /// #     let parsed = (0..100).inspect(spend(20)).measured("parse");
    /// #     parsed.inspect(spend(70)).measured("smooth").for_each(|_| clock.advance(10));
    /// # });
    /// let report = registry.capture();
    /// let smooth = report.stage("smooth").unwrap();
    /// let parts = [smooth.starved(), smooth.busy(), smooth.blocked()];
    /// assert_eq!(parts, [Some(0.2), Some(0.7), Some(0.1)]);
    /// # }
    /// ```
    #[must_use]
    pub fn starved(&self) -> Option<f64> {
        self.part(self.upstream_ns)
    }

    /// The part of its time that it works itself, or a pipeline within its own code.
    ///
    /// ```
    /// # use measured_core::Report;
    /// for stage in &Report::capture().stages {
    ///     println!("{}: {:?} busy", stage.name, stage.busy());
    /// }
    /// ```
    #[must_use]
    pub fn busy(&self) -> Option<f64> {
        self.part(self.self_ns.saturating_add(self.nested_ns))
    }

    /// The part of its time that nobody asks for its output, as those after it are at
    /// work; what Flink calls backpressured.
    ///
    /// ```
    /// # use measured_core::Report;
    /// for stage in &Report::capture().stages {
    ///     println!("{}: {:?} blocked", stage.name, stage.blocked());
    /// }
    /// ```
    #[must_use]
    pub fn blocked(&self) -> Option<f64> {
        self.part(self.downstream_ns)
    }

    /// Of its time without what measuring took.
    fn part(&self, ns: u64) -> Option<f64> {
        // As floats: those of a file may come to more than fits.
        let parts = [
            self.upstream_ns,
            self.self_ns,
            self.nested_ns,
            self.downstream_ns,
        ];
        let whole: f64 = parts.iter().map(|&ns| ns as f64).sum();
        (self.timed_pulls > 0 && whole > 0.0).then(|| ns as f64 / whole)
    }

    /// Self time per record that comes out, in nanoseconds: what one that survives has
    /// cost, those included that did not. `None` where none came out or nothing was
    /// timed.
    ///
    /// ```
    /// # if cfg!(feature = "enable") {
    /// # use measured_core::{Measured, MockClock, Registry, Timing};
    /// # let clock = MockClock::new();
    /// # let registry = Registry::new().with_clock(clock.clone()).with_timing(Timing::Every);
    /// # registry.scope(|| (0..100).measured("numbers").inspect(|_| clock.advance(30)).filter(|n| n % 4 == 0).measured("fourths").for_each(drop));
    /// let report = registry.capture();
    /// assert_eq!(report.stage("fourths").unwrap().ns_per_survivor(), Some(120.0));
    /// # }
    /// ```
    #[must_use]
    pub fn ns_per_survivor(&self) -> Option<f64> {
        let known = self.timed_pulls > 0 && self.records_out > 0;
        known.then(|| self.self_ns as f64 / self.records_out as f64)
    }

    /// Whether what it yields is a collection, whose length counts as its records: all
    /// runs have ended, and none was waited for until its first record.
    fn is_collected(&self) -> bool {
        self.runs > 0 && self.active == 0 && self.first_outs == 0
    }

    fn as_filter(&self) -> Option<FilterCost> {
        let passed = self.selectivity()?;
        let passes_some = 0.0 < passed && passed < 1.0 && self.timed_pulls > 0;
        let is_filter = passes_some && !self.is_collected();
        let cost_ns = self.self_ns as f64 / self.records_in as f64;
        is_filter.then(|| FilterCost {
            stage: self.name.clone(),
            cost_ns,
            passed,
            cost_of_dropping_ns: cost_ns / (1.0 - passed),
        })
    }
}

impl Report {
    /// The stages that let some of their records pass, in the order that costs least:
    /// by self time per record *in* over the part of the records that is dropped. Those
    /// that are [too quick to be timed](Report::is_below_resolution) are left out, and so
    /// are sinks and stages that return a collection.
    ///
    /// It is the cheapest order of those among them that **commute**, which means that
    /// all orders give the same records, and whose pass rates are **independent**: a
    /// record that passes one is no likelier to pass another. Neither can be seen in a
    /// report, and a stage that makes batches looks like a filter; which stages to
    /// compare is for you to say. The order is that of rising rank in Hellerstein and
    /// Stonebraker, *Predicate Migration: Optimizing Queries with Expensive Predicates*,
    /// SIGMOD 1993. Where pass rates depend on each other, measure after each move: that
    /// is the greedy order of Babu, Motwani, Munagala, Nishizawa and Widom, *Adaptive
    /// Ordering of Pipelined Stream Filters*, SIGMOD 2004.
    ///
    /// ```
    /// # if cfg!(feature = "enable") {
    /// # use measured_core::{Measured, MockClock, Registry, Timing};
    /// # let clock = MockClock::new();
    /// # let registry = Registry::new().with_clock(clock.clone()).with_timing(Timing::Every);
    /// # let spend = |ns| { let clock = clock.clone(); move |_: &u64| clock.advance(ns) };
    /// # registry.scope(|| {
    /// let numbers = (0..1_000).measured("numbers");
    /// let dear = numbers.inspect(spend(90)).filter(|n| n % 10 < 1).measured("dear");
    /// let cheap = dear.inspect(spend(10)).filter(|n| n % 20 < 10).measured("cheap");
    /// # cheap.for_each(drop);
    /// # });
    /// let order: Vec<_> = registry.capture().filter_order().into_iter().map(|f| f.stage).collect();
    /// assert_eq!(order, ["cheap", "dear"]); // 10 / 0.5 before 90 / 0.9
    /// # }
    /// ```
    #[must_use]
    pub fn filter_order(&self) -> Vec<FilterCost> {
        let told = self
            .stages
            .iter()
            .filter(|stage| !self.is_below_resolution(stage));
        let mut filters: Vec<FilterCost> = told.filter_map(StageReport::as_filter).collect();
        filters.sort_by(|a, b| a.cost_of_dropping_ns.total_cmp(&b.cost_of_dropping_ns));
        filters
    }

    /// The stages in the words of dataflow engines: how much of its time each is
    /// starved, busy and blocked, and what a record that survives it has cost.
    ///
    /// ```
    /// # use measured_core::Report;
    /// print!("{}", Report::capture().dataflow());
    /// ```
    pub fn dataflow(&self) -> Table {
        if self.stages.is_empty() {
            return Table::new().say(self.nothing_ran());
        }
        let mut grid = Grid::new([
            Column::name("stage"),
            Column::figure("in").rank(2),
            Column::figure("out").rank(2),
            Column::figure("kept").rank(1),
            Column::figure("starved"),
            Column::figure("busy"),
            Column::figure("blocked"),
            Column::figure("ns/survivor").rank(3),
        ]);
        let bottleneck = self.bottleneck();
        for stage in &self.stages {
            let row = grid.row(self.dataflow_row(stage));
            if bottleneck.is_some_and(|bottleneck| std::ptr::eq(bottleneck, stage)) {
                row.tone(Tone::Strong);
            }
        }
        let table = Table::new().grid(grid).say(Sentence::new(
            "starved: waits for its input. busy: works itself. blocked: those after it are at work.",
        ));
        match self.order_of_filters() {
            Some(order) => table.say(order),
            None => table,
        }
    }

    /// Where there is more than one filter.
    fn order_of_filters(&self) -> Option<Sentence> {
        let filters = self.filter_order();
        let mut order = Sentence::new("Filters that commute cost least in this order: ");
        for (at, filter) in filters.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            order = order.words(comma).name(&filter.stage).words(format!(
                " ({} ns a record dropped)",
                decimal(filter.cost_of_dropping_ns)
            ));
        }
        (filters.len() > 1).then(|| order.words(", if they pass independently of each other."))
    }

    fn dataflow_row(&self, stage: &StageReport) -> [String; 8] {
        let [busy, per_survivor] = if self.is_below_resolution(stage) {
            [TOO_QUICK, DASH].map(str::to_owned)
        } else {
            [
                or_dash(stage.busy(), percent),
                or_dash(stage.ns_per_survivor(), decimal),
            ]
        };
        [
            self.label(stage),
            count(stage.records_in),
            count(stage.records_out),
            or_dash(stage.selectivity(), percent),
            or_dash(stage.starved(), percent),
            busy,
            or_dash(stage.blocked(), percent),
            per_survivor,
        ]
    }
}
