//! The reports of several processes as one.

use super::order::in_pipeline_order;
use super::pairs::{Identity, paired_to_add, unique_names};
use super::resolution::CLOSURE;
use super::{Report, SCHEMA, StageReport, TimingMode, TimingReport};
use std::cmp::Reverse;
use std::fmt;

impl Report {
    /// The reports of several processes as one, in which counts and times are added up.
    ///
    /// In whatever order and however grouped reports are merged, the result is the
    /// same. A report that comes twice counts once; of several captures of a process
    /// the last counts, as it has all that was in those before. Intervals
    /// ([`Report::since`]) that follow one another are added up, and one that lies
    /// within another counts once. What went in is kept in
    /// [`merged_from`](Report::merged_from), and [`Report::skew`] says which process
    /// is not like the others. A single report comes back as it is.
    ///
    /// Stages are one where name and location are the same. A name that no report has
    /// twice is one stage wherever it stands, as lines move from build to build. How many
    /// runs are [`active`](StageReport::active) is what each registry's last report says.
    ///
    /// Quantiles come from the added histograms and are within 10 % of the true ones.
    /// Recent latencies are those of the report that was captured last.
    ///
    /// # Errors
    /// There is no report, or two intervals of one process have a part in common.
    ///
    /// ```
    /// # if cfg!(feature = "enable") {
    /// # use measured_core::{Measured, Registry};
    /// use measured_core::Report;
    ///
    /// # let run = |n| { let r = Registry::new(); r.scope(|| (0..n).measured("parse").for_each(drop)); r.capture() };
    /// let (one, other) = (run(10), run(20)); // say, from two machines
    /// let both = Report::merge([one.clone(), other, one])?;
    /// assert_eq!(both.stage("parse").unwrap().records_out, 30);
    /// assert_eq!(both.merged_from.len(), 2);
    /// # }
    /// # Ok::<(), measured_core::MergeError>(())
    /// ```
    pub fn merge(reports: impl IntoIterator<Item = Report>) -> Result<Report, MergeError> {
        let captures = reports.into_iter().flat_map(|mut report| {
            let parts = std::mem::take(&mut report.merged_from);
            if parts.is_empty() {
                vec![report]
            } else {
                parts
            }
        });
        let mut captures = without_what_others_have(captures.collect());
        for (at, capture) in captures.iter().enumerate() {
            if captures[..at].iter().any(|other| capture.overlaps(other)) {
                let process = capture.origin.as_ref().map(|origin| origin.process.clone());
                return Err(MergeError::Overlap(process.unwrap_or_default()));
            }
        }
        match captures.len() {
            0 => Err(MergeError::Nothing),
            1 => Ok(captures.remove(0)),
            _ => {
                let mut report = sum(&captures);
                report.merged_from = captures;
                Ok(report)
            }
        }
    }

    /// From which capture of its registry to which it is.
    fn span(&self) -> Option<(&str, u64, u64, u64)> {
        let origin = self.origin.as_ref()?;
        let since = origin.since.unwrap_or(0);
        Some((&origin.process, origin.registry, since, origin.sequence))
    }

    /// Whether it has all that is in the other one.
    fn contains(&self, other: &Report) -> bool {
        match self.span().zip(other.span()) {
            Some(((process, registry, since, until), other)) => {
                (process, registry) == (other.0, other.1) && since <= other.2 && other.3 <= until
            }
            // Without an origin, as other programs may write it.
            None => self == other,
        }
    }

    /// Whether it is a later part of the same registry's life.
    fn follows(&self, other: &Report) -> bool {
        self.span().zip(other.span()).is_some_and(|(mine, theirs)| {
            (mine.0, mine.1) == (theirs.0, theirs.1) && theirs.3 <= mine.2
        })
    }

    fn overlaps(&self, other: &Report) -> bool {
        self.span().zip(other.span()).is_some_and(|(mine, theirs)| {
            (mine.0, mine.1) == (theirs.0, theirs.1) && mine.2 < theirs.3 && theirs.2 < mine.3
        })
    }
}

/// In an order that does not depend on that in which they came: by process, longer
/// intervals before those that they contain.
fn without_what_others_have(mut captures: Vec<Report>) -> Vec<Report> {
    captures.sort_by(|a, b| {
        let key = |report: &Report| {
            report.span().map(|(process, registry, since, until)| {
                (process.to_owned(), registry, since, Reverse(until))
            })
        };
        key(a).cmp(&key(b))
    });
    let mut kept: Vec<Report> = Vec::new();
    for capture in captures {
        if !kept.iter().any(|other| other.contains(&capture)) {
            kept.push(capture);
        }
    }
    kept
}

/// All of them added up; at least one.
pub(super) fn sum(captures: &[Report]) -> Report {
    let total = |of: fn(&Report) -> u64| captures.iter().map(of).fold(0, u64::saturating_add);
    let mut report = Report {
        schema: SCHEMA,
        origin: None,
        wall_ns: total(|r| r.wall_ns),
        source_ns: total(|r| r.source_ns),
        sink_ns: total(|r| r.sink_ns),
        instrumentation_ns: total(|r| r.instrumentation_ns),
        unattributed_ns: 0,
        timing: timing(captures),
        stages: stages(captures),
        merged_from: Vec::new(),
    };
    report.derive_figures();
    report.set_timeable_pulls(captures.iter().map(Report::timeable_pulls).sum());
    report
}

fn timing(captures: &[Report]) -> TimingReport {
    let all = || captures.iter().map(|capture| &capture.timing);
    TimingReport {
        mode: shared(captures, |timing| &timing.mode)
            .copied()
            .unwrap_or(TimingMode::Mixed),
        one_in: None,
        budget: shared(captures, |timing| &timing.budget).copied().flatten(),
        overhead: 0.0,
        clock: shared(captures, |timing| &timing.clock)
            .cloned()
            .unwrap_or_else(|| TimingMode::Mixed.to_string()),
        clock_ns: all().map(|timing| timing.clock_ns).fold(0.0, f64::max),
        clock_steps_back: all()
            .map(|timing| timing.clock_steps_back)
            .fold(0, u64::saturating_add),
    }
}

/// What all of them have, if it is the same.
fn shared<T: PartialEq>(captures: &[Report], of: fn(&TimingReport) -> &T) -> Option<&T> {
    let mut all = captures.iter().map(|capture| of(&capture.timing));
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

/// The stages of all of them; each `share_ci` is the standard error of its self time
/// until the wall is divided.
fn stages(captures: &[Report]) -> Vec<StageReport> {
    let mut stages: Vec<StageReport> = Vec::new();
    let latest = captures
        .iter()
        .filter_map(|capture| Some(capture.origin.as_ref()?.unix_ms))
        .max();
    let unique = unique_names(captures);
    for (at, capture) in captures.iter().enumerate() {
        let is_latest = capture.origin.as_ref().map(|origin| origin.unix_ms) == latest;
        let is_followed = captures
            .get(at + 1)
            .is_some_and(|next| next.follows(capture));
        let (known, new) = (Identity::all(&stages), Identity::all(&capture.stages));
        for (stage, partner) in capture
            .stages
            .iter()
            .zip(paired_to_add(&known, &new, &unique))
        {
            let mut stage = stage.clone();
            stage.share_ci = stage.error_ns(capture);
            if is_followed {
                // These two say how things stood, which the next interval knows better.
                (stage.active, stage.silent_ns) = (0, None);
            }
            match partner {
                Some(at) => add(&mut stages[at], &stage, is_latest),
                None => stages.push(stage),
            }
        }
    }
    let place = |name: &String| stages.iter().position(|stage| stage.name == *name);
    let inputs: Vec<Vec<usize>> = stages
        .iter()
        .map(|stage| stage.inputs.iter().filter_map(place).collect())
        .collect();
    in_pipeline_order(stages, &inputs)
}

/// Both have the standard error of their self time in `share_ci`.
fn add(sum: &mut StageReport, stage: &StageReport, is_latest: bool) {
    let all = sum.total_ns as f64 + stage.total_ns as f64;
    if all > 0.0 && (sum.was_timed() || stage.was_timed()) {
        sum.closure = (sum.accounted_ns() + stage.accounted_ns()) / all - 1.0;
        sum.low_confidence |= sum.was_timed() != stage.was_timed() && sum.closure < -CLOSURE;
    }
    if let Some(first) = stage.first_out_ns {
        let (before, outs) = (sum.first_outs as f64, stage.first_outs as f64);
        let so_far = sum.first_out_ns.unwrap_or(0) as f64 * before;
        let mean = (so_far + first as f64 * outs) / (before + outs).max(1.0);
        sum.first_out_ns = Some(mean.round() as u64);
    }
    for input in &stage.inputs {
        if !sum.inputs.contains(input) {
            sum.inputs.push(input.clone());
        }
    }
    for (mine, theirs) in [
        (&mut sum.runs, stage.runs),
        (&mut sum.exhausted, stage.exhausted),
        (&mut sum.dropped, stage.dropped),
        (&mut sum.panicked, stage.panicked),
        (&mut sum.active, stage.active),
        (&mut sum.records_in, stage.records_in),
        (&mut sum.records_out, stage.records_out),
        (&mut sum.records_err, stage.records_err),
        (&mut sum.pulls, stage.pulls),
        (&mut sum.timed_pulls, stage.timed_pulls),
        (&mut sum.self_ns, stage.self_ns),
        (&mut sum.upstream_ns, stage.upstream_ns),
        (&mut sum.nested_ns, stage.nested_ns),
        (&mut sum.downstream_ns, stage.downstream_ns),
        (&mut sum.total_ns, stage.total_ns),
        (&mut sum.first_outs, stage.first_outs),
    ] {
        *mine = mine.saturating_add(theirs);
    }
    if let Some(allocations) = stage.allocations {
        *sum.allocations.get_or_insert_default() += allocations;
    }
    sum.share_ci = sum.share_ci.hypot(stage.share_ci);
    sum.low_confidence |= stage.low_confidence;
    sum.fed_elsewhere |= stage.fed_elsewhere;
    sum.latency.add(&stage.latency);
    sum.silent_ns = sum.silent_ns.max(stage.silent_ns);
    if is_latest {
        sum.recent = stage.recent.clone();
    }
}

/// Why reports cannot be merged.
///
/// ```
/// use measured_core::{MergeError, Report};
///
/// assert_eq!(Report::merge([]), Err(MergeError::Nothing));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MergeError {
    /// No report was given.
    Nothing,
    /// Two intervals of this process have a part in common and neither has all of the
    /// other.
    Overlap(String),
}

impl fmt::Display for MergeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MergeError::Nothing => f.write_str("nothing to merge: give at least one report"),
            MergeError::Overlap(process) => write!(
                f,
                "two intervals of process {process} have a part in common: merge whole captures, or intervals that \
                 follow one another"
            ),
        }
    }
}

impl std::error::Error for MergeError {}
