//! Reports, read from files and from standard input.

use super::{Endpoint, Failure};
use crate::report::{Report, TimingMode};
use std::io;

/// The report in this file.
pub(super) fn report(from: &Endpoint) -> Result<Report, Failure> {
    let report = match from {
        Endpoint::File(path) => Report::read(path).map_err(|error| error.to_string()),
        Endpoint::Standard => on_standard_input(),
    };
    let report = report.map_err(Failure::Usage)?;
    if report.stages.is_empty() {
        let name = from.input_name();
        return Err(Failure::Usage(format!("{name}: {}", why_empty(&report))));
    }
    Ok(report)
}

fn why_empty(report: &Report) -> &'static str {
    match report.timing.mode {
        TimingMode::Off => {
            "an empty report: timing was off; MEASURED=sampled turns it on, where the feature `enable` of \
             measured-core is on"
        }
        _ => "an empty report: no stage had run; capture it when the pipeline has",
    }
}

fn on_standard_input() -> Result<Report, String> {
    let text = io::read_to_string(io::stdin()).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => "no report: not UTF-8 text; is it the right file?".to_owned(),
        _ => format!("cannot be read: {error}"),
    });
    text.and_then(|text| Report::from_json(&text).map_err(|error| error.to_string()))
        .map_err(|error| format!("standard input: {error}"))
}

/// Refuses what is there twice among the reports of one side of a comparison: it would
/// make the noise seem less than it is.
pub(super) fn refuse_repeats(from: &[Endpoint], reports: &[Report]) -> Result<(), Failure> {
    for (at, report) in reports.iter().enumerate() {
        let Some(first) = reports[..at]
            .iter()
            .position(|other| is_same(other, report))
        else {
            continue;
        };
        let (first, again) = (from[first].input_name(), from[at].input_name());
        return Err(Failure::Usage(format!(
            "{again} is the same capture as {first}: give each run's report once, or the noise would seem less than it is"
        )));
    }
    Ok(())
}

/// Refuses what is on both sides of a comparison: it cannot have changed, and no rule would
/// ever be violated.
pub(super) fn refuse_both_sides(
    before: (&[Endpoint], &[Report]),
    after: (&[Endpoint], &[Report]),
) -> Result<(), Failure> {
    for (from, report) in after.0.iter().zip(after.1) {
        let Some(at) = before.1.iter().position(|other| is_same(other, report)) else {
            continue;
        };
        let (after, before) = (from.input_name(), before.0[at].input_name());
        return Err(Failure::Usage(if after == before {
            format!("{after} is on both sides: nothing in it can have changed")
        } else {
            format!(
                "{after} is the same capture as {before} on the other side: nothing in it can have changed"
            )
        }));
    }
    Ok(())
}

fn is_same(one: &Report, other: &Report) -> bool {
    match (&one.origin, &other.origin) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

/// All of these reports. Standard input can be read once only.
pub(super) fn reports(from: &[Endpoint]) -> Result<Vec<Report>, Failure> {
    let standard = from.iter().filter(|from| **from == Endpoint::Standard);
    if standard.count() > 1 {
        let once = "standard input (-) can be read only once: name files instead";
        return Err(Failure::Usage(once.to_owned()));
    }
    from.iter().map(report).collect()
}
