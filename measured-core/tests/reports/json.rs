//! Reports as JSON: what they look like, and what is said of files that hold none.

use crate::pipeline::{USUAL, Work, report};
use measured_core::{Comparison, Report};
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
    let mut value: Value = serde_json::from_str(include_str!("report.json")).unwrap();
    edit(&mut value);
    Report::from_json(&value.to_string()).map_err(|error| error.to_string())
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
fn a_file_may_say_what_it_likes_and_nothing_panics() {
    for share in [-1e308, 0.0, 1e308] {
        let wild = |process: &str| {
            edited(|report| {
                extreme(report, share);
                report["origin"]["process"] = json!(process);
            })
            .unwrap()
        };
        let (one, other) = (wild("one"), wild("other"));
        let merged = Report::merge([one.clone(), other.clone(), report(USUAL)]).unwrap();
        let comparison = Comparison::of(&[one.clone(), other], &[report(USUAL), merged.clone()]);
        let rules = ["keep.self_ns > +10%", "keep.p99_ns < 5", "wall_ns != 0%"];
        let checked = comparison.check(&rules.map(|rule| rule.parse().unwrap()));
        assert!(checked.is_ok(), "{checked:?}");
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
