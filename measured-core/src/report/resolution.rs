//! What is too quick for the clock.

use super::{Report, StageReport};

impl Report {
    /// Whether a stage's pulls are too quick for its own time to be told: they take less
    /// than one read of the clock (`timing.clock_ns`) on average, or less than two and
    /// `share_ci` leaves open that they take no time at all.
    ///
    /// A timed pull reads the clock on its way in and out, and what that takes is taken
    /// off again; below the size of what was taken off, the remainder says little,
    /// however often it is repeated. Tables leave such figures out, fields keep them.
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
        stage.timed_pulls > 0 && (own < read || (own < 2.0 * read && may_be_nothing))
    }
}
