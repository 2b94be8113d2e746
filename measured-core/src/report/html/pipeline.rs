//! The stages in their order: how records flow through them, and how long a pull takes.

use super::flow::Flow;
use super::latency::{Latencies, Scale};
use crate::figures::{count, duration, percent};
use crate::grid::html::{name, words};
use crate::report::{Report, StageReport};
use std::fmt;

pub(super) struct Pipeline<'a>(pub(super) &'a Report);

impl fmt::Display for Pipeline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        if report.stages.is_empty() {
            return Ok(());
        }
        let flow = Flow::of(report);
        let scale = Scale::of(report);
        writeln!(
            f,
            "<section aria-labelledby=\"pipeline\">\n<h2 id=\"pipeline\">The pipeline</h2>\n\
             <p class=\"key\">As wide as there are records, {} at the widest; as deep in colour as the stage's share of the time. Beside each stage, how long its pulls take, on one scale for all: \
             the line below the bars runs from the median to p99.9, thick up to p90, and the dot is the slowest. On grey, \
             a pull is quicker than a read of the clock.</p>\n\
             <ol class=\"pipeline\" style=\"--lanes:{}\">",
            count(flow.most()),
            flow.lanes(),
        )?;
        for (at, stage) in report.stages.iter().enumerate() {
            write!(f, "<li>{}<div class=\"stage\">", flow.beside(at))?;
            write!(f, "<h3>{}</h3>", name(&report.label(stage)))?;
            let [_, share, ..] = report.own_figures(stage);
            write!(f, "<p class=\"share\">{}</p>", words(&share))?;
            said(f, stage)?;
            let latencies = Latencies {
                report,
                stage,
                scale,
            };
            writeln!(f, "</div>{latencies}</li>")?;
        }
        f.write_str("</ol>\n</section>\n")
    }
}

/// What a stage did, in words.
fn said(f: &mut fmt::Formatter<'_>, stage: &StageReport) -> fmt::Result {
    write!(
        f,
        "<p>{} in, {} out",
        count(stage.records_in),
        count(stage.records_out)
    )?;
    if let Some(kept) = stage.selectivity() {
        write!(f, ", {} kept", percent(kept))?;
    }
    f.write_str("</p>")?;
    if stage.inputs.len() > 1 {
        let inputs: Vec<String> = stage.inputs.iter().map(|input| name(input)).collect();
        write!(f, "<p>from {}</p>", inputs.join(", "))?;
    }
    for (number, what) in [
        (stage.records_err, "of the records out errors"),
        (stage.panicked, "of its runs panicked"),
        (stage.dropped, "of its runs dropped before their end"),
        (stage.active, "of its runs still active"),
    ] {
        if number > 0 {
            write!(f, "<p>{} {what}</p>", count(number))?;
        }
    }
    if let Some(silent) = stage.silent_ns {
        write!(f, "<p>last heard of {} ago</p>", duration(silent as f64))?;
    }
    write!(f, "<p class=\"quiet\">{}</p>", words(&stage.location))
}
