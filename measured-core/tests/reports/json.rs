//! Reports as JSON: what they look like, and what is said of files that hold none.

use crate::pipeline::{Pipeline, USUAL, Work, report};
use measured_core::{Comparison, Measured, Registry, Report, RuleError, Timing};
use proptest::prelude::*;
use serde_json::{Value, json};

/// As every machine and every edit of these sources has it.
fn everywhere_the_same(mut report: Report) -> Report {
    let origin = report.origin.as_mut().unwrap();
    "4242-0123456789abcdef".clone_into(&mut origin.process);
    origin.registry = 0;
    origin.unix_ms = 1_700_000_000_000;
    for (stage, line) in report.stages.iter_mut().zip(["12", "34"]) {
        stage.location = format!("src/stages.rs:{line}");
    }
    report
}

#[test]
fn a_report_is_written_as_it_always_was() {
    let few = Work {
        records: 8,
        ..USUAL
    };
    let text = everywhere_the_same(report(few)).to_json();
    let golden = include_str!("report.json");
    assert_eq!(text, golden, "\n{text}");
    assert_eq!(Report::from_json(golden).unwrap().to_json(), golden);
}

#[test]
fn what_is_written_is_read() {
    let before = report(USUAL);
    let file = std::env::temp_dir().join(format!("measured-{}.json", std::process::id()));
    before.write(&file).unwrap();
    let again = Report::read(&file);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(again, Ok(before));
}

fn edited(edit: impl FnOnce(&mut Value)) -> Result<Report, String> {
    let edited = edited_json(edit).to_string();
    Report::from_json(&edited).map_err(|error| error.to_string())
}

fn edited_json(edit: impl FnOnce(&mut Value)) -> Value {
    let mut value: Value = serde_json::from_str(include_str!("report.json")).unwrap();
    edit(&mut value);
    value
}

#[test]
fn other_programs_may_add_and_leave_out() {
    let report = edited(|report| {
        report["host"] = json!("web-3");
        report["stages"][0]["colour"] = json!({"red": 1});
        let stage = report["stages"][0].as_object_mut().unwrap();
        for optional in [
            "closure",
            "latency",
            "recent_ns",
            "first_out_ns",
            "records_err",
        ] {
            assert!(stage.remove(optional).is_some(), "{optional}");
        }
        assert!(report.as_object_mut().unwrap().remove("origin").is_some());
    })
    .unwrap();
    assert_eq!(report.origin, None);
    assert_eq!(report.stages[0].latency.buckets().count(), 0);
    assert_eq!(report.stages[0].recent_ns().count(), 0);
    assert_eq!(report.stages[0].records_in, 8);
}

#[test]
fn a_byte_order_mark_is_no_part_of_it() {
    let text = format!("\u{feff}{}", include_str!("report.json"));
    assert_eq!(Report::from_json(&text).unwrap().stages.len(), 2);
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let golden = include_str!("report.json");
    let said = |text: &str| Report::from_json(text).unwrap_err().to_string();
    let cases = [
        (
            said(""),
            "empty, no report: did the program that writes it end",
        ),
        (said(" \n\t"), "empty, no report"),
        (
            said("records_in,records_out"),
            "no JSON: expected value at line 1 column 1;",
        ),
        (
            said(&format!("{golden}{golden}")),
            "no JSON: trailing characters at line ",
        ),
        (
            said("{\"schema\": 1,\n \"wall"),
            "cut short: line 2, column 6 is in the middle",
        ),
        (said("[]"), "JSON, but no report"),
        (said("[1]"), "expected an object at line 1 column 3;"),
        (
            edited(|r| r["stages"][0] = json!(["keep"])).unwrap_err(),
            "expected an object at line 1",
        ),
        (said("null"), "JSON, but no report"),
        (
            said("{\"name\": \"x\"}"),
            "JSON, but no report: there is no number \"schema\"",
        ),
        (said("{\"schema\": \"1\"}"), "JSON, but no report"),
        (
            said("{\"schema\": 2}"),
            "a report of schema 2, and this measured ",
        ),
        (said("{\"schema\": 0}"), "reads schema 1: capture it anew"),
        (
            said("{\"schema\": 1}"),
            "no report that can be read: missing field `wall_ns` at line 1 column 13;",
        ),
        (
            edited(|r| r["wall_ns"] = json!(-1)).unwrap_err(),
            "invalid value: integer `-1`, expected u64 at line 1 column",
        ),
        (
            edited(|r| r["timing"]["mode"] = json!("often")).unwrap_err(),
            "unknown variant `often`, expected one of `off`, `counts`, `sampled`, `every`, `mixed` at line 1",
        ),
    ];
    for (said, expected) in cases {
        assert!(said.contains(expected), "{said}\nlacks: {expected}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn a_report_that_was_cut_anywhere_is_no_report() {
    let golden = include_str!("report.json").trim_end();
    for end in (0..golden.len()).filter(|&end| golden.is_char_boundary(end)) {
        let error = Report::from_json(&golden[..end]).unwrap_err().to_string();
        let expected = if end == 0 {
            "empty"
        } else {
            "cut short: line "
        };
        assert!(error.starts_with(expected), "{end}: {error}");
    }
}

#[test]
fn files_are_named() {
    let said = |name: &str, bytes: &[u8]| {
        let folder = std::env::temp_dir().join(format!("measured-json-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join(name);
        std::fs::write(&file, bytes).unwrap();
        let error = Report::read(&file).unwrap_err().to_string();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(error.lines().count(), 1, "{error}");
        error
    };
    assert!(said("short.json", b"{").contains("short.json: cut short: line 1, column 1 "));
    assert!(said("image.json", b"\x89PNG").contains("image.json: no report: byte 1 is not UTF-8"));
    assert!(said("a\nb.json", b"").contains("a\\nb.json\": empty"));
    let folder = Report::read(std::env::temp_dir()).unwrap_err().to_string();
    assert!(folder.contains(": cannot be read: "), "{folder}");
    let nowhere = report(USUAL).write("no/such/report.json").unwrap_err();
    assert!(
        nowhere
            .to_string()
            .starts_with("no/such/report.json: cannot be written: ")
    );
}

#[test]
fn figures_that_contradict_each_other_are_refused() {
    type Edit = fn(&mut Value);
    let cases: [(Edit, &str); 18] = [
        (
            |r| r["merged_from"] = json!([r.clone(), r.clone()]),
            "where those of merged_from add up to ",
        ),
        (
            |r| r["wall_ns"] = json!(10_000_000_000u64),
            "unattributed_ns is 0, where the other parts leave ",
        ),
        (
            |r| r["stages"][0]["self_ns"] = json!(u64::MAX),
            "unattributed_ns is 0, where the other parts leave -",
        ),
        (
            |r| r["stages"][1]["share"] = json!(-3.5),
            "stages[1].share is -3.5, where self_ns / wall_ns comes to 0.",
        ),
        (
            |r| r["stages"][0]["share"] = json!(1e308),
            "stages[0].share is 1",
        ),
        (
            |r| r["stages"][0]["share_ci"] = json!(-0.1),
            "stages[0].share_ci is -0.1, which is less than 0",
        ),
        (
            |r| r["stages"][0]["throughput_rps"] = json!(5.0),
            "stages[0].throughput_rps is 5, where records_out / total_ns",
        ),
        (
            |r| r["stages"][0]["exhausted"] = json!(99),
            "stages[0].runs is 1, where exhausted, dropped, panicked and active add up to 99",
        ),
        (
            |r| r["stages"][0]["runs"] = json!(0),
            "stages[0].runs is 0, where",
        ),
        (
            |r| r["stages"][1]["records_err"] = json!(70),
            "stages[1].records_err is 70, which is more than records_out, 4",
        ),
        (
            |r| r["stages"][1]["latency"]["p50_ns"] = json!(1_000_000),
            "stages[1].latency.p50_ns is 1000000, which is more than p90_ns, ",
        ),
        (
            |r| r["stages"][1]["latency"]["max_ns"] = json!(0),
            "stages[1].latency.p999_ns is ",
        ),
        (
            |r| r["stages"][1]["latency"]["mean_ns"] = json!(1e9),
            "stages[1].latency.mean_ns is 1000000000, which is more than ",
        ),
        (
            |r| r["origin"]["since"] = json!(1_000_000_000),
            "origin.since is 1000000000, which is after origin.sequence, ",
        ),
        (
            |r| r["timing"]["overhead"] = json!(7.0),
            "timing.overhead is 7, where instrumentation_ns / wall_ns comes to 0",
        ),
        (
            |r| r["timing"]["one_in"] = json!(0.0),
            "timing.one_in is 0, which is less than 1",
        ),
        (
            |r| r["timing"]["budget"] = json!(1.5),
            "timing.budget is 1.5, which is more than 1",
        ),
        (
            |r| {
                let mut part = r.clone();
                part["wall_ns"] = json!(0);
                r["merged_from"] = json!([r.clone(), part]);
            },
            "merged_from[1].unattributed_ns is 0, where",
        ),
    ];
    for (edit, says) in cases {
        let said = edited(edit).unwrap_err();
        assert!(said.contains(says), "{said}\nlacks: {says}");
        assert!(said.contains(": capture it anew; "), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

/// A stage may be there twice: a macro's, or a generic function's.
#[test]
fn two_stages_of_one_name_and_place_are_no_contradiction() {
    let report = edited(|report| {
        let mut other = report["stages"][1].clone();
        other["self_ns"] = json!(0);
        other["share"] = json!(0.0);
        report["stages"].as_array_mut().unwrap().push(other);
    });
    assert_eq!(report.map(|report| report.stages.len()), Ok(3));
}

fn on_the_real_clock(timing: &str, records: u64) -> Registry {
    let registry = Registry::new().with_timing(timing.parse().unwrap());
    run_on(&registry, records);
    registry
}

fn run_on(registry: &Registry, records: u64) {
    registry.scope(|| {
        let numbers = (0..records).measured("numbers").map(std::hint::black_box);
        numbers
            .filter(|n| n % 3 == 0)
            .measured("thirds")
            .for_each(drop);
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn none_of_our_own_is_refused(
        timing in proptest::sample::select(&["off", "counts", "sampled", "one-in=4", "every"]),
        works in proptest::collection::vec((0u64..300, 0u64..90, 0u64..900), 1..4),
    ) {
        let by_hand = Pipeline::new(timing.parse::<Timing>().unwrap());
        let real = on_the_real_clock(timing, 50);
        let mut reports = vec![by_hand.registry.capture(), real.capture()];
        for (records, keep, slow) in works {
            let captures = [
                by_hand.run(Work { records, keep, slow }).registry.capture(),
                { run_on(&real, records); real.capture() },
            ];
            for capture in captures {
                let same = |other: &&Report| other.origin.as_ref().map(|it| it.registry) == capture.origin.as_ref().map(|it| it.registry);
                let earlier = reports.iter().find(same).unwrap();
                let interval = capture.since(earlier).unwrap();
                reports.extend([interval, capture]);
            }
        }
        reports.push(Report::merge(reports.clone()).unwrap());
        for report in reports {
            let read = Report::from_json(&report.to_json());
            prop_assert!(read.is_ok(), "{read:?}");
        }
    }
}

/// Every number of the report, as large as it can be; shares below zero if asked for.
fn extreme(value: &mut Value, share: f64) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| extreme(item, share)),
        Value::Object(fields) => {
            for (key, field) in fields {
                match key.as_str() {
                    "schema" | "origin" => {}
                    "unattributed_ns" => *field = json!(i64::MIN),
                    _ => extreme(field, share),
                }
            }
        }
        Value::Number(number) if number.is_f64() => *value = json!(share),
        Value::Number(_) => *value = json!(u64::MAX),
        _ => {}
    }
}

#[test]
fn whatever_the_figures_are_nothing_panics() {
    for share in [-1e308, 0.0, 1e308] {
        let wild = |process: &str| {
            let wild = edited_json(|report| {
                extreme(report, share);
                report["origin"]["process"] = json!(process);
            });
            // Not as a file, which would be refused.
            serde_json::from_value::<Report>(wild).unwrap()
        };
        let (one, other) = (wild("one"), wild("other"));
        let merged = Report::merge([one.clone(), other.clone(), report(USUAL)]).unwrap();
        let comparison =
            Comparison::between(&[one.clone(), other], &[report(USUAL), merged.clone()]);
        let rules = ["keep.self_ns > +10%", "keep.p99_ns < 5", "wall_ns != 0%"];
        let checked = comparison.check(&rules.map(|rule| rule.parse().unwrap()));
        let undecided = |error: RuleError| error.to_string().contains("not decided");
        assert!(checked.is_ok() || checked.is_err_and(undecided));
        for text in [
            one.table().width(200).to_string(),
            merged.table().to_markdown(),
            comparison.to_string(),
            merged.skew().to_string(),
            one.since(&one).unwrap().to_string(),
            one.to_json(),
        ] {
            assert!(text.contains("keep"), "{text}");
        }
    }
}
