//! What happened, as plain data.

mod allocations;
#[cfg(feature = "enable")]
mod capture;
#[cfg(not(feature = "enable"))]
#[path = "capture/off.rs"]
mod capture;
mod compare;
mod dataflow;
mod derived;
#[cfg(feature = "json")]
mod flaw;
#[cfg(feature = "html")]
mod html;
#[cfg(feature = "json")]
mod json;
mod label;
mod latency;
mod merge;
mod no_such_stage;
mod on_drop;
mod order;
mod origin;
mod pairs;
mod periodic;
mod resolution;
#[cfg(feature = "enable")]
mod rounding;
mod rules;
mod silence;
mod since;
mod skew;
mod spelling;
mod table;
mod timing;
mod varints;
mod verdict;
mod what_if;

pub use allocations::AllocationsPerRecord;
pub use compare::{Comparison, Difference, StageComparison, Verdict};
pub use dataflow::FilterCost;
pub use latency::{LatencyBucket, LatencyReport};
pub use merge::MergeError;
pub use no_such_stage::NoSuchStage;
pub use on_drop::{ReportOnDrop, report_on_drop};
pub use origin::Origin;
pub use periodic::{Periodic, PeriodicThread};
pub use rules::{Rule, RuleError, Violation};
pub use since::SinceError;
pub use skew::{Skew, Spread, StageSkew};
pub use timing::{TimingMode, TimingReport};
pub use what_if::{Change, WhatIf, WhatIfError};

use crate::allocations::StageAllocations;
use varints::Varints;

/// The version of the layout of reports.
pub(crate) const SCHEMA: u32 = 1;

/// What the stages of a registry did and where the time went.
///
/// Plain data: print it, keep it, send it (feature `serde`). Everything that can be
/// exported is in it: an exporter needs a `Report` and nothing else. Its
/// [`Display`](std::fmt::Display) is an aligned table with the bottleneck named below
/// it. All times are nanoseconds, and in names that end with `_ns`.
///
/// On one thread `source + Σ self + sink + instrumentation +
/// unattributed = wall`; where several threads run pipelines, all of these are
/// added up over the threads.
///
/// ```
/// # if cfg!(feature = "enable") {
/// use measured_core::{Report, measured_stage};
///
/// #[measured_stage("squares")]
/// fn squares(numbers: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
///     numbers.map(|n| n * n)
/// }
///
/// squares(1..=1_000).for_each(drop);
/// let report = Report::capture();
/// assert_eq!(report.stage("squares").unwrap().records_out, 1_000);
/// println!("{report}");
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(expecting = "an object"))]
#[non_exhaustive]
pub struct Report {
    /// The version of this layout: 1.
    pub schema: u32,
    /// Which capture it is; `None` where it is of several.
    #[cfg_attr(feature = "serde", serde(default))]
    pub origin: Option<Origin>,
    /// Wall during which at least one stage was active, added up over threads.
    pub wall_ns: u64,
    /// Time inside inputs that are not measured stages.
    pub source_ns: u64,
    /// Time outside of all stages while at least one was active: the consumer's, and
    /// that of stages behind the last that is timed.
    pub sink_ns: u64,
    /// What timing the stages is modelled to have cost.
    pub instrumentation_ns: u64,
    /// What is left of the wall: adapters between stages that belong to none, and
    /// what sampling missed. Negative where parts that were all timed overlap.
    pub unattributed_ns: i64,
    /// How the figures were got.
    pub timing: TimingReport,
    /// In pipeline order: a stage after those that it pulls from.
    pub stages: Vec<StageReport>,
    /// The captures that it was [merged](Report::merge) from; none where it is one.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub merged_from: Vec<Report>,
}

/// What one stage did and where its time went.
///
/// Counts are exact; times are estimates where only some pulls were timed, and
/// zero where none was.
///
/// ```
/// # if cfg!(feature = "enable") {
/// # use measured_core::{Registry, measured_stage};
/// # #[measured_stage("evens")]
/// # fn evens(numbers: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
/// #     numbers.filter(|n| n % 2 == 0)
/// # }
/// # let registry = Registry::new();
/// # registry.scope(|| evens(0..10).for_each(drop));
/// let report = registry.capture();
/// let evens = report.stage("evens").unwrap();
/// assert_eq!((evens.records_in, evens.records_out), (10, 5));
/// assert_eq!(evens.selectivity(), Some(0.5));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(expecting = "an object"))]
#[non_exhaustive]
pub struct StageReport {
    /// As in the attribute.
    pub name: String,
    /// `file:line` of the attribute.
    pub location: String,
    /// The stages that it pulls from.
    pub inputs: Vec<String>,
    /// Calls of the stage.
    pub runs: u64,
    /// Runs that ended because nothing was left.
    pub exhausted: u64,
    /// Runs whose iterator was dropped before.
    pub dropped: u64,
    /// Runs that ended by a panic.
    pub panicked: u64,
    /// Runs that have not ended.
    pub active: u64,
    /// Records received.
    pub records_in: u64,
    /// Records yielded.
    pub records_out: u64,
    /// Records yielded that were `Err`; counted under `items = result`.
    #[cfg_attr(feature = "serde", serde(default))]
    pub records_err: u64,
    /// Calls of its `next`. A sink, or a stage that returns a collection, has no `next`:
    /// where its body was timed, the records that it took; else 0, or the collection's
    /// length.
    pub pulls: u64,
    /// What it allocated; `None` where nobody tracked that (feature `alloc`).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Option::is_none")
    )]
    pub allocations: Option<StageAllocations>,
    /// Pulls that were timed: its own, and those of its inputs by its body.
    pub timed_pulls: u64,
    /// Time with its own code running, its body included.
    pub self_ns: u64,
    /// Time inside its inputs: starved.
    pub upstream_ns: u64,
    /// Time inside other stages that its own code pulled: a pipeline drained in a
    /// closure, a stage called in its body. Nobody else's records are waited for.
    #[cfg_attr(feature = "serde", serde(default))]
    pub nested_ns: u64,
    /// Time between its pulls: blocked.
    pub downstream_ns: u64,
    /// Time from start to end, added up over runs.
    pub total_ns: u64,
    /// Mean time from the start of a run to its first record.
    pub first_out_ns: Option<u64>,
    /// Runs that the mean is of.
    #[cfg_attr(feature = "serde", serde(default))]
    pub first_outs: u64,
    /// `self_ns` as a part of the report's wall: as a rule from 0 to 1, and more where
    /// parts overlap.
    pub share: f64,
    /// The half-width of the interval around `share`, which is two standard errors: the
    /// truth is within `share ± share_ci` in about 95 of 100 cases. Contains how well the
    /// cost of the probes is known.
    pub share_ci: f64,
    /// How far the sampled cycles, added up, miss the wall that was measured whole, as a
    /// part of it. Runs that were only counted, where others were timed, are missed too.
    #[cfg_attr(feature = "serde", serde(default))]
    pub closure: f64,
    /// The samples do not account for the wall to within 5 %: something rare and
    /// long was missed or counted too often, some runs were only counted, or the cycles are
    /// too short to be timed; or the stage is `fed_elsewhere`. `share` is not to be relied on.
    #[cfg_attr(feature = "serde", serde(default))]
    pub low_confidence: bool,
    /// Another thread pulls an input of it. Waiting for that thread is in `self_ns`, as
    /// nobody can tell it from work, and `share` is not to be relied on.
    #[cfg_attr(feature = "serde", serde(default))]
    pub fed_elsewhere: bool,
    /// `records_out` per second of `total_ns`.
    pub throughput_rps: f64,
    /// Self time per pull.
    #[cfg_attr(feature = "serde", serde(default))]
    pub latency: LatencyReport,
    #[cfg_attr(feature = "serde", serde(rename = "recent_ns", default))]
    recent: Varints,
    /// For active runs: how long ago the one that is silent longest was last heard of.
    pub silent_ns: Option<u64>,
}

impl Report {
    /// The first stage of this name.
    ///
    /// ```
    /// # use measured_core::Report;
    /// assert!(Report::capture().stage("nobody's").is_none());
    /// ```
    #[must_use]
    pub fn stage(&self, name: &str) -> Option<&StageReport> {
        self.stages.iter().find(|stage| stage.name == name)
    }

    /// The stage with the most self time; `None` where nothing was timed, or no record
    /// passed.
    ///
    /// ```
    /// # use measured_core::Report;
    /// if let Some(bottleneck) = Report::capture().bottleneck() {
    ///     println!("{} has {:.1} % of the time", bottleneck.name, 100.0 * bottleneck.share);
    /// }
    /// ```
    #[must_use]
    pub fn bottleneck(&self) -> Option<&StageReport> {
        let timed = self.stages.iter().filter(|stage| stage.self_ns > 0);
        timed
            .max_by_key(|stage| stage.self_ns)
            .filter(|_| self.has_records())
    }
}

impl StageReport {
    /// Records out per record in; above 1 the stage expands, `None` for a source.
    ///
    /// ```
    /// # use measured_core::Report;
    /// for stage in &Report::capture().stages {
    ///     assert!(stage.selectivity().is_none_or(|kept| kept >= 0.0), "{}", stage.name);
    /// }
    /// ```
    #[must_use]
    pub fn selectivity(&self) -> Option<f64> {
        (self.records_in > 0).then(|| self.records_out as f64 / self.records_in as f64)
    }

    /// Whether nobody called it: it is there because the feature `auto-register` lists
    /// it, or, in an interval, because it was called before.
    ///
    /// ```
    /// # use measured_core::Report;
    /// for cold in Report::capture().stages.iter().filter(|stage| stage.is_cold()) {
    ///     println!("nothing called {}, {}", cold.name, cold.location);
    /// }
    /// ```
    #[must_use]
    pub fn is_cold(&self) -> bool {
        self.runs == 0 && self.active == 0 && self.pulls == 0 && self.records_in == 0
    }

    /// The self time, in nanoseconds, of the last pulls that were timed, oldest first: at
    /// most 100.
    ///
    /// ```
    /// # use measured_core::Report;
    /// for stage in &Report::capture().stages {
    ///     println!("{}: at most {:?} ns lately", stage.name, stage.recent_ns().max());
    /// }
    /// ```
    pub fn recent_ns(&self) -> impl Iterator<Item = u64> + '_ {
        self.recent.iter()
    }
}
