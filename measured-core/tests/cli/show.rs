//! `measured show`.

use crate::pipeline::{USUAL, report};
use crate::{command, file, measured, measured_on, report_file};
use measured_core::Report;
use std::process::Stdio;

#[test]
fn the_table_is_that_of_the_report() {
    let shown = measured(&["show", &report_file("shown.json", USUAL)]);
    assert_eq!((shown.code, shown.stderr.as_str()), (Some(0), ""));
    assert_eq!(shown.stdout, report(USUAL).table().to_string());
}

#[test]
fn standard_input_is_read_too() {
    let shown = measured_on(report(USUAL).to_json(), &["show", "-"]);
    assert_eq!(shown.stdout, report(USUAL).table().to_string());
}

#[test]
fn as_markdown_for_people_and_as_json_for_machines() {
    let kept = report(USUAL);
    let file = file("formats.json", &kept.to_json());
    let markdown = measured(&["show", "--format", "markdown", &file]);
    assert_eq!(markdown.stdout, kept.table().to_markdown());
    let json = measured(&["show", "--format", "json", &file]);
    assert_eq!(Report::from_json(&json.stdout), Ok(kept));
}

#[test]
fn in_the_words_of_dataflow_engines() {
    let file = report_file("dataflow.json", USUAL);
    let shown = measured(&["show", "--dataflow", &file]);
    assert_eq!((shown.code, shown.stderr.as_str()), (Some(0), ""));
    assert_eq!(shown.stdout, report(USUAL).dataflow().to_string());
    assert!(shown.stdout.contains("ns/survivor"), "{}", shown.stdout);
    let markdown = measured(&["show", "--dataflow", "--format", "markdown", &file]);
    assert_eq!(markdown.stdout, report(USUAL).dataflow().to_markdown());
}

#[test]
fn several_reports_are_told_apart_by_the_names_of_their_files() {
    let (one, other) = (
        report_file("one.json", USUAL),
        report_file("other.json", USUAL),
    );
    let shown = measured(&["show", &one, &other]);
    let table = report(USUAL).table();
    assert_eq!(
        shown.stdout,
        format!("{one}:\n{table}\n{other}:\n{table}\n")
    );
}

#[test]
fn columns_say_how_wide_a_table_may_be() {
    let file = report_file("columns.json", USUAL);
    let widest = |columns| {
        let output = command(&["show", &file]).env("COLUMNS", columns).output();
        let text = String::from_utf8(output.expect("it runs").stdout).expect("text");
        text.lines().map(|line| line.chars().count()).max()
    };
    assert!(widest("40") < widest("80") && widest("80") < widest("200"));
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    let mut child = command(&["show", &report_file("closed.json", USUAL)])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
