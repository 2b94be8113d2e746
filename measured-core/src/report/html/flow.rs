//! The stream of records, a drawing beside each stage: as wide as there are records.

use super::heat;
use super::lanes::{Band, Lanes, Row};
use crate::figures::count;
use crate::grid::html::words;
use crate::report::{Report, StageReport};
use std::fmt;

/// A lane's width; a drawing is as high.
const LANE: f64 = 100.0;

/// The width of most records.
const WIDEST: f64 = 72.0;

/// The width of the fewest: what is there is to be seen.
const NARROWEST: f64 = 1.5;

/// Where a stage begins and ends in its drawing.
const TOP: f64 = 30.0;
const BOTTOM: f64 = 70.0;

/// The stream through all stages.
pub(super) struct Flow<'a> {
    stages: &'a [StageReport],
    lanes: Lanes,
    /// Of each stage.
    consumers: Vec<Vec<usize>>,
    most: u64,
}

impl<'a> Flow<'a> {
    pub(super) fn of(report: &'a Report) -> Flow<'a> {
        let stages = &report.stages;
        let inputs = inputs(stages);
        let mut consumers = vec![Vec::new(); stages.len()];
        for (at, inputs) in inputs.iter().enumerate() {
            for &input in inputs {
                consumers[input].push(at);
            }
        }
        let records = stages.iter().map(StageReport::records);
        Flow {
            stages,
            lanes: Lanes::of(&inputs),
            consumers,
            most: records.max().unwrap_or(0),
        }
    }

    /// How many stages stand beside each other.
    pub(super) fn lanes(&self) -> usize {
        self.lanes.count
    }

    pub(super) fn most(&self) -> u64 {
        self.most
    }

    /// What stands beside the stage of this number.
    pub(super) fn beside(&self, at: usize) -> Drawing<'_> {
        Drawing { flow: self, at }
    }

    fn width(&self, records: f64) -> f64 {
        if records > 0.0 {
            (WIDEST * records / self.most as f64).max(NARROWEST)
        } else {
            0.0
        }
    }

    /// The records that go from one stage to another. Where a stage feeds several,
    /// nobody counts who takes which, and they are divided like what these took in.
    fn between(&self, from: usize, to: usize) -> f64 {
        let taken = |stage: &usize| self.stages[*stage].records_in as f64;
        let all: f64 = self.consumers[from].iter().map(taken).sum();
        let records = self.stages[from].records_out as f64;
        if all > 0.0 {
            records * taken(&to) / all
        } else {
            records / self.consumers[from].len().max(1) as f64
        }
    }

    /// The records of a stage that are on their way past the stage `at`.
    fn past(&self, from: usize, at: usize) -> f64 {
        let below = self.consumers[from].iter().filter(|&&to| to > at);
        below.map(|&to| self.between(from, to)).sum()
    }
}

/// The stages that each pulls from, by number. Reports have their names, and several
/// may have the same: then it is the one closest above.
fn inputs(stages: &[StageReport]) -> Vec<Vec<usize>> {
    let number = |at: usize, name: &str| {
        let above = stages[..at].iter().rposition(|stage| stage.name == name);
        above.or_else(|| stages.iter().position(|stage| stage.name == name))
    };
    let of_stage = |(at, stage): (usize, &StageReport)| {
        let mut inputs: Vec<usize> = stage.inputs.iter().filter_map(|n| number(at, n)).collect();
        inputs.sort_unstable();
        inputs.dedup();
        inputs
    };
    stages.iter().enumerate().map(of_stage).collect()
}

/// One stage, with what comes to it, goes from it and goes past it.
pub(super) struct Drawing<'a> {
    flow: &'a Flow<'a>,
    at: usize,
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = &self.flow.lanes.rows[self.at];
        write!(
            f,
            "<svg class=\"flow\" viewBox=\"0 0 {:.0} 100\" preserveAspectRatio=\"none\" role=\"img\"><title>",
            LANE * self.flow.lanes.count as f64
        )?;
        self.in_words(f)?;
        f.write_str("</title>")?;
        for band in &row.passing {
            let width = self.flow.width(self.flow.past(band.from, self.at));
            let x = middle(band.lane);
            stripe(f, "records", (x, 0.0, width), (x, 100.0, width))?;
        }
        self.inputs(f, row)?;
        self.outputs(f, row)?;
        self.stage(f, row)?;
        loops(f, row)?;
        f.write_str("</svg>")
    }
}

impl Drawing<'_> {
    fn report(&self) -> &StageReport {
        &self.flow.stages[self.at]
    }

    fn in_words(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stage = self.report();
        let from = match stage.inputs.as_slice() {
            [] => String::new(),
            inputs => format!(" from {}", words(&inputs.join(", "))),
        };
        let (records_in, records_out) = (count(stage.records_in), count(stage.records_out));
        write!(
            f,
            "{}: {records_in} records in{from}, {records_out} out",
            words(&stage.name)
        )
    }

    /// What comes in, side by side on the stage's upper edge; from above the drawing, or
    /// from what is not measured.
    fn inputs(&self, f: &mut fmt::Formatter<'_>, row: &Row) -> fmt::Result {
        let to = middle(row.lane);
        let edge = self.flow.width(self.report().records_in as f64);
        if row.inputs.is_empty() && row.loops.iter().all(|way| !way.ends) {
            return stripe(f, "records outer", (to, 8.0, edge), (to, TOP, edge));
        }
        let width = |band: &Band| self.flow.width(self.flow.between(band.from, self.at));
        let together: f64 = row.inputs.iter().map(width).sum();
        let fit = (edge / together).min(1.0);
        let mut left = to - edge / 2.0;
        for band in &row.inputs {
            let landing = width(band) * fit;
            let above = (middle(band.lane), 0.0, width(band));
            stripe(f, "records", above, (left + landing / 2.0, TOP, landing))?;
            left += landing;
        }
        Ok(())
    }

    fn outputs(&self, f: &mut fmt::Formatter<'_>, row: &Row) -> fmt::Result {
        let x = middle(row.lane);
        let below = self.flow.past(self.at, self.at);
        if below > 0.0 {
            let width = self.flow.width(below);
            stripe(f, "records", (x, BOTTOM, width), (x, 100.0, width))
        } else if self.flow.consumers[self.at].is_empty() {
            let width = self.flow.width(self.report().records_out as f64);
            stripe(f, "records outer", (x, BOTTOM, width), (x, 92.0, width))
        } else {
            Ok(())
        }
    }

    /// As wide as its records at either end, in the colour of its share.
    fn stage(&self, f: &mut fmt::Formatter<'_>, row: &Row) -> fmt::Result {
        let stage = self.report();
        let x = middle(row.lane);
        let [top, bottom] =
            [stage.records_in, stage.records_out].map(|records| self.flow.width(records as f64));
        // A stage that nothing went through is a line.
        let top = if top + bottom > 0.0 { top } else { NARROWEST };
        let fill = heat(stage.share.clamp(0.0, 1.0));
        let [left, right] = [x - top / 2.0, x + top / 2.0];
        let [lower_left, lower_right] = [x - bottom / 2.0, x + bottom / 2.0];
        write!(
            f,
            "<path {fill} d=\"M{left:.2} {TOP}H{right:.2}L{lower_right:.2} {BOTTOM}H{lower_left:.2}z\"/>"
        )
    }
}

/// What goes back up.
fn loops(f: &mut fmt::Formatter<'_>, row: &Row) -> fmt::Result {
    let stage = middle(row.lane);
    for way in &row.loops {
        let x = middle(way.lane);
        f.write_str("<path class=\"loop\" d=\"")?;
        match (way.begins, way.ends) {
            (true, true) => write!(f, "M{stage:.2} {BOTTOM}V85H{x:.2}V15H{stage:.2}V{TOP}"),
            (true, false) => write!(f, "M{stage:.2} {BOTTOM}V85H{x:.2}V0"),
            (false, true) => write!(f, "M{x:.2} 100V15H{stage:.2}V{TOP}"),
            (false, false) => write!(f, "M{x:.2} 100V0"),
        }?;
        f.write_str("\"/>")?;
    }
    Ok(())
}

/// The middle of a lane.
fn middle(lane: usize) -> f64 {
    (lane as f64 + 0.5) * LANE
}

/// A band from one place to another below it: each its middle, its height, and its width
/// there.
fn stripe(
    f: &mut fmt::Formatter<'_>,
    class: &str,
    (x1, y1, w1): (f64, f64, f64),
    (x2, y2, w2): (f64, f64, f64),
) -> fmt::Result {
    let half = f64::midpoint(y1, y2);
    let [left, right] = [x1 - w1 / 2.0, x1 + w1 / 2.0];
    let [lower_left, lower_right] = [x2 - w2 / 2.0, x2 + w2 / 2.0];
    write!(
        f,
        "<path class=\"{class}\" d=\"M{left:.2} {y1}H{right:.2}C{right:.2} {half} {lower_right:.2} {half} \
         {lower_right:.2} {y2}H{lower_left:.2}C{lower_left:.2} {half} {left:.2} {half} {left:.2} {y1}z\"/>"
    )
}
