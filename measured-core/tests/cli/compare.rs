//! `measured compare`.

use crate::pipeline::{USUAL, Work, report};
use crate::{command, measured, measured_on, report_file};
use measured_core::{Comparison, Report};
use serde_json::Value;
use std::io::Write;
use std::process::Stdio;

const SLOWER: Work = Work {
    slow: 1_800,
    ..USUAL
};

/// The reports of runs of which each took a little longer than the one before.
fn several(name: &str, slow: u64) -> Vec<String> {
    let work = |n| Work {
        slow: slow + n,
        ..USUAL
    };
    (0..3)
        .map(|n| report_file(&format!("{name}-{n}.json"), work(n)))
        .collect()
}

fn read(files: &[String]) -> Vec<Report> {
    files
        .iter()
        .map(|file| Report::read(file).expect("written by us"))
        .collect()
}

fn with<'a>(first: &[&'a str], files: &'a [String]) -> Vec<&'a str> {
    first
        .iter()
        .copied()
        .chain(files.iter().map(String::as_str))
        .collect()
}

#[test]
fn two_files_are_before_and_after() {
    let before = report_file("before.json", USUAL);
    let after = report_file("after.json", SLOWER);
    let run = measured(&["compare", &before, &after]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let (before, after) = (report(USUAL), report(SLOWER));
    assert_eq!(run.stdout, after.compare_to(&before).table().to_string());
    assert!(run.stdout.contains("slower"), "{}", run.stdout);
}

#[test]
fn standard_input_may_be_one_of_them() {
    let before = report_file("before-stdin.json", USUAL);
    let run = measured_on(report(SLOWER).to_json(), &["compare", &before, "-"]);
    assert!(run.stdout.contains("slower"), "{}", run.stdout);
}

#[test]
fn several_a_side() {
    let (before, after) = (
        several("several-before", 900),
        several("several-after", 600),
    );
    let args = [
        with(&["compare", "--before"], &before),
        with(&["--after"], &after),
    ]
    .concat();
    let run = measured(&args);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let expected = Comparison::between(&read(&before), &read(&after));
    assert_eq!(run.stdout, expected.table().to_string());
}

#[test]
fn a_violated_rule_is_exit_code_3_and_a_line() {
    let before = report_file("rule-before.json", USUAL);
    let after = report_file("rule-after.json", SLOWER);
    let rules = [
        "--fail-on",
        "slow.self_ns > +10%",
        "--fail-on",
        "keep.selectivity != 0%",
    ];
    let run = measured(&[&["compare", &before, &after][..], &rules].concat());
    assert_eq!(run.code, Some(3));
    assert!(run.stdout.contains("slower"), "{}", run.stdout);
    assert!(
        run.stderr
            .starts_with("measured: violated: slow.self_ns > +10%: "),
        "{}",
        run.stderr
    );
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);

    let better = measured(&[&["compare", &after, &before][..], &rules].concat());
    assert_eq!((better.code, better.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_violated_rule_is_one_where_nobody_reads_the_comparison() {
    let before = report_file("unread-before.json", USUAL);
    let mut child = command(&["compare", &before, "-", "--fail-on", "slow.self_ns > +10%"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("piped");
    let after = report(SLOWER).to_json();
    stdin.write_all(after.as_bytes()).expect("it is read");
    drop(stdin);
    assert_eq!(child.wait().expect("it ends").code(), Some(3));
}

#[test]
fn a_rule_that_is_not_decided_hides_neither_the_comparison_nor_the_others() {
    let before = report_file("undecided-before.json", USUAL);
    let after = report_file("undecided-after.json", SLOWER);
    let run = |rules: &[&str]| measured(&[&["compare", &before, &after][..], rules].concat());

    let misspelt = ["--fail-on", "slwo.self_ns > +10%"];
    let undecided = run(&misspelt);
    assert_eq!(undecided.code, Some(2));
    assert!(undecided.stdout.contains("slower"), "{}", undecided.stdout);
    assert!(
        undecided
            .stderr
            .starts_with("measured: --fail-on: rule \"slwo.self_ns > +10%\": no stage \"slwo\""),
        "{}",
        undecided.stderr
    );
    assert_eq!(undecided.stderr.lines().count(), 1, "{}", undecided.stderr);

    let violated = run(&[&misspelt[..], &["--fail-on", "slow.self_ns > +10%"]].concat());
    assert_eq!(violated.code, Some(3));
    let told: Vec<&str> = violated.stderr.lines().collect();
    assert_eq!(told.len(), 2, "{}", violated.stderr);
    assert!(
        told[0].starts_with("measured: violated: slow.self_ns"),
        "{}",
        told[0]
    );
    assert!(
        told[1].starts_with("measured: rule \"slwo.self_ns"),
        "{}",
        told[1]
    );

    let json = run(&[&misspelt[..], &["--format", "json"]].concat());
    let json: Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!(json["violations"].as_array().map(Vec::len), Some(0));
    assert_eq!(json["undecided"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_pull_request_is_told_the_violations_too() {
    let before = report_file("pr-before.json", USUAL);
    let after = report_file("pr-after.json", SLOWER);
    let rule = ["--fail-on", "slow.self_ns > +10%"];
    let run =
        |form| measured(&[&["compare", &before, &after, "--format", form][..], &rule].concat());

    let markdown = run("markdown");
    assert_eq!(markdown.code, Some(3));
    assert!(
        markdown.stdout.starts_with("| stage "),
        "{}",
        markdown.stdout
    );
    assert!(
        markdown
            .stdout
            .contains("violated: slow.self&#95;ns &#62; +10%"),
        "{}",
        markdown.stdout
    );

    let json: Value = serde_json::from_str(&run("json").stdout).expect("JSON");
    assert_eq!(json["comparison"]["stages"][1]["verdict"], "slower");
    assert_eq!(json["violations"].as_array().map(Vec::len), Some(1));
}
