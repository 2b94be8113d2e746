//! What reports look like on a terminal and in Markdown.

use crate::golden::assert_golden;
use measured_core::Report;
use serde_json::Value;

/// A captured run of the reference pipeline, some of whose figures were made worse: the
/// filter and what normalises are too quick, the sink is doubted, errors were parsed.
const SENSORS: &str = include_str!("sensors.json");

fn sensors() -> Report {
    Report::from_json(SENSORS).unwrap()
}

/// With figures of which some contradict others: as a file it would be refused.
fn edited(edit: impl FnOnce(&mut Value)) -> Report {
    let mut value = serde_json::from_str(SENSORS).unwrap();
    edit(&mut value);
    serde_json::from_value(value).unwrap()
}

/// Names that would break lines, command terminals, pass for others, or mean something
/// to Markdown.
fn hostile() -> Report {
    let names = [
        "a|b\n| c |",
        "\u{1b}[31mred\u{1b}[0m\r\u{8}",
        "safe\u{202e}live\u{2066}",
        "温度 ❤\u{fe0f} e\u{301}",
        "*all* `of` @you <img src=x> [link](https://example.org) and so on for longer than is good",
    ];
    edited(|report| {
        for (stage, name) in report["stages"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .zip(names)
        {
            stage["name"] = name.into();
        }
    })
}

#[track_caller]
fn assert_fits(text: &str, width: usize) {
    let widest = text
        .lines()
        .map(unicode_width::UnicodeWidthStr::width)
        .max();
    assert!(widest <= Some(width), "{widest:?} of {width}:\n{text}");
}

#[test]
fn plain_and_as_wide_as_a_terminal_usually_is() {
    let text = sensors().to_string();
    assert_fits(&text, 80);
    assert_golden("plain.txt", &text);
    assert_eq!(text, sensors().table().to_string());
}

#[test]
fn wide_with_all_columns() {
    let text = sensors().table().width(160).to_string();
    assert_fits(&text, 160);
    assert_golden("wide.txt", &text);
}

#[test]
fn narrow_with_those_that_matter() {
    let text = sensors().table().width(44).to_string();
    assert_fits(&text, 44);
    assert_golden("narrow.txt", &text);
}

#[test]
fn no_width_breaks_a_line() {
    let all = sensors().table().width(1_000).to_string();
    let whole = all.lines().next().unwrap().chars().count();
    for width in 44..whole + 2 {
        assert_fits(&hostile().table().width(width).to_string(), width);
    }
    assert!(hostile().table().width(0).to_string().contains("share"));
}

#[test]
fn in_color() {
    assert_golden("colored.txt", &sensors().table().color(true).to_string());
}

#[test]
fn hostile_names_stay_in_their_cells() {
    let text = hostile().to_string();
    assert_fits(&text, 80);
    let commands = |c: char| c.is_control() && c != '\n';
    assert!(!text.contains(commands), "{text:?}");
    assert!(!text.contains(['\u{202e}', '\u{2066}']), "{text:?}");
    assert_golden("hostile.txt", &text);
}

#[test]
fn in_markdown() {
    assert_golden("report.md", &sensors().table().to_markdown());
}

#[test]
fn hostile_names_in_markdown_are_code() {
    let text = hostile().table().to_markdown();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 2 + 5 + 4, "{text}");
    for row in rows {
        assert_eq!(row.matches('|').count(), 14, "{row}");
    }
    assert_golden("hostile.md", &text);
}

#[test]
fn in_the_words_of_dataflow_engines() {
    let text = sensors().dataflow().to_string();
    assert_fits(&text, 80);
    assert_golden("dataflow.txt", &text);
}

#[test]
fn filters_are_put_into_the_order_that_costs_least() {
    let report = edited(|report| {
        report["stages"][0]["records_out"] = 25_000.into(); // 82 ns a record, half are dropped
        report["stages"][3]["records_out"] = 4_500.into(); // 137 ns a record, nine in ten
    });
    let order: Vec<String> = report.filter_order().into_iter().map(|f| f.stage).collect();
    assert_eq!(order, ["features", "parse"]);
    let text = report.dataflow().width(1_000).to_string();
    let order = "Filters that commute cost least in this order: features (152.6 ns a record dropped), parse (164.8 ns a \
                 record dropped), if they pass independently of each other.";
    assert!(text.contains(order), "{text}");
}

#[test]
fn two_that_are_too_near_are_both_named() {
    let report = edited(|report| {
        report["stages"][0]["self_ns"] = 6_000_000.into();
        report["stages"][0]["share"] = 0.366.into();
    });
    let text = report.table().width(1_000).to_string();
    let verdict = "Bottleneck: features or parse: 37.7 % ±3.1 and 36.6 % ±3.4 of the wall are too near to tell which.";
    assert!(text.contains(verdict), "{text}");
}

#[test]
fn all_that_are_too_near_are_named_and_what_a_fix_saves_is_said_of_one() {
    let report = edited(|report| {
        for (at, ns, share) in [(0, 6_000_000, 0.366), (4, 5_900_000, 0.36)] {
            report["stages"][at]["self_ns"] = ns.into();
            report["stages"][at]["share"] = share.into();
            report["stages"][at]["share_ci"] = 0.034.into();
        }
    });
    let last = &report.stages[4].name;
    let text = report.table().width(1_000).to_string();
    let verdict = format!(
        "Bottleneck: features, parse or {last}: 37.7 % ±3.1, 36.6 % ±3.4 and 36.0 % ±3.4 of the wall are too near to \
         tell which."
    );
    assert!(text.contains(&verdict), "{text}");
    assert!(
        text.contains("\nTwice as fast, features saves 18.9 %"),
        "{text}"
    );
}

#[test]
fn doubt_about_the_bottleneck_is_said_in_its_sentence() {
    let report = edited(|report| report["stages"][3]["low_confidence"] = true.into());
    let text = report.table().width(1_000).to_string();
    let verdict = "Bottleneck: features, 37.7 % ±3.1 of the wall; the next is parse with 25.1 % ±3.4. That is not sure: \
                   see ? below.";
    assert!(text.contains(verdict), "{text}");
    assert!(text.contains("\n?: low confidence."), "{text}");
}

#[test]
fn a_bottleneck_that_is_too_quick_is_none() {
    let report = edited(|report| report["timing"]["clock_ns"] = 300.into());
    let text = report.table().width(1_000).to_string();
    let verdict = "No bottleneck can be named: features comes first, but its pulls are too quick to be timed.";
    assert!(text.contains(verdict), "{text}");
    assert!(!text.contains("Twice as fast"), "{text}");
}

#[test]
fn a_source_that_takes_longer_than_any_stage_is_mentioned() {
    let report = edited(|report| report["source_ns"] = 9_000_000.into());
    let text = report.table().width(1_000).to_string();
    let note = "The source takes longer than any stage: 9.00 ms, 54.9 % of the wall.";
    assert!(text.contains(note), "{text}");
}

#[test]
fn of_what_is_too_quick_nothing_is_foretold() {
    let report = edited(|report| report["timing"]["clock_ns"] = 300.into());
    let error = report.what_if("features", 2.0).unwrap_err().to_string();
    let refused = "\"features\" is too quick to be timed, so nothing is known of its share: measure it and its \
                   neighbours as one stage";
    assert_eq!(error, refused);
}

#[test]
fn a_gain_without_bound_is_said_in_words() {
    let report = edited(|report| report["stages"][3]["share"] = 1.0.into());
    let gone = report
        .what_if("features", f64::INFINITY)
        .unwrap()
        .to_string();
    assert!(gone.contains("throughput without bound"), "{gone}");
    let text = report.table().width(1_000).to_string();
    assert!(!text.contains('∞'), "{text}");
}

#[test]
fn where_sampling_was_asked_for_and_nothing_is_timed_it_is_said_why() {
    let report = edited(|report| {
        for stage in report["stages"].as_array_mut().unwrap() {
            (stage["timed_pulls"], stage["self_ns"]) = (0.into(), 0.into());
        }
    });
    let text = report.table().width(1_000).to_string();
    let said = "Nothing was timed, so no bottleneck can be named. Its runs began under counts, or while allocations \
                were tracked or a profiler ran, when stages are counted and not sampled: MEASURED=every times them all the same.";
    assert!(text.contains(said), "{text}");
}

#[test]
fn ends_that_the_samples_do_not_carry_have_a_mark_and_no_sentence() {
    let doubted = edited(|report| {
        report["source_ns"] = 9_000_000.into();
        report["stages"][0]["low_confidence"] = true.into();
    });
    // 2 × 95 ns for each of 50,000 pulls is more than the source has.
    let too_quick = edited(|report| {
        report["source_ns"] = 9_000_000.into();
        report["timing"]["clock_ns"] = 95.into();
    });
    for report in [doubted, too_quick] {
        let text = report.table().width(1_000).to_string();
        assert!(text.contains(" 54.9 %?\n"), "{text}");
        assert!(!text.contains("The source takes longer"), "{text}");
        assert!(text.contains("\n?: low confidence."), "{text}");
    }
}

#[test]
fn a_rule_about_a_figure_that_is_refused_is_not_decided() {
    let checked = |report: &Report, rule: &str| {
        let checked = report.compare_to(report).check(&[rule.parse().unwrap()]);
        checked.map(|violations| violations.len())
    };
    let report = sensors();
    let undecided = |rule| checked(&report, rule).unwrap_err().to_string();
    let too_quick = "rule \"normalize.self_ns > 1\": not decided: the stage is too quick to be timed; take the rule out, or \
                     measure it and its neighbours as one stage";
    assert_eq!(undecided("normalize.self_ns > 1"), too_quick);
    assert!(undecided("normalize.p99_ns > +10%").contains("not decided: the stage is too quick"));
    let doubted = "rule \"sink.self_ns > 1\": not decided: the samples do not carry it; capture with MEASURED=every, or \
                   write a change such as +10%";
    assert_eq!(undecided("sink.self_ns > 1"), doubted);
    assert_eq!(checked(&report, "sink.self_ns > +10%"), Ok(0));
    assert_eq!(checked(&report, "normalize.records_in > 1"), Ok(1));
    assert_eq!(checked(&report, "features.self_ns > 1"), Ok(1));
}

#[test]
fn one_pull_in_hardly_more_than_one_is_nearly_every_one() {
    let report = edited(|report| report["timing"]["one_in"] = 1.002.into());
    assert!(
        report.to_string().contains(", nearly every pull timed"),
        "{report}"
    );
}
