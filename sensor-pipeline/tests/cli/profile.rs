//! `sensor-pipeline profile`: the lecture's bug, caught by the function.

use crate::{path, run};
use measured_core::profile::ProfileStats;
use serde_json::Value;
use std::fs;

/// The lecture's pipeline: 50,000 clean readings, windows of 10.
const LECTURE: [&str; 2] = ["profile", "--clean"];

/// Calls and name of each function shown, in the order of the table.
fn functions(args: &[&str]) -> Vec<(u64, String)> {
    let run = run(args);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let (_, table) = run.stdout.split_once("---\n").expect("a heading");
    let rows = table.lines().take_while(|line| !line.is_empty());
    rows.map(|row| {
        let calls = row.split_whitespace().next().expect("calls");
        let name = row.rsplit_once('(').expect("a name").1;
        let calls = calls.replace(',', "").parse().expect("a number");
        (calls, name.trim_end_matches(')').to_owned())
    })
    .collect()
}

fn calls(functions: &[(u64, String)], name: &str) -> Option<u64> {
    let function = functions.iter().find(|(_, other)| other == name);
    function.map(|&(calls, _)| calls)
}

#[test]
fn the_window_is_summed_twice_for_every_reading() {
    let naive = functions(&[&LECTURE[..], &["--features", "naive"]].concat());
    assert_eq!(calls(&naive, "window_sum"), Some(100_000));
    // A stage is called once, and once for every pull, the last one included.
    assert_eq!(calls(&naive, "features"), Some(50_002));
    let place = |name| naive.iter().position(|(_, other)| other == name);
    // Whoever pulls has what it pulls from for its callee.
    assert_eq!((place("sink"), place("features")), (Some(0), Some(1)));

    let running = functions(&[&LECTURE[..], &["--top", "100"]].concat());
    assert_eq!(calls(&running, "window_sum"), None);
    assert_eq!(calls(&running, "features"), Some(50_002));
}

#[test]
fn functions_are_sorted_and_cut_as_asked_for() {
    let naive = [&LECTURE[..], &["--features", "naive", "--sort"]].concat();
    let by = |what| functions(&[&naive[..], &[what, "--top", "100"]].concat());
    assert!(by("calls").is_sorted_by_key(|&(calls, _)| std::cmp::Reverse(calls)));
    assert!(by("name").is_sorted_by_key(|(_, name)| name.clone()));
    assert_eq!(
        functions(&[&naive[..], &["calls", "--top", "2"]].concat()).len(),
        2
    );
}

#[test]
fn the_profile_goes_to_files_in_the_formats_of_others() {
    let [svg, speedscope, json] = ["flame.svg", "speedscope.json", "profile.json"].map(path);
    let files = [
        "--flamegraph",
        &svg,
        "--speedscope",
        &speedscope,
        "--json",
        &json,
    ];
    let run = run(&[&LECTURE[..], &["--features", "naive"], &files].concat());
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let read = |file| fs::read_to_string(file).expect("written");

    assert!(read(&svg).contains("<title>window_sum ("), "{}", read(&svg));
    let speedscope: Value = serde_json::from_str(&read(&speedscope)).expect("JSON");
    let frames = speedscope["shared"]["frames"].as_array().expect("frames");
    assert!(
        frames.iter().any(|frame| frame["name"] == "window_sum"),
        "{frames:?}"
    );
    let stats = ProfileStats::from_json(&read(&json)).expect("a profile");
    assert_eq!(
        stats.function("window_sum").map(|sum| sum.calls),
        Some(100_000)
    );
}

#[test]
fn the_readings_are_those_of_a_run() {
    let output = path("profiled.csv");
    let args = ["--records", "1000", "--output"];
    let profiled = run(&[&["profile"], &args[..], &[&output]].concat());
    assert_eq!(profiled.code, Some(0), "{}", profiled.stderr);
    let plain = run(&[&args[..], &["-"]].concat());
    let written = fs::read_to_string(&output).expect("written");
    assert_eq!(written, plain.stdout);
}
