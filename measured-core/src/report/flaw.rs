//! What is wrong with a report whose figures contradict each other. A report that is
//! read may have been edited, or made by another program, and whoever sets a rule for it
//! must not be told that rubbish is well.
//!
//! What is asked for holds for all that we make: an interval's times are differences of
//! estimates, of which one may be more than the wall, so that a share has no upper bound.

use super::derived::ratio;
use super::latency::LatencyReport;
use super::{Report, StageReport};

impl Report {
    /// The first figure that cannot be, by its path in JSON, and what contradicts it.
    pub(super) fn flaw(&self) -> Option<String> {
        self.flaw_of_whole()
            .or_else(|| first("stages", &self.stages, |stage| self.flaw_of(stage)))
            .or_else(|| first("merged_from", &self.merged_from, Report::flaw))
    }

    fn flaw_of_whole(&self) -> Option<String> {
        let (left, told) = (self.unattributed(), self.unattributed_ns);
        let timing = &self.timing;
        let overhead = self.part_of_wall(self.instrumentation_ns as f64);
        let origin = self.origin.as_ref();
        let reversed = origin.and_then(|it| Some((it.since?, it.sequence)));
        let walls = self.merged_from.iter().map(|part| part.wall_ns);
        let walls = walls.fold(0, u64::saturating_add);
        [
            (left != told).then(|| {
                format!("unattributed_ns is {told}, where the other parts leave {left} of wall_ns")
            }),
            reversed
                .filter(|(since, sequence)| since > sequence)
                .map(|(since, sequence)| {
                    format!("origin.since is {since}, which is after origin.sequence, {sequence}")
                }),
            (!self.merged_from.is_empty() && walls != self.wall_ns).then(|| {
                format!(
                    "wall_ns is {}, where those of merged_from add up to {walls}",
                    self.wall_ns
                )
            }),
            unlike(
                ("timing.overhead", timing.overhead),
                ("instrumentation_ns / wall_ns", overhead),
                self.a_nanosecond(),
            ),
            outside("timing.clock_ns", timing.clock_ns, 0.0, f64::MAX),
            timing
                .one_in
                .and_then(|one_in| outside("timing.one_in", one_in, 1.0, f64::MAX)),
            timing
                .budget
                .and_then(|budget| outside("timing.budget", budget, 0.0, 1.0)),
        ]
        .into_iter()
        .flatten()
        .next()
    }

    fn flaw_of(&self, stage: &StageReport) -> Option<String> {
        let share = self.part_of_wall(stage.self_ns as f64);
        // Where nothing passed in an interval, what little time there is is nobody's.
        let is_nobodys = stage.share == 0.0 && !self.has_records();
        let rate = ratio(stage.records_out as f64 * 1e9, stage.total_ns as f64);
        [
            unlike(
                ("share", stage.share),
                ("self_ns / wall_ns", share),
                self.a_nanosecond(),
            )
            .filter(|_| !is_nobodys),
            outside("share_ci", stage.share_ci, 0.0, f64::MAX),
            unlike(
                ("throughput_rps", stage.throughput_rps),
                ("records_out / total_ns in seconds", rate),
                0.0,
            ),
            self.flaw_of_errors(stage),
            self.flaw_of_ends(stage),
            stage.latency.flaw().map(|flaw| format!("latency.{flaw}")),
        ]
        .into_iter()
        .flatten()
        .next()
    }

    /// Of the wall: what its parts are rounded to.
    fn a_nanosecond(&self) -> f64 {
        self.part_of_wall(1.0)
    }

    /// Errors are among the records: in an interval, perhaps among those told of before it.
    fn flaw_of_errors(&self, stage: &StageReport) -> Option<String> {
        let is_whole = self.origin.as_ref()?.since.is_none();
        let counts = [
            ("records_err", stage.records_err),
            ("records_out", stage.records_out),
        ];
        falling(&counts).filter(|_| is_whole)
    }

    /// How runs ended: in an interval, some that began before it.
    fn flaw_of_ends(&self, stage: &StageReport) -> Option<String> {
        let origin = self.origin.as_ref()?;
        let ends = [stage.exhausted, stage.dropped, stage.panicked, stage.active];
        let told = ends.into_iter().fold(0, u64::saturating_add);
        (origin.since.is_none() && told != stage.runs).then(|| {
            format!(
                "runs is {}, where exhausted, dropped, panicked and active add up to {told}",
                stage.runs
            )
        })
    }
}

impl LatencyReport {
    fn flaw(&self) -> Option<String> {
        falling(&[
            ("p50_ns", self.p50_ns),
            ("p90_ns", self.p90_ns),
            ("p99_ns", self.p99_ns),
            ("p999_ns", self.p999_ns),
            ("max_ns", self.max_ns),
        ])
        .or_else(|| outside("mean_ns", self.mean_ns, 0.0, self.max_ns as f64))
    }
}

/// The first flaw in a list, with its path.
fn first<T>(list: &str, of: &[T], flaw: impl Fn(&T) -> Option<String>) -> Option<String> {
    of.iter()
        .enumerate()
        .find_map(|(at, one)| Some(format!("{list}[{at}].{}", flaw(one)?)))
}

/// Figures of which each is at least the one before it, but are not.
fn falling(figures: &[(&str, u64)]) -> Option<String> {
    figures.windows(2).find_map(|pair| {
        let ((less, of_less), (more, of_more)) = (pair[0], pair[1]);
        (of_less > of_more)
            .then(|| format!("{less} is {of_less}, which is more than {more}, {of_more}"))
    })
}

fn outside(name: &str, figure: f64, least: f64, most: f64) -> Option<String> {
    if figure < least {
        Some(format!("{name} is {figure}, which is less than {least}"))
    } else if figure > most {
        Some(format!("{name} is {figure}, which is more than {most}"))
    } else {
        None
    }
}

/// A ratio that is not what it is made of, but for how it may have been rounded.
fn unlike(figure: (&str, f64), of: (&str, f64), rounding: f64) -> Option<String> {
    let ((name, figure), (what, expected)) = (figure, of);
    let near = rounding + expected * 1e-6;
    let is_like = figure >= 0.0 && (figure - expected).abs() <= near;
    (!is_like).then(|| format!("{name} is {figure}, where {what} comes to {expected}"))
}
