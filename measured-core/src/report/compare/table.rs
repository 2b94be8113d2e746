//! A comparison as a table, with what matters of it in sentences.

use super::difference::RUN_TO_RUN;
use super::{Comparison, Difference, StageComparison, Verdict};
use crate::figures::{change, decimal, duration, or_dash, percent, plus_or_minus};
use crate::grid::{Column, Grid, Sentence, Table, Tone};
use crate::report::label::label;
use crate::report::resolution::TOO_QUICK;
use std::fmt;

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl Comparison {
    /// Stage by stage, with the verdict in words; below it the wall, and how far to
    /// rely on it.
    ///
    /// ```
    /// # use measured_core::Report;
    /// # let (before, after) = (Report::capture(), Report::capture());
    /// // For a pull request.
    /// println!("{}", after.compare_to(&before).table().to_markdown());
    /// ```
    pub fn table(&self) -> Table {
        if self.stages.is_empty() {
            return Table::new().say(Sentence::new("No stage has run, before or after."));
        }
        let sentences = [
            Some(self.wall()),
            self.doubt(),
            self.too_quick(),
            Some(self.reliance()),
        ];
        let table = Table::new().grid(self.grid());
        sentences.into_iter().flatten().fold(table, Table::say)
    }

    fn grid(&self) -> Grid {
        let mut grid = Grid::new([
            Column::name("stage"),
            Column::figure("ns/record before").rank(1),
            Column::figure("after").rank(1),
            Column::figure("change"),
            Column::figure("kept").rank(2),
            Column::figure("p99").rank(4),
            Column::figure("records/s").rank(3),
            Column::words("verdict"),
        ]);
        for stage in &self.stages {
            grid.row(row(label(stage, &self.stages), stage))
                .tone(match stage.verdict {
                    Verdict::Faster => Tone::Good,
                    Verdict::Slower => Tone::Bad,
                    Verdict::NoDifferenceShown | Verdict::New => Tone::Plain,
                    Verdict::Gone | Verdict::NeverReached | Verdict::NotMeasured => Tone::Quiet,
                });
        }
        grid
    }

    fn wall(&self) -> Sentence {
        let wall = &self.wall_ns;
        let unmeasured = |side, reports, ns: Option<f64>| {
            (reports > 0 && ns.is_none()).then(|| {
                Sentence::new(format!(
                    "Nothing was measured {side}: timing was off; run with MEASURED=sampled."
                ))
                .tone(Tone::Bad)
            })
        };
        if let Some(said) = unmeasured("before", self.reports_before, wall.before)
            .or_else(|| unmeasured("after", self.reports_after, wall.after))
        {
            return said;
        }
        let [before, after] = [wall.before, wall.after].map(|ns| or_dash(ns, duration));
        let verdict = match (wall.is_shown(), wall.relative()) {
            (true, Some(part)) if part < 0.0 => "shorter",
            (true, Some(_)) => "longer",
            _ => "no difference shown",
        };
        let changed = relative(wall);
        Sentence::new(format!(
            "wall {before} before, {after} after, {changed}: {verdict}."
        ))
    }

    fn doubt(&self) -> Option<Sentence> {
        let doubted = self.stages.iter().any(|stage| stage.low_confidence);
        doubted.then(|| {
            Sentence::new(
                "?: low confidence. The samples do not add up to the wall; what they miss of it is in the ±.",
            )
        })
    }

    fn too_quick(&self) -> Option<Sentence> {
        let mut stages = self.stages.iter();
        stages.any(StageComparison::is_too_quick).then(|| {
            Sentence::new(
                "too quick: pulls take about a read of the clock or less, so that nothing is decided on differences of that size.",
            )
        })
    }

    fn reliance(&self) -> Sentence {
        let (before, after) = (self.reports_before, self.reports_after);
        let text = match (before, after) {
            (0 | 1, 0 | 1) => format!(
                "One report a side shows only large changes: runs are taken to differ by {} among themselves (±). Give \
                 three or more a side, which show by how much they do.",
                percent(RUN_TO_RUN)
            ),
            (0 | 1, _) | (_, 0 | 1) => format!(
                "±: what noise can come to, from the spread of {before} and {after} reports. Give three or more a side."
            ),
            _ => format!(
                "±: what noise can come to, in 99 of 100 cases, from the spread of {before} and {after} reports."
            ),
        };
        Sentence::new(text).tone(Tone::Quiet)
    }
}

fn row(label: String, stage: &StageComparison) -> [String; 8] {
    let own = &stage.self_ns;
    let known = |difference| {
        let is_known = !stage.is_too_quick();
        or_dash(is_known.then_some(difference), relative)
    };
    let doubt = if stage.low_confidence { "?" } else { "" };
    [
        label,
        timed(own.before, stage.too_quick_before),
        timed(own.after, stage.too_quick_after),
        known(own) + doubt,
        kept(&stage.selectivity),
        known(&stage.p99_ns),
        relative(&stage.throughput_rps),
        stage.verdict.to_string(),
    ]
}

fn timed(ns: Option<f64>, is_too_quick: bool) -> String {
    if is_too_quick {
        TOO_QUICK.to_owned()
    } else {
        or_dash(ns, decimal)
    }
}

/// Once where it is the same on both sides.
fn kept(selectivity: &Difference) -> String {
    match (selectivity.before, selectivity.after) {
        (Some(before), Some(after)) if selectivity.is_shown() => {
            format!("{} → {}", percent(before), percent(after))
        }
        (before, after) => or_dash(after.or(before), percent),
    }
}

fn relative(difference: &Difference) -> String {
    let noise = difference.relative_noise().unwrap_or(0.0);
    let changed = difference.relative();
    or_dash(changed, |part| change(part) + &plus_or_minus(noise))
}
