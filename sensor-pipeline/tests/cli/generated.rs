//! Without an input, readings are generated; and what is told about them.

use crate::{command, last_line, path, run};
use measured_core::{Report, TimingMode};
use std::fs;
use std::time::Instant;

#[test]
fn by_default_50_000_and_only_a_report_on_standard_error() {
    let run = run(&[]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    for says in [
        "50,000 rows: 0 rejected, 2,507 without a value, 2,475 out of range, 45,018 kept",
        "parse",
        "filter",
        "normalize",
        "features",
        "sink",
    ] {
        assert!(
            run.stderr.contains(says),
            "{:?} should say {says:?}",
            run.stderr
        );
    }
}

#[test]
fn run_is_what_is_done_when_nothing_is_named() {
    let args = ["--records", "100", "--report", "none", "--output", "-"];
    let unnamed = run(&args);
    let named = run(&[&["run"], &args[..]].concat());
    assert_eq!(unnamed.code, Some(0));
    assert_eq!(unnamed.stdout, named.stdout);
    assert_eq!(unnamed.stderr, "");
}

#[test]
fn the_same_seed_gives_the_same_output_and_another_another() {
    let output = |seed| {
        run(&[
            "--records",
            "1000",
            "--report",
            "none",
            "--output",
            "-",
            "--seed",
            seed,
        ])
        .stdout
    };
    assert_eq!(output("1"), output("1"));
    assert_ne!(output("1"), output("2"));
    assert_eq!(
        output("37"),
        run(&["--records", "1000", "--output", "-"]).stdout
    );
}

#[test]
fn clean_readings_are_all_kept() {
    let run = run(&[
        "--clean",
        "--records",
        "5000",
        "--report",
        "none",
        "--output",
        "-",
    ]);
    assert_eq!(run.readings().len(), 5000);
}

#[test]
fn both_methods_write_the_same() {
    let output = |method, window| {
        let args = [
            "--output",
            "-",
            "--report",
            "none",
            "--features",
            method,
            "--window",
            window,
        ];
        run(&[&args[..], &["--records", "3000"]].concat()).stdout
    };
    for window in ["1", "7", "1000"] {
        let (running, naive) = (output("running", window), output("naive", window));
        for (running, naive) in running.lines().zip(naive.lines()).skip(1) {
            let numbers = |line: &str| -> Vec<f64> {
                let cells = line.split(',').skip(2);
                cells.map(|cell| cell.parse().expect("a number")).collect()
            };
            for (running, naive) in numbers(running).into_iter().zip(numbers(naive)) {
                // The sixth decimal may be rounded either way.
                assert!((running - naive).abs() < 1.5e-6, "{running} and {naive}");
            }
        }
        assert_eq!(running.lines().count(), naive.lines().count());
    }
}

#[test]
fn the_range_says_what_is_kept_and_may_be_negative() {
    let run = run(&["--records", "1000", "--range", "-40:40"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    // Two of the five sensors stay below 40 degrees.
    assert!(run.stderr.contains("1,000 rows"), "{}", run.stderr);
    assert!(run.stderr.contains("363 kept"), "{}", run.stderr);
}

#[test]
fn progress_is_drawn_ten_times_a_second_at_most_and_then_taken_away() {
    let args = ["--records", "200000", "--report", "none", "--progress"];
    let start = Instant::now();
    let shown = run(&[&args[..], &["always"]].concat());
    let tenths = start.elapsed().as_millis() / 100;
    assert_eq!((shown.code, shown.stdout.as_str()), (Some(0), ""));
    let draws = shown.stderr.matches(" of 200,000 rows").count() as u128;
    assert!(draws <= tenths, "{draws} in {tenths} tenths of a second");
    assert!(
        draws == 0 || shown.stderr.ends_with("\r\u{1b}[2K"),
        "{:?}",
        shown.stderr
    );
}

#[test]
fn no_progress_is_shown_where_nobody_looks() {
    let args = ["--records", "200000", "--report", "none", "--progress"];
    for quiet in ["auto", "never"] {
        assert_eq!(run(&[&args[..], &[quiet]].concat()).stderr, "", "{quiet}");
    }
}

#[test]
fn the_report_goes_where_it_is_sent() {
    let to = path("report.txt");
    let table = run(&["--records", "1000", "--report-file", &to]);
    assert_eq!(table.code, Some(0), "{}", table.stderr);
    let report = fs::read_to_string(&to).expect("the report was written");
    assert!(report.contains("normalize"), "{report}");
    assert!(!table.stderr.contains("normalize"), "{}", table.stderr);

    let standard = run(&["--records", "1000", "--report-file", "-"]);
    assert!(standard.stdout.contains("normalize"), "{}", standard.stdout);
}

#[test]
fn the_report_as_json_counts_what_went_through_each_stage() {
    let to = path("report.json");
    for timing in ["counts", "sampled", "every"] {
        let run = run(&["--report", "json", "--report-file", &to, "--timing", timing]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        let text = fs::read_to_string(&to).expect("the report was written");
        let report: Report = serde_json::from_str(&text).expect("a report");
        let counts: Vec<_> = report
            .stages
            .iter()
            .map(|stage| (stage.name.as_str(), stage.records_in, stage.records_out))
            .collect();
        assert_eq!(
            counts,
            [
                ("parse", 50_000, 50_000),
                ("filter", 50_000, 45_018),
                ("normalize", 45_018, 45_018),
                ("features", 45_018, 45_018),
                ("sink", 45_018, 0),
            ],
            "{timing}"
        );
        assert_eq!(report.timing.mode.to_string(), timing);
    }
}

#[test]
fn the_report_as_markdown_is_a_table_for_a_pull_request() {
    let run = run(&[
        "--records",
        "1000",
        "--report",
        "markdown",
        "--report-file",
        "-",
    ]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(run.stdout.starts_with("| stage "), "{}", run.stdout);
    assert!(run.stdout.contains("| `normalize` "), "{}", run.stdout);
}

#[test]
fn the_report_as_html_is_a_page() {
    let run = run(&[
        "--records",
        "1000",
        "--report",
        "html",
        "--report-file",
        "-",
    ]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(run.stdout.starts_with("<!doctype html>"), "{}", run.stdout);
    assert!(run.stdout.contains("normalize"), "{}", run.stdout);
}

#[test]
fn a_run_is_compared_with_earlier_ones_and_rules_are_kept() {
    let earlier = ["earlier-1.json", "earlier-2.json"].map(path);
    for file in &earlier {
        run(&["--report", "json", "--report-file", file]);
    }
    let compare = [
        "--compare",
        &earlier[0],
        &earlier[1],
        "--fail-on",
        "filter.selectivity != 0%",
    ];
    let same = run(&compare);
    assert_eq!(same.code, Some(0), "{}", same.stderr);
    assert!(same.stderr.contains("verdict"), "{}", same.stderr);

    let other = run(&[&compare[..], &["--range", "0:30", "--report", "none"]].concat());
    assert_eq!(other.code, Some(3), "{}", other.stderr);
    let told = last_line(&other.stderr);
    assert!(
        told.starts_with("sensor-pipeline: violated: filter.selectivity != 0%: 90.0 % before"),
        "{told}"
    );
}

#[test]
fn a_violated_rule_costs_neither_the_profile_nor_what_is_held() {
    let earlier = path("earlier.json");
    run(&["--report", "json", "--report-file", &earlier]);
    let rule = ["--compare", &earlier, "--fail-on", "parse.records_in > 5"];
    for (command, shows) in [
        ("profile", "file:line(function)"),
        ("memory", "stage or function"),
    ] {
        let json = path(&format!("violated-{command}.json"));
        let violated = run(&[&[command, "--json", &json][..], &rule].concat());
        assert_eq!(violated.code, Some(3), "{}", violated.stderr);
        assert!(last_line(&violated.stderr).contains("violated: parse.records_in > 5"));
        assert!(violated.stdout.contains(shows), "{}", violated.stdout);
        let written = fs::read_to_string(json).expect("a file");
        serde_json::from_str::<serde_json::Value>(&written).expect("JSON");
    }
}

#[test]
fn a_budget_is_a_timing() {
    let to = ["--report", "json", "--report-file", "-"];
    let report = run(&[&to[..], &["--timing", "budget=3%"]].concat()).stdout;
    let report: Report = serde_json::from_str(&report).expect("a report");
    assert_eq!(report.timing.mode, TimingMode::Sampled);
    assert_eq!(report.timing.budget, Some(0.03));
}

#[test]
fn the_environment_sets_the_timing_and_an_option_another() {
    let mode = |args: &[&str]| {
        let output = command(&["--report", "json", "--report-file", "-"])
            .args(args)
            .env("MEASURED", "counts")
            .output()
            .expect("the program runs");
        let report: Report = serde_json::from_slice(&output.stdout).expect("a report");
        report.timing.mode
    };
    assert_eq!(mode(&[]), TimingMode::Counts);
    assert_eq!(mode(&["--timing", "every"]), TimingMode::Every);
}

#[test]
fn help_and_version_are_no_failures() {
    let help = run(&["--help"]);
    assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
    assert!(help.stdout.contains("--window <N>"), "{}", help.stdout);
    let version = run(&["--version"]);
    assert_eq!(version.code, Some(0));
    assert_eq!(
        version.stdout,
        format!("sensor-pipeline {}\n", env!("CARGO_PKG_VERSION"))
    );
}
