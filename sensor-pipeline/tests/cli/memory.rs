//! `sensor-pipeline memory`: what stages hold, and what collectors of metrics take.

use crate::{path, run};
use serde_json::Value;

fn figures(args: &[&str]) -> Value {
    let to = path(&format!("memory-{}.json", args.join("-")));
    let run = run(&[&["memory", "--json", &to], args].concat());
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let text = std::fs::read_to_string(&to).expect("written");
    serde_json::from_str(&text).expect("JSON")
}

/// What the function of this name held when the last row had been read.
fn held(figures: &Value, name: &str) -> u64 {
    let entries = figures["stages"]["entries"].as_array().expect("entries");
    let entry = entries.iter().find(|entry| entry["name"] == name);
    entry.map_or(0, |entry| entry["size"].as_u64().expect("bytes"))
}

#[test]
fn windows_are_held_until_the_end_by_whoever_fills_them() {
    // Five sensors, eight bytes a value, in buffers whose sizes are powers of two.
    for (window, bytes) in [("100", 5 * 128 * 8), ("1000", 5 * 1024 * 8)] {
        let naive = figures(&["--features", "naive", "--window", window]);
        let held = held(&naive, "features");
        assert!((bytes..bytes + 5_000).contains(&held), "{held} for {bytes}");
    }
}

#[test]
fn no_stage_allocates_for_every_record() {
    let blocks = |records| {
        let figures = figures(&["--records", records]);
        let entries = figures["stages"]["entries"]
            .as_array()
            .expect("entries")
            .clone();
        // What is in brackets is the program around the stages, and the library.
        let is_stage = |name: &Value| name.as_str().is_some_and(|name| !name.starts_with('('));
        let of_stages = entries.iter().filter(|entry| is_stage(&entry["name"]));
        let blocks = of_stages.map(|entry| entry["allocated_count"].as_u64().expect("blocks"));
        blocks.sum::<u64>()
    };
    assert_eq!(blocks("10000"), blocks("40000"));
}

#[test]
fn a_compact_collector_takes_a_fraction_of_a_naive_one() {
    let collectors = figures(&["--records", "1"])["collectors"].clone();
    let bytes = |kind: &str, when: &str| collectors[kind][when].as_u64().expect("bytes");
    assert!(bytes("compact", "empty") <= 96, "{collectors}");
    assert!(bytes("compact", "full") <= 512, "{collectors}");
    assert!(
        bytes("naive", "empty") > 2 * bytes("compact", "empty"),
        "{collectors}"
    );
    assert!(
        bytes("naive", "full") > 2 * bytes("compact", "full"),
        "{collectors}"
    );
}

#[test]
fn the_tables_show_as_many_stages_as_asked_for_and_both_collectors() {
    let run = run(&["memory", "--records", "100", "--top", "1"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let (_, table) = run.stdout.split_once("---\n").expect("a heading");
    let (stages, collectors) = table.split_once("\n\n").expect("both");
    assert_eq!(stages.lines().count(), 1, "{}", run.stdout);
    for kind in ["compact", "naive"] {
        assert!(collectors.contains(kind), "{collectors}");
    }
}
