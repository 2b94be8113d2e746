//! A report as an aligned table, with the bottleneck named below it.

use super::{Report, StageReport};
use std::fmt;

const HEAD: [&str; 9] = [
    "stage",
    "in",
    "out",
    "kept",
    "self",
    "share",
    "ns/record",
    "upstream",
    "downstream",
];

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.stages.is_empty() {
            return writeln!(f, "No stage has run.");
        }
        let mut rows = vec![HEAD.map(str::to_owned)];
        rows.extend(self.stages.iter().map(row));
        let stages = rows.len();
        for (name, ns) in [
            ("(source)", self.source_ns as f64),
            ("(sink)", self.sink_ns as f64),
            ("(instrumentation)", self.instrumentation_ns as f64),
            ("(unattributed)", self.unattributed_ns as f64),
        ] {
            rows.push(self.remainder(name, ns));
        }
        let widths = widths(&rows);
        for (at, row) in rows.iter().enumerate() {
            if at == 1 || at == stages {
                writeln!(
                    f,
                    "{}",
                    "-".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1))
                )?;
            }
            line(f, row, &widths)?;
        }
        writeln!(f)?;
        self.sentences(f)
    }
}

fn row(stage: &StageReport) -> [String; 9] {
    let timed = |text: String| {
        if stage.timed_pulls > 0 || stage.self_ns > 0 {
            text
        } else {
            "-".to_owned()
        }
    };
    let doubt = if stage.low_confidence { "?" } else { "" };
    [
        name(&stage.name),
        count(stage.records_in),
        count(stage.records_out),
        stage.selectivity().map_or_else(|| "-".to_owned(), percent),
        timed(duration(stage.self_ns as f64)),
        timed(format!(
            "{}{}{doubt}",
            percent(stage.share),
            plus_or_minus(stage.share_ci)
        )),
        timed(per_record(stage)),
        timed(duration(stage.upstream_ns as f64)),
        timed(duration(stage.downstream_ns as f64)),
    ]
}

impl Report {
    fn remainder(&self, name: &str, ns: f64) -> [String; 9] {
        let mut row: [String; 9] = std::array::from_fn(|_| String::new());
        name.clone_into(&mut row[0]);
        row[4] = duration(ns);
        row[5] = percent(if self.wall_ns > 0 {
            ns / self.wall_ns as f64
        } else {
            0.0
        });
        row
    }

    fn sentences(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timing = &self.timing;
        let one_in = timing.one_in.map_or_else(String::new, |n| match n {
            n if n <= 1.0 => ", every pull timed".to_owned(),
            n => format!(", one pull in {n:.0} timed"),
        });
        writeln!(
            f,
            "wall {}{one_in} ({}), measuring took {} of it",
            duration(self.wall_ns as f64),
            timing.clock,
            percent(timing.overhead),
        )?;
        let Some(stage) = self.bottleneck() else {
            return writeln!(f, "Nothing was timed, so no bottleneck can be named.");
        };
        let share = stage.share.min(1.0);
        write!(
            f,
            "Bottleneck: {}, {}{} of the wall. ",
            name(&stage.name),
            percent(share),
            plus_or_minus(stage.share_ci)
        )?;
        // Amdahl's law: runtime saved p(1 − 1/s), throughput gained 1/(1 − p(1 − 1/s)) − 1.
        let saved = share / 2.0;
        writeln!(
            f,
            "Twice as fast, it saves {} of the time ({} more throughput); it cannot save more than {}.",
            percent(saved),
            percent(saved / (1.0 - saved)),
            percent(share),
        )?;
        for (name_, ns) in [("source", self.source_ns), ("sink", self.sink_ns)] {
            if ns > stage.self_ns {
                writeln!(
                    f,
                    "The {name_} takes longer than any stage: {}.",
                    duration(ns as f64)
                )?;
            }
        }
        for stage in self.stages.iter().filter(|stage| stage.records_err > 0) {
            let (errors, all) = (count(stage.records_err), count(stage.records_out));
            writeln!(
                f,
                "{}: {errors} of {all} records were errors.",
                name(&stage.name)
            )?;
        }
        if self.stages.iter().any(|stage| stage.low_confidence) {
            writeln!(
                f,
                "?: low confidence. The samples do not add up to the wall to within 5 %: something rare and long, \
                 or records too quick to time. Ask again with timing `every` or a larger budget."
            )?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, row: &[String; 9], widths: &[usize; 9]) -> fmt::Result {
    let mut text = String::new();
    for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
        let pad = " ".repeat(width - cell.chars().count());
        match at {
            0 => text.extend([cell.as_str(), &pad]),
            _ => text.extend(["  ", &pad, cell.as_str()]),
        }
    }
    writeln!(f, "{}", text.trim_end())
}

fn widths(rows: &[[String; 9]]) -> [usize; 9] {
    std::array::from_fn(|at| {
        rows.iter()
            .map(|row| row[at].chars().count())
            .max()
            .unwrap_or(0)
    })
}

/// As given, but for control characters, which would break the line or the terminal.
fn name(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_control() {
                c.escape_default().to_string()
            } else {
                c.to_string()
            }
        })
        .collect()
}

/// With a thin comma every three digits.
fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn percent(part: f64) -> String {
    format!("{:.1} %", 100.0 * part)
}

fn plus_or_minus(error: f64) -> String {
    if error > 0.0 {
        format!(" ±{:.1}", 100.0 * error)
    } else {
        String::new()
    }
}

fn per_record(stage: &StageReport) -> String {
    let records = stage.records_in.max(stage.records_out);
    if records > 0 {
        format!("{:.1}", stage.self_ns as f64 / records as f64)
    } else {
        "-".to_owned()
    }
}

fn duration(ns: f64) -> String {
    let (value, unit) = match ns.abs() {
        n if n < 1e3 => return format!("{ns:.0} ns"),
        n if n < 1e6 => (ns / 1e3, "µs"),
        n if n < 1e9 => (ns / 1e6, "ms"),
        _ => (ns / 1e9, "s"),
    };
    format!("{value:.2} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [17.0, 1_700.0, 1.7e6, -2e9].map(duration),
            ["17 ns", "1.70 µs", "1.70 ms", "-2.00 s"]
        );
        assert_eq!(name("a\tb\u{1b}[0m"), "a\\tb\\u{1b}[0m");
    }
}
