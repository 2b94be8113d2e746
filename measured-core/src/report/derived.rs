//! The figures that follow from a report's other figures: shares, rates, means.
//! Whoever puts a report together sets the sums, and these follow.

use super::{Report, StageReport};

/// What has no more than this part of the wall is not worth a sentence: so much is left
/// of a wall, or is too much, that is as good as divided.
pub(super) const WORTH_TELLING: f64 = 0.05;

impl StageReport {
    /// Whether there are times, and not counts alone.
    pub(super) fn was_timed(&self) -> bool {
        self.timed_pulls > 0 || self.self_ns > 0
    }

    /// Nanoseconds of its runs that the samples account for: none where it was only counted.
    pub(super) fn accounted_ns(&self) -> f64 {
        if self.was_timed() {
            (1.0 + self.closure) * self.total_ns as f64
        } else {
            0.0
        }
    }

    /// What its time is divided by: the larger of the records in and out.
    pub(super) fn records(&self) -> u64 {
        self.records_in.max(self.records_out)
    }

    /// Its self time per record in nanoseconds; `None` where nothing was timed.
    pub(super) fn own_per_record(&self) -> Option<f64> {
        (self.was_timed() && self.records() > 0)
            .then(|| self.self_ns as f64 / self.records() as f64)
    }

    /// The standard error of its self time.
    pub(super) fn error_ns(&self, report: &Report) -> f64 {
        // Two standard errors, of a part of the wall.
        self.share_ci / 2.0 * report.wall_ns as f64
    }
}

impl Report {
    /// From the sums, with each stage's `share_ci` the standard error of its self time in
    /// nanoseconds: shares, rates and means, and what is left of the wall.
    pub(super) fn derive_figures(&mut self) {
        let wall = self.wall_ns as f64;
        for stage in &mut self.stages {
            let own = stage.self_ns as f64;
            stage.share = ratio(own, wall);
            stage.share_ci = ratio(2.0 * stage.share_ci, wall);
            stage.throughput_rps = ratio(stage.records_out as f64 * 1e9, stage.total_ns as f64);
            stage.latency.mean_ns = stage.latency.mean();
        }
        self.timing.overhead = ratio(self.instrumentation_ns as f64, wall);
        self.unattributed_ns = self.unattributed();
    }

    /// Sets `timing.one_in`, from how many pulls could have been timed.
    pub(super) fn set_timeable_pulls(&mut self, pulls: f64) {
        let timed = self.timed_pulls();
        self.timing.one_in = (timed > 0.0).then(|| (pulls / timed).max(1.0));
    }

    /// How many pulls could have been timed, of stages of which some were: of a stage's
    /// own fields it does not follow, as its body pulls too.
    pub(super) fn timeable_pulls(&self) -> f64 {
        self.timing.one_in.unwrap_or(0.0) * self.timed_pulls()
    }

    fn timed_pulls(&self) -> f64 {
        self.stages
            .iter()
            .map(|stage| stage.timed_pulls as f64)
            .sum()
    }

    /// Nothing where there is no wall.
    pub(super) fn part_of_wall(&self, ns: f64) -> f64 {
        ratio(ns, self.wall_ns as f64)
    }

    /// Whether a record passed any of its stages.
    pub(super) fn has_records(&self) -> bool {
        self.stages.iter().any(|stage| stage.records() > 0)
    }

    /// What is left of the wall.
    pub(super) fn unattributed(&self) -> i64 {
        let stages = self.stages.iter().map(|stage| stage.self_ns);
        let others = [self.source_ns, self.sink_ns, self.instrumentation_ns];
        let attributed = stages.chain(others).fold(0, u64::saturating_add);
        signed(self.wall_ns).saturating_sub(signed(attributed))
    }
}

/// `part / whole`; nothing of nothing.
pub(super) fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

fn signed(ns: u64) -> i64 {
    i64::try_from(ns).unwrap_or(i64::MAX)
}
