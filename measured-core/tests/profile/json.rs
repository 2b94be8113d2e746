//! Profiles kept as JSON.

use crate::profiling_alone::profile;
use measured_core::profile::{ProfileStats, scope};
use serde_json::{Value, json};

fn stats() -> ProfileStats {
    profile(|clock| {
        for _ in 0..2 {
            scope!("outer");
            clock.advance(5);
            scope!("inner");
            clock.advance(7);
        }
    })
}

#[test]
fn what_is_written_is_read() {
    let stats = stats();
    let text = stats.to_json();
    assert_eq!(ProfileStats::from_json(&text), Ok(stats.clone()));
    let file = std::env::temp_dir().join(format!("measured-profile-{}.json", std::process::id()));
    stats.write(&file).expect("a temporary file");
    assert_eq!(ProfileStats::read(&file), Ok(stats.clone()));
    std::fs::remove_file(file).expect("a temporary file");

    let value = serde_json::to_value(&stats).expect("plain data");
    assert_eq!(
        serde_json::from_value::<ProfileStats>(value).ok(),
        Some(stats)
    );
}

#[test]
fn other_programs_find_the_figures_of_each_function() {
    let profile: Value = serde_json::from_str(&stats().to_json()).expect("JSON");
    let functions = profile["functions"].as_array().expect("functions");
    let outer = functions
        .iter()
        .find(|it| it["name"] == "outer")
        .expect("outer");
    assert_eq!(profile["schema"], 1);
    assert_eq!(
        [
            &outer["calls"],
            &outer["primitive_calls"],
            &outer["self_ns"],
            &outer["cumulative_ns"]
        ],
        [&json!(2), &json!(2), &json!(10), &json!(24)]
    );
}

#[test]
fn what_is_no_profile_is_answered_in_one_line() {
    let broken = |pointer: &str, value: Value| {
        let mut profile: Value = serde_json::from_str(&stats().to_json()).expect("JSON");
        *profile.pointer_mut(pointer).expect("it is there") = value;
        profile.to_string()
    };
    for (text, expected) in [
        (String::new(), "empty, no profile"),
        ("{\"schema\": 1,".to_owned(), "cut short: line 1"),
        ("{}".to_owned(), "JSON, but no profile"),
        (broken("/schema", json!(2)), "upgrade it"),
        (
            broken("/calls/0/function", json!(9)),
            "calls[0] is of function 9, and there are 2",
        ),
        (
            broken("/calls/0/parent", json!(1)),
            "calls[0] has the parent 1, which does not stand before it",
        ),
        (
            broken("/calls/1/recursive_calls", json!(3)),
            "calls[1] has 3 recursive calls of 2 calls",
        ),
        (
            broken("/calls/1/calls", json!(-1)),
            "no profile that can be read",
        ),
        (
            measured_core::Report::capture().to_json(),
            "a report, no profile: `Report::read` and `measured show` read it",
        ),
    ] {
        let error = ProfileStats::from_json(&text)
            .expect_err("it is none")
            .to_string();
        assert!(error.contains(expected), "{expected}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn figures_beyond_all_measure_do_not_overflow() {
    let mut profile: Value = serde_json::from_str(&stats().to_json()).expect("JSON");
    for call in profile["calls"].as_array_mut().expect("calls") {
        call["self_ns"] = json!(u64::MAX);
        call["calls"] = json!(u64::MAX);
    }
    let mut stats = ProfileStats::from_json(&profile.to_string()).expect("a profile");
    stats.merge(&stats.clone());
    assert_eq!((stats.total_ns(), stats.calls()), (u64::MAX, u64::MAX));
    assert_eq!(
        stats.function("outer").expect("outer").cumulative_ns,
        u64::MAX
    );
    assert!(!stats.to_string().is_empty() && !stats.compare_to(&stats).to_string().is_empty());
}
