//! `measured html`.

use crate::pipeline::USUAL;
use crate::{measured, report_file};
use std::fs;

#[test]
fn the_page_goes_where_it_is_sent() {
    let report = report_file("html.json", USUAL);
    let page = measured(&["html", &report]);
    assert_eq!((page.code, page.stderr.as_str()), (Some(0), ""));
    assert!(page.stdout.starts_with("<!doctype html>"));
    assert!(page.stdout.contains("<bdi>slow</bdi>"));

    let file = report.replace(".json", ".html");
    let run = measured(&["html", &report, "-o", &file]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""));
    assert_eq!(fs::read_to_string(&file).expect("written"), page.stdout);
}

#[test]
fn the_report_is_not_overwritten_by_its_page() {
    let report = report_file("html-itself.json", USUAL);
    let before = fs::read_to_string(&report).expect("a report");
    let run = measured(&["html", &report, "-o", &report]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert_eq!(fs::read_to_string(&report).expect("a report"), before);
}
