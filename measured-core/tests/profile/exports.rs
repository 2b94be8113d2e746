//! The formats of other programs, held against what these programs say of them.

use crate::profiling_alone::profile;
use measured_core::profile::{ProfileStats, scope};
use measured_core::{MockClock, profiled};
use serde::Deserialize;
use std::collections::HashMap;

#[profiled("odd; <name> & \"all\"")]
fn odd(clock: &MockClock) {
    clock.advance(4);
}

fn stats() -> ProfileStats {
    profile(|clock| {
        {
            scope!("outer");
            clock.advance(5);
            {
                scope!("inner");
                clock.advance(12);
                odd(clock);
            }
            scope!("no time");
            odd(clock);
        }
        odd(clock);
    })
}

#[test]
fn folded_stacks_have_a_line_for_each_way_that_took_time() {
    let text = stats().to_folded();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "odd: <name> & \"all\" 4",
            "outer 5",
            "outer;inner 12",
            "outer;inner;odd: <name> & \"all\" 4",
            "outer;no time;odd: <name> & \"all\" 4",
        ]
    );
}

#[test]
fn functions_of_one_name_are_told_apart() {
    let stats = profile(|clock| {
        {
            scope!("same");
            clock.advance(1);
        }
        scope!("same");
        clock.advance(2);
    });
    let folded = stats.to_folded();
    assert_eq!(folded.lines().count(), 2, "{folded}");
    assert!(
        folded.lines().all(|line| line.starts_with("same (")),
        "{folded}"
    );
}

/// The file format of speedscope as its own `file-format-spec.ts` declares it; what it does not declare is
/// refused.
mod speedscope {
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    pub(super) struct File {
        #[serde(rename = "$schema")]
        pub(super) schema: String,
        pub(super) shared: Shared,
        pub(super) profiles: Vec<Profile>,
        pub(super) name: Option<String>,
        pub(super) active_profile_index: Option<usize>,
        pub(super) exporter: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Shared {
        pub(super) frames: Vec<Frame>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(
        dead_code,
        reason = "that they are there, and no others, is what is tested"
    )]
    pub(super) struct Frame {
        pub(super) name: String,
        file: Option<String>,
        line: Option<u32>,
        col: Option<u32>,
    }

    #[derive(Deserialize)]
    #[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
    pub(super) enum Profile {
        #[serde(rename_all = "camelCase")]
        Sampled {
            name: String,
            unit: Unit,
            start_value: u64,
            end_value: u64,
            samples: Vec<Vec<usize>>,
            weights: Vec<u64>,
        },
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    pub(super) enum Unit {
        None,
        Nanoseconds,
        Microseconds,
        Milliseconds,
        Seconds,
        Bytes,
    }
}

#[test]
fn speedscope_finds_what_it_asks_for() {
    let stats = stats();
    let file: speedscope::File =
        serde_json::from_str(&stats.to_speedscope("a test")).expect("its format");
    assert_eq!(
        file.schema,
        "https://www.speedscope.app/file-format-schema.json"
    );
    assert_eq!(
        (file.name.as_deref(), file.active_profile_index),
        (Some("a test"), Some(0))
    );
    assert!(
        file.exporter
            .is_some_and(|exporter| exporter.starts_with("measured-core "))
    );
    let [
        speedscope::Profile::Sampled {
            name,
            unit,
            start_value,
            end_value,
            samples,
            weights,
        },
    ] = &file.profiles[..]
    else {
        panic!("one profile was to be there");
    };
    assert_eq!(
        (&**name, unit, *start_value),
        ("a test", &speedscope::Unit::Nanoseconds, 0)
    );
    assert_eq!(samples.len(), weights.len());
    assert_eq!((weights.iter().sum::<u64>(), *end_value), (29, 29));
    let frames: Vec<&str> = file
        .shared
        .frames
        .iter()
        .map(|frame| &*frame.name)
        .collect();
    let stacks: HashMap<Vec<&str>, u64> = samples
        .iter()
        .map(|stack| stack.iter().map(|&frame| frames[frame]).collect())
        .zip(weights.iter().copied())
        .collect();
    assert_eq!(stacks[&vec!["outer", "inner"]], 12);
    assert_eq!(
        stacks[&vec!["outer", "no time", "odd; <name> & \"all\""]],
        4
    );
}

/// A complete event of the trace event format.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    ph: String,
    pid: u32,
    tid: u32,
    cat: String,
    name: String,
    ts: f64,
    dur: f64,
    args: HashMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Document {
    trace_events: Vec<Event>,
    display_time_unit: String,
    other_data: HashMap<String, String>,
}

#[test]
fn events_of_a_chrome_trace_lie_within_those_of_their_callers() {
    let trace: Document = serde_json::from_str(&stats().to_chrome_trace()).expect("its format");
    assert!(["ms", "ns"].contains(&&*trace.display_time_unit));
    assert!(trace.other_data["aggregated"].contains("sums"));
    let events = &trace.trace_events;
    assert_eq!(events.len(), 6);
    assert!(
        events
            .iter()
            .all(|it| it.ph == "X" && (it.pid, it.tid) == (1, 1) && it.cat == "function")
    );
    // On one line events are nested or apart, or viewers refuse them.
    for (at, a) in events.iter().enumerate() {
        for b in &events[at + 1..] {
            let (a, b) = if (a.ts, -a.dur) <= (b.ts, -b.dur) {
                (a, b)
            } else {
                (b, a)
            };
            let (a_end, b_end) = (a.ts + a.dur, b.ts + b.dur);
            let rounded = 1e-9;
            assert!(
                b.ts >= a_end - rounded || b_end <= a_end + rounded,
                "{} and {}",
                a.name,
                b.name
            );
        }
    }
    let outer = events.iter().find(|it| it.name == "outer").expect("outer");
    assert!((outer.dur - 0.025).abs() < 1e-12);
    assert_eq!(outer.args["calls"], 1);
}

#[cfg(feature = "flamegraph")]
#[test]
fn a_flame_graph_is_an_svg_with_a_frame_for_each_way() {
    let stats = stats();
    let svg = stats.to_flame_graph("A <test> & more");
    assert!(
        svg.starts_with("<?xml") && svg.trim_end().ends_with("</svg>"),
        "{svg}"
    );
    assert!(svg.contains("A &lt;test&gt; &amp; more"));
    for frame in [
        "<title>outer (25 ns, 86.21%)</title>",
        "<title>inner (16 ns, 55.17%)</title>",
    ] {
        assert!(svg.contains(frame), "no {frame} in {svg}");
    }
    assert_eq!(svg.matches("<title>odd: &lt;name&gt;").count(), 3);
    assert_eq!(
        svg,
        stats.to_flame_graph("A <test> & more"),
        "not the same picture twice"
    );
    // Nothing to draw is no reason to fail.
    assert!(
        ProfileStats::default()
            .to_flame_graph("empty")
            .contains("</svg>")
    );
}
