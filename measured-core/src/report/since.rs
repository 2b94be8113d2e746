//! What happened between two captures.

use super::pairs::{Identity, paired};
use super::resolution::CLOSURE;
use super::{Origin, Report, StageReport};
use crate::allocations::StageAllocations;
use std::fmt;

impl Report {
    /// What happened since an earlier capture of the same registry: an interval, in
    /// which counts, times and histograms are those of this report less those of the
    /// earlier one.
    ///
    /// Counts are exact. Times are differences of estimates, the less certain the
    /// shorter the interval is beside what came before it; `share_ci` says how much.
    /// Where no record passed there are no shares, and there is no bottleneck. A
    /// maximum is that of the interval where it was exceeded there, else the upper end
    /// of the histogram. `active`, `silent_ns`, `closure` and `low_confidence` are this
    /// report's, as they cannot be told for an interval; but for the last two where the
    /// stage was only counted until the earlier report, and is timed since.
    ///
    /// # Errors
    /// The other report is of another process or registry, later, or an interval that
    /// begins elsewhere; one of them is of several captures.
    ///
    /// ```
    /// # if cfg!(feature = "enable") {
    /// use measured_core::{Measured, Registry};
    ///
    /// let registry = Registry::new();
    /// let work = |records| registry.scope(|| (0..records).measured("numbers").for_each(drop));
    /// work(1_000);
    /// let earlier = registry.capture();
    /// work(10);
    /// let interval = registry.capture().since(&earlier)?;
    /// assert_eq!(interval.stage("numbers").unwrap().records_out, 10);
    /// # }
    /// # Ok::<(), measured_core::SinceError>(())
    /// ```
    pub fn since(&self, earlier: &Report) -> Result<Report, SinceError> {
        let origin = interval(self.origin.as_ref(), earlier.origin.as_ref())?;
        let mut timing = self.timing.clone();
        timing.clock_steps_back -= earlier.timing.clock_steps_back.min(timing.clock_steps_back);
        let mut report = Report {
            schema: self.schema,
            origin: Some(origin),
            wall_ns: self.wall_ns.saturating_sub(earlier.wall_ns),
            source_ns: self.source_ns.saturating_sub(earlier.source_ns),
            sink_ns: self.sink_ns.saturating_sub(earlier.sink_ns),
            instrumentation_ns: self
                .instrumentation_ns
                .saturating_sub(earlier.instrumentation_ns),
            unattributed_ns: 0,
            timing,
            stages: Vec::new(),
            merged_from: Vec::new(),
        };
        let (before, now) = (Identity::all(&earlier.stages), Identity::all(&self.stages));
        let stages = self.stages.iter().zip(paired(&before, &now));
        report.stages = stages
            .map(|(stage, was)| match was {
                Some(was) => {
                    let error = error_between(self, stage, earlier, &earlier.stages[was]);
                    less(stage, &earlier.stages[was], error)
                }
                None => StageReport {
                    share_ci: stage.error_ns(self),
                    ..stage.clone()
                },
            })
            .collect();
        report.derive_figures();
        report.set_timeable_pulls(self.timeable_pulls() - earlier.timeable_pulls());
        if !report.has_records() {
            // What little time there is comes of estimates, and is nobody's.
            for stage in &mut report.stages {
                (stage.share, stage.share_ci) = (0.0, 0.0);
            }
        }
        Ok(report)
    }
}

/// The origin of what is between two captures.
fn interval(later: Option<&Origin>, earlier: Option<&Origin>) -> Result<Origin, SinceError> {
    let (later, earlier) = later.zip(earlier).ok_or(SinceError::SeveralCaptures)?;
    if (&later.process, later.registry) != (&earlier.process, earlier.registry) {
        return Err(SinceError::OtherRegistry);
    }
    if later.since != earlier.since {
        return Err(SinceError::OtherBeginning);
    }
    if later.sequence < earlier.sequence {
        return Err(SinceError::Reversed);
    }
    Ok(Origin {
        since: Some(earlier.sequence),
        ..later.clone()
    })
}

/// The standard error of what was added to a stage's self time, in nanoseconds: the
/// pulls in between were drawn apart from those before, so that variances add up.
fn error_between(now: &Report, stage: &StageReport, earlier: &Report, was: &StageReport) -> f64 {
    let [now, before] = [stage.error_ns(now), was.error_ns(earlier)].map(|error| error.powi(2));
    (now - before).max(0.0).sqrt()
}

/// A stage less what it was; its `share_ci` is the standard error of its self time until
/// the wall is divided.
fn less(stage: &StageReport, was: &StageReport, error: f64) -> StageReport {
    let timed_pulls = stage.timed_pulls.saturating_sub(was.timed_pulls);
    let first_outs = stage.first_outs.saturating_sub(was.first_outs);
    let until_first =
        |stage: &StageReport| stage.first_out_ns.unwrap_or(0) as f64 * stage.first_outs as f64;
    let recent: Vec<u64> = stage.recent_ns().collect();
    let new = recent.len() - recent.len().min(timed_pulls as usize);
    // Where no run was there, what little differs comes of the clock's rate, which is known
    // ever better, and of how the wall is shared.
    let ended = |stage: &StageReport| (stage.exhausted, stage.dropped, stage.panicked);
    let is_idle = stage.active == 0 && stage.runs == was.runs && ended(stage) == ended(was);
    let since = |now: u64, before: u64| {
        if is_idle {
            0
        } else {
            now.saturating_sub(before)
        }
    };
    let (closure, low_confidence) = closure_since(stage, was);
    StageReport {
        name: stage.name.clone(),
        location: stage.location.clone(),
        inputs: stage.inputs.clone(),
        runs: stage.runs.saturating_sub(was.runs),
        exhausted: stage.exhausted.saturating_sub(was.exhausted),
        dropped: stage.dropped.saturating_sub(was.dropped),
        panicked: stage.panicked.saturating_sub(was.panicked),
        active: stage.active,
        records_in: stage.records_in.saturating_sub(was.records_in),
        records_out: stage.records_out.saturating_sub(was.records_out),
        records_err: stage.records_err.saturating_sub(was.records_err),
        pulls: stage.pulls.saturating_sub(was.pulls),
        allocations: allocations_since(stage, was),
        timed_pulls,
        self_ns: since(stage.self_ns, was.self_ns),
        upstream_ns: since(stage.upstream_ns, was.upstream_ns),
        nested_ns: since(stage.nested_ns, was.nested_ns),
        downstream_ns: since(stage.downstream_ns, was.downstream_ns),
        total_ns: stage.total_ns.saturating_sub(was.total_ns),
        first_out_ns: (first_outs > 0).then(|| {
            let sum = until_first(stage) - until_first(was);
            (sum / first_outs as f64).max(0.0).round() as u64
        }),
        first_outs,
        share: 0.0,
        share_ci: error,
        closure,
        low_confidence,
        fed_elsewhere: stage.fed_elsewhere,
        throughput_rps: 0.0,
        latency: stage.latency.less(&was.latency),
        recent: recent[new..].iter().copied().collect(),
        silent_ns: stage.silent_ns,
    }
}

/// How far the samples miss the wall, and whether that is too far: of a stage that was only
/// counted until then, what there was no clock for is over; of others nobody can tell it for
/// an interval.
fn closure_since(stage: &StageReport, was: &StageReport) -> (f64, bool) {
    let total_ns = stage.total_ns.saturating_sub(was.total_ns);
    let was_only_counted = was.total_ns > 0 && !was.was_timed();
    if was_only_counted && total_ns > 0 {
        let closure = stage.accounted_ns() / total_ns as f64 - 1.0;
        (closure, closure.abs() > CLOSURE)
    } else {
        (stage.closure, stage.low_confidence)
    }
}

/// Nothing where one of those runs may have gone on that began before allocations were
/// tracked: its records are counted, and not what it allocated.
fn allocations_since(stage: &StageReport, was: &StageReport) -> Option<StageAllocations> {
    let before = was.allocations.unwrap_or_default();
    let one_went_on = was.active > 0 && before.runs < was.runs;
    stage
        .allocations
        .filter(|_| !one_went_on)
        .map(|now| now.less(&before))
}

/// Why there is nothing between two reports.
///
/// ```
/// use measured_core::{Report, SinceError};
///
/// let (earlier, later) = (Report::capture(), Report::capture());
/// assert_eq!(earlier.since(&later), Err(SinceError::Reversed));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SinceError {
    /// They are of two registries, of one process or of two.
    OtherRegistry,
    /// The other one is the later.
    Reversed,
    /// They are intervals that begin at different captures, or one is an interval.
    OtherBeginning,
    /// One of them was merged, and is no capture.
    SeveralCaptures,
}

impl fmt::Display for SinceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SinceError::OtherRegistry => {
                "the two reports are of different registries or processes: take an interval between captures of one"
            }
            SinceError::Reversed => "the earlier report is the later one: swap them",
            SinceError::OtherBeginning => {
                "one of the reports is an interval that begins elsewhere: take both from whole captures"
            }
            SinceError::SeveralCaptures => {
                "one of the reports is merged from several: take the intervals first, then merge them"
            }
        })
    }
}

impl std::error::Error for SinceError {}
