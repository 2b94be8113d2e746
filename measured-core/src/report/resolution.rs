//! What is too quick for the clock.

use super::derived::WORTH_TELLING;
use super::{Report, StageReport};

/// Stands for figures that are [below the resolution](Report::is_below_resolution).
pub(super) const TOO_QUICK: &str = "too quick";

/// The samples of a stage must account for its wall to within this part of it.
pub(super) const CLOSURE: f64 = 0.05;

impl Report {
    /// Whether a stage's pulls are too quick for its self time to be told: they take less
    /// than one read of the clock (`timing.clock_ns`) on average, or less than two and
    /// `share_ci` leaves open that they take no time at all.
    ///
    /// A timed pull reads the clock on its way in and out, and what that takes is taken
    /// off again; below the size of what was taken off, the remainder says little,
    /// however often it is repeated. Tables leave such figures out, fields keep them.
    ///
    /// Where the samples miss a part of the stage's wall it is not that, however quick the
    /// pulls that were timed: one that was missed may have been long.
    ///
    /// ```
    /// # use measured_core::Report;
    /// let report = Report::capture();
    /// for stage in report.stages.iter().filter(|stage| report.is_below_resolution(stage)) {
    ///     println!("{}: counted, too quick to be timed", stage.name);
    /// }
    /// ```
    #[must_use]
    pub fn is_below_resolution(&self, stage: &StageReport) -> bool {
        let read = self.timing.clock_ns;
        let own = stage.self_ns as f64 / stage.pulls as f64;
        let may_be_nothing = stage.share_ci >= stage.share;
        let misses = stage.low_confidence && stage.closure < -CLOSURE;
        let is_quick = own < read || (own < 2.0 * read && may_be_nothing);
        stage.timed_pulls > 0 && is_quick && !misses
    }

    /// Whether what the source has of the wall is worth telling and not to be relied on:
    /// it rests on the timed pulls of the stages that pull it.
    pub(super) fn is_source_doubtful(&self) -> bool {
        self.is_end_doubtful(self.source_ns, |stage| stage.inputs.is_empty())
    }

    /// The same of the sink, which is what is left by the stages that end pipelines.
    pub(super) fn is_sink_doubtful(&self) -> bool {
        let feeds = |name: &String| self.stages.iter().any(|stage| stage.inputs.contains(name));
        self.is_end_doubtful(self.sink_ns, |stage| !feeds(&stage.name))
    }

    /// As doubtful as the stages that it rests on, and too quick for the clock where it
    /// comes to less than two reads for each of their pulls.
    fn is_end_doubtful(&self, ns: u64, rests_on: impl Fn(&StageReport) -> bool) -> bool {
        let mut pulls: u64 = 0;
        let mut is_doubted = false;
        let timed = self.stages.iter().filter(|stage| stage.timed_pulls > 0);
        for stage in timed.filter(|stage| rests_on(stage)) {
            pulls = pulls.saturating_add(stage.pulls);
            is_doubted |= stage.low_confidence && !stage.fed_elsewhere;
        }
        let is_worth_telling = self.part_of_wall(ns as f64) > WORTH_TELLING;
        let is_too_quick = (ns as f64) < 2.0 * self.timing.clock_ns * pulls as f64;
        is_worth_telling && (is_doubted || is_too_quick)
    }
}
