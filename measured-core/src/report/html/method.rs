//! How it was measured, and what of it was not all right.

use super::Report;
use crate::figures::{count, decimal, duration, percent};
use crate::grid::html::words;
use std::fmt;

pub(super) struct Method<'a>(pub(super) &'a Report);

impl fmt::Display for Method<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<section aria-labelledby=\"method\">\n<h2 id=\"method\">How it was measured</h2>\n<dl class=\"method\">\n")?;
        for (what, how) in self.facts() {
            writeln!(f, "<div><dt>{what}</dt> <dd>{}</dd></div>", words(&how))?;
        }
        f.write_str("</dl>\n</section>\n")
    }
}

impl Method<'_> {
    fn facts(&self) -> Vec<(&'static str, String)> {
        let report = self.0;
        let timing = &report.timing;
        let mut facts = vec![
            ("timing", timing.mode.to_string()),
            ("pulls timed", pulls_timed(timing.one_in)),
            ("wall", duration(report.wall_ns as f64)),
            ("measuring took", percent(timing.overhead) + " of the wall"),
        ];
        if let Some(budget) = timing.budget {
            facts.push(("budget", percent(budget)));
        }
        facts.push(("clock", timing.clock.clone()));
        if timing.clock_ns > 0.0 {
            facts.push(("clock read", decimal(timing.clock_ns) + " ns"));
        }
        if timing.clock_steps_back > 0 {
            facts.push((
                "clock stepped back",
                count(timing.clock_steps_back) + " times",
            ));
        }
        if let Some(origin) = &report.origin {
            facts.push(("when", utc(origin.unix_ms)));
            facts.push(("process", origin.process.clone()));
            let capture = match origin.since {
                Some(since) => format!("{}, since {since}", origin.sequence),
                None => origin.sequence.to_string(),
            };
            facts.push(("capture", capture));
        }
        facts.push(("schema", report.schema.to_string()));
        facts.push((
            "written by",
            format!("measured-core {}", env!("CARGO_PKG_VERSION")),
        ));
        facts
    }
}

fn pulls_timed(one_in: Option<f64>) -> String {
    match one_in {
        None => "none".to_owned(),
        Some(n) if n <= 1.0 => "every one".to_owned(),
        Some(n) => format!("one in {}", count(n.round() as u64)),
    }
}

/// Milliseconds since 1970 as a date and the time of day, to the second.
fn utc(unix_ms: u64) -> String {
    let seconds = unix_ms / 1_000;
    let (mut year, mut day) = (1970, seconds / 86_400);
    // A cycle of the Gregorian calendar at once, the rest by years and months.
    year += 400 * (day / 146_097);
    day %= 146_097;
    while day >= days_in(year) {
        day -= days_in(year);
        year += 1;
    }
    let february = days_in(year) - 337;
    let mut month = 1;
    for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if day < days {
            break;
        }
        day -= days;
        month += 1;
    }
    let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    format!(
        "{year}-{month:02}-{:02} {hour:02}:{minute:02}:{second:02} UTC",
        day + 1
    )
}

fn days_in(year: u64) -> u64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if is_leap { 366 } else { 365 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        // As `date --utc --date @…` has them.
        for (seconds, date) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_399, "2000-02-28 23:59:59 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (978_307_199, "2000-12-31 23:59:59 UTC"),
            (4_107_542_400, "2100-03-01 00:00:00 UTC"),
            (1_795_375_452, "2026-11-22 19:24:12 UTC"),
            (13_569_465_600, "2400-01-01 00:00:00 UTC"),
        ] {
            assert_eq!(utc(1_000 * seconds + 999), date);
        }
        assert!(utc(u64::MAX).ends_with(" UTC"));
    }
}
