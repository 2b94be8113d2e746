//! Before and after: which stages became faster, slower, or other than they were.

mod difference;
mod table;

pub use difference::Difference;

use super::pairs::{Identity, paired};
use super::{Report, StageReport, TimingMode};
use difference::{NoiseOf, Reading};

/// Reports before a change and after it, stage by stage.
///
/// What is compared is a stage's self time *per record*, so that runs over different
/// numbers of records compare. A difference is shown where it is more than noise:
/// with several reports, their spread (Student's t-test at 99 %); with one, the
/// standard error that the report knows of itself and 15 % that runs are taken to
/// differ by from one to the next, so that only large changes are shown. Counts have no
/// noise but their spread over several reports: with one a side, one record more is a
/// difference.
///
/// ```
/// # if cfg!(feature = "enable") {
/// use measured_core::{Measured, MockClock, Registry, Report, Timing, Verdict};
///
/// fn report(ns: u64) -> Report {
///     let clock = MockClock::new();
///     let registry = Registry::new().with_clock(clock.clone()).with_timing(Timing::Every);
///     registry.scope(|| (0..100).inspect(|_| clock.advance(ns)).measured("features").for_each(drop));
///     registry.capture()
/// }
///
/// let comparison = report(300).compare_to(&report(900));
/// let features = comparison.stage("features").unwrap();
/// assert_eq!(features.verdict, Verdict::Faster);
/// assert_eq!(features.self_ns.after, Some(300.0));
/// println!("{comparison}");
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Comparison {
    /// How many reports were before.
    pub reports_before: usize,
    /// How many reports were after.
    pub reports_after: usize,
    /// The wall of a report.
    pub wall_ns: Difference,
    /// In pipeline order as after; those that are gone at the end.
    pub stages: Vec<StageComparison>,
}

/// One stage before and after.
///
/// ```
/// use measured_core::Report;
///
/// let report = Report::capture();
/// for stage in report.compare_to(&report).stages {
///     println!("{} {:?}: {:?}", stage.name, stage.verdict, stage.self_ns.relative());
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StageComparison {
    /// Its name.
    pub name: String,
    /// Where it is; where it was if it is gone.
    pub location: String,
    /// What became of it.
    pub verdict: Verdict,
    /// The samples of a side do not account for its wall. What they miss of it is
    /// part of the noise.
    pub low_confidence: bool,
    /// It was [too quick to be timed](Report::is_below_resolution) in a report before:
    /// its times there may be off by a read of the clock for each pull, which is part of
    /// the noise. Tables leave them out.
    pub too_quick_before: bool,
    /// It was too quick to be timed in a report after, likewise.
    pub too_quick_after: bool,
    /// Self time per record, the larger of those in and out; none where nothing was timed.
    pub self_ns: Difference,
    /// The 99th percentile of self time per pull.
    pub p99_ns: Difference,
    /// Records out per second of the stage's runs.
    pub throughput_rps: Difference,
    /// Records out per record in; none for a source.
    pub selectivity: Difference,
    /// Records received, in a report.
    pub records_in: Difference,
    /// Records yielded, in a report.
    pub records_out: Difference,
    /// Records yielded that were `Err`, in a report.
    pub records_err: Difference,
    /// Runs that ended by a panic, in a report.
    pub panicked: Difference,
}

/// What became of a stage.
///
/// ```
/// use measured_core::Verdict;
///
/// assert_eq!(Verdict::NoDifferenceShown.to_string(), "no difference shown");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Verdict {
    /// Less self time per record, by more than noise.
    Faster,
    /// More self time per record, by more than noise.
    Slower,
    /// Noise explains what difference there is, or nothing was timed. That there is
    /// none is not said by that.
    NoDifferenceShown,
    /// Not in the reports after.
    Gone,
    /// Not in the reports before, or never run there.
    New,
    /// In the reports after, and never run.
    NeverReached,
    /// Nothing was measured on one of the sides: [`Timing::Off`](crate::Timing::Off).
    NotMeasured,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Verdict::Faster => "faster",
            Verdict::Slower => "slower",
            Verdict::NoDifferenceShown => "no difference shown",
            Verdict::Gone => "gone",
            Verdict::New => "new",
            Verdict::NeverReached => "never reached",
            Verdict::NotMeasured => "not measured",
        })
    }
}

impl Report {
    /// What a change has made of an earlier report. Several reports a side say more:
    /// [`Comparison::between`].
    ///
    /// ```
    /// # use measured_core::Report;
    /// let earlier = Report::capture();
    /// println!("{}", Report::capture().compare_to(&earlier));
    /// ```
    #[must_use]
    pub fn compare_to(&self, earlier: &Report) -> Comparison {
        Comparison::between(std::slice::from_ref(earlier), std::slice::from_ref(self))
    }
}

impl Comparison {
    /// Several reports before and several after; one each is allowed, and none. Takes time
    /// in proportion to the reports and their stages.
    ///
    /// ```
    /// use measured_core::{Comparison, Report};
    ///
    /// let reports: Vec<Report> = (0..3).map(|_| Report::capture()).collect();
    /// let comparison = Comparison::between(&reports[..1], &reports[1..]);
    /// assert_eq!((comparison.reports_before, comparison.reports_after), (1, 2));
    /// ```
    #[must_use]
    pub fn between(before: &[Report], after: &[Report]) -> Comparison {
        let [earlier, later] = [before, after].map(Side::of);
        let was_measured = earlier.was_measured && later.was_measured;
        let partners = paired(&earlier.stages, &later.stages);
        let kept = partners.iter().enumerate().map(|(at, partner)| {
            let was = partner.map_or(&[][..], |was| &earlier.seen[was]);
            compared(&later.stages[at], was, &later.seen[at])
        });
        let gone = (0..earlier.stages.len())
            .filter(|was| !partners.contains(&Some(*was)))
            .map(|was| compared(&earlier.stages[was], &earlier.seen[was], &[]));
        let walls = |reports: &[Report]| {
            readings(reports, |r| is_measured(r).then(|| exact(r.wall_ns as f64)))
        };
        let verdict = |stage: StageComparison| StageComparison {
            verdict: if was_measured {
                stage.verdict
            } else {
                Verdict::NotMeasured
            },
            ..stage
        };
        Comparison {
            reports_before: before.len(),
            reports_after: after.len(),
            wall_ns: Difference::of(NoiseOf::Time, &walls(before), &walls(after)),
            stages: kept.chain(gone).map(verdict).collect(),
        }
    }

    /// The first stage of this name.
    ///
    /// ```
    /// # use measured_core::Report;
    /// let report = Report::capture();
    /// assert_eq!(report.compare_to(&report).stage("nobody's"), None);
    /// ```
    #[must_use]
    pub fn stage(&self, name: &str) -> Option<&StageComparison> {
        self.stages.iter().find(|stage| stage.name == name)
    }
}

impl StageComparison {
    /// On one side at least.
    pub(super) fn is_too_quick(&self) -> bool {
        self.too_quick_before || self.too_quick_after
    }
}

/// A stage in one report of a side.
#[derive(Clone, Copy)]
struct Seen<'a> {
    report: &'a Report,
    stage: &'a StageReport,
}

impl Seen<'_> {
    fn is_too_quick(&self) -> bool {
        self.report.is_below_resolution(self.stage)
    }

    /// What a pull's time may be off by beyond what is sampled.
    fn blur_ns(&self) -> f64 {
        if self.is_too_quick() {
            self.report.timing.clock_ns
        } else {
            0.0
        }
    }
}

/// The stages of all reports of a side.
struct Side<'a> {
    /// False where there are reports, and all of them of runs without measuring.
    was_measured: bool,
    stages: Vec<Identity>,
    /// Of each stage, the reports that have it.
    seen: Vec<Vec<Seen<'a>>>,
}

impl<'a> Side<'a> {
    fn of(reports: &'a [Report]) -> Side<'a> {
        let mut side = Side {
            was_measured: reports.is_empty() || reports.iter().any(is_measured),
            stages: Vec::new(),
            seen: Vec::new(),
        };
        for report in reports {
            let stages = Identity::all(&report.stages);
            let partners = paired(&side.stages, &stages);
            for ((stage, identity), partner) in report.stages.iter().zip(stages).zip(partners) {
                let at = partner.unwrap_or_else(|| {
                    side.stages.push(identity);
                    side.seen.push(Vec::new());
                    side.stages.len() - 1
                });
                side.seen[at].push(Seen { report, stage });
            }
        }
        side
    }
}

/// Where timing is off, a report knows of no stage, and its wall is 0.
fn is_measured(report: &Report) -> bool {
    report.timing.mode != TimingMode::Off || report.wall_ns > 0
}

fn exact(value: f64) -> Reading {
    Reading { value, error: 0.0 }
}

fn readings<T>(of: &[T], read: impl Fn(&T) -> Option<Reading>) -> Vec<Reading> {
    of.iter().filter_map(read).collect()
}

fn compared(identity: &Identity, before: &[Seen<'_>], after: &[Seen<'_>]) -> StageComparison {
    let by = |noise_of, read: fn(&Seen<'_>) -> Option<Reading>| {
        Difference::of(noise_of, &readings(before, read), &readings(after, read))
    };
    let count = |read: fn(&Seen<'_>) -> Option<Reading>| by(NoiseOf::Count, read);
    let self_ns = by(NoiseOf::Time, own_per_record);
    StageComparison {
        name: identity.name.clone(),
        location: identity.location.clone(),
        verdict: verdict(before, after, &self_ns),
        low_confidence: before.iter().chain(after).any(|s| s.stage.low_confidence),
        too_quick_before: before.iter().any(Seen::is_too_quick),
        too_quick_after: after.iter().any(Seen::is_too_quick),
        self_ns,
        p99_ns: by(NoiseOf::Time, p99),
        throughput_rps: by(NoiseOf::Time, |s| {
            (s.stage.total_ns > 0).then(|| exact(s.stage.throughput_rps))
        }),
        selectivity: count(|s| s.stage.selectivity().map(exact)),
        records_in: count(|s| Some(exact(s.stage.records_in as f64))),
        records_out: count(|s| Some(exact(s.stage.records_out as f64))),
        records_err: count(|s| Some(exact(s.stage.records_err as f64))),
        panicked: count(|s| Some(exact(s.stage.panicked as f64))),
    }
}

fn verdict(before: &[Seen<'_>], after: &[Seen<'_>], self_ns: &Difference) -> Verdict {
    let has_run = |side: &[Seen<'_>]| side.iter().any(|s| !s.stage.is_cold());
    if after.is_empty() {
        Verdict::Gone
    } else if !has_run(after) {
        Verdict::NeverReached
    } else if !has_run(before) {
        Verdict::New
    } else if !self_ns.is_shown() {
        Verdict::NoDifferenceShown
    } else if self_ns.after < self_ns.before {
        Verdict::Faster
    } else {
        Verdict::Slower
    }
}

fn p99(seen: &Seen<'_>) -> Option<Reading> {
    let latency = &seen.stage.latency;
    (latency.count > 0).then(|| Reading {
        value: latency.p99_ns as f64,
        error: latency
            .quantile_error(0.99)
            .unwrap_or(0.0)
            .hypot(seen.blur_ns()),
    })
}

fn own_per_record(seen: &Seen<'_>) -> Option<Reading> {
    let Seen { report, stage } = seen;
    let value = stage.own_per_record()?;
    let of_sampling = stage.error_ns(report) / stage.records() as f64;
    let missed = if stage.low_confidence {
        stage.closure
    } else {
        0.0
    };
    let blur = seen.blur_ns() * stage.pulls as f64 / stage.records() as f64;
    Some(Reading {
        value,
        error: of_sampling.hypot(missed * value).hypot(blur),
    })
}
