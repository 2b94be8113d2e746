//! What cannot be read is refused in one line that names the file, the place and the remedy, with
//! exit code 2.

use crate::pipeline::{USUAL, report};
use crate::{file, measured, measured_on, report_file};
use measured_core::{Registry, Timing};

/// Refused with exit code 2 and nothing on standard output, in a line that says all this.
#[track_caller]
fn assert_refused(args: &[&str], says: &[&str]) {
    let run = measured(args);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(run.stderr.starts_with("measured: "), "{}", run.stderr);
    for says in says {
        assert!(
            run.stderr.contains(says),
            "{:?} should say {says:?}",
            run.stderr
        );
    }
}

/// Files that hold no report, and what is said of each.
fn bad_files() -> Vec<(String, Vec<&'static str>)> {
    let json = report(USUAL).to_json();
    let nothing = Registry::new().capture().to_json();
    let off = Registry::new().with_timing(Timing::Off).capture().to_json();
    vec![
        (file("empty.json", ""), vec!["empty", "written by"]),
        (file("blank.json", " \n"), vec!["empty", "written by"]),
        (
            file("config.json", r#"{"name": "x"}"#),
            vec!["no report", "schema"],
        ),
        (
            file(
                "profile.json",
                r#"{"schema": 1, "functions": [], "calls": []}"#,
            ),
            vec!["a profile, no report: `ProfileStats::read` reads it"],
        ),
        (
            file("table.txt", "stage  in  out\n"),
            vec!["no JSON", "line 1 column 1"],
        ),
        (
            file("cut.json", &json[..json.len() / 2]),
            vec!["cut short", "line "],
        ),
        (
            file("nothing.json", &nothing),
            vec!["empty report", "capture it"],
        ),
        (
            file("off.json", &off),
            vec!["empty report: timing was off", "MEASURED=sampled"],
        ),
        (
            file(
                "newer.json",
                &json.replacen(r#""schema": 1"#, r#""schema": 2"#, 1),
            ),
            vec!["schema 2", "upgrade"],
        ),
        (
            file(
                "typed.json",
                &json.replacen(r#""wall_ns": "#, r#""wall_ns": -"#, 1),
            ),
            vec!["expected u64 at line 10", "written by"],
        ),
        (
            file(
                "impossible.json",
                &json.replacen(r#""share": "#, r#""share": -"#, 1),
            ),
            vec![
                "stages[0].share is -0.",
                "self_ns / wall_ns",
                "capture it anew",
            ],
        ),
    ]
}

#[test]
fn files_that_hold_no_report() {
    let good = report_file("good.json", USUAL);
    for (bad, says) in bad_files() {
        let says = [&says[..], &[&bad]].concat();
        assert_refused(&["show", &bad], &says);
        assert_refused(&["show", &good, &bad], &says);
        assert_refused(&["compare", &good, &bad], &says);
        assert_refused(&["compare", "--before", &bad, "--after", &good], &says);
        assert_refused(&["what-if", &bad, "slow=2"], &says);
    }
}

#[test]
fn stages_that_are_not_there() {
    let file = report_file("stages.json", USUAL);
    assert_refused(
        &["what-if", &file, "slwo=2"],
        &[&file, "no stage \"slwo\"", "slow"],
    );
}

#[test]
fn changes_that_cannot_be() {
    let file = report_file("changes.json", USUAL);
    for (change, says) in [
        ("slow", "as in features=2"),
        ("slow=2,keep=2", "blanks separate several, as in"),
        ("slow=fast", "as in features=2"),
        ("slow=", "as in features=2"),
        ("slow=0", "inf removes it"),
        ("slow=-2", "inf removes it"),
        ("slow=NaN", "inf removes it"),
    ] {
        assert_refused(&["what-if", &file, change], &["slow", says]);
    }
    assert_refused(&["what-if", &file], &["STAGE=TIMES"]);
}

#[test]
fn rules_that_do_not_parse() {
    let file = report_file("rules.json", USUAL);
    for (rule, says) in [
        ("", "column 1"),
        ("slow", "column 1"),
        ("slow.self > +10%", "column 6"),
        ("slow ones.self_ns > +10%", "stands in double quotes"),
        ("slow.self_ns +10%", "column 14"),
        ("slow.self_ns > ten", "column 16"),
    ] {
        let args = ["compare", &file, &file, "--fail-on", rule];
        assert_refused(&args, &["--fail-on", says]);
    }
}

/// As where a glob of before's files matches after's.
#[test]
fn what_is_on_both_sides() {
    let [first, second, third] =
        ["first", "second", "third"].map(|name| report_file(&format!("{name}.json"), USUAL));
    let rule = ["--fail-on", "slow.self_ns > +1%"];
    let same = ["compare", &first, &first];
    assert_refused(
        &[&same[..], &rule].concat(),
        &["first.json is on both sides"],
    );
    let overlapping = [
        "compare", "--before", &first, &second, "--after", &third, &second,
    ];
    assert_refused(
        &[&overlapping[..], &rule].concat(),
        &["second.json is on both sides"],
    );
}

#[test]
fn sides_that_are_not_both_there() {
    let file = report_file("sides.json", USUAL);
    assert_refused(&["compare", &file], &["BEFORE", "AFTER"]);
    assert_refused(
        &["compare", &file, &file, &file],
        &["3 in number", "--before FILE... --after"],
    );
    assert_refused(&["compare", "--before", &file], &["--after"]);
    assert_refused(&["compare", &file, &file, "--before", &file], &["--before"]);
    // What only a positional argument could be is no option that was meant.
    let merge = measured(&["merge", &file, "--format", "table"]);
    assert_eq!(
        merge.stderr,
        "measured: unexpected argument '--format' found\n"
    );
    assert_refused(
        &["compare", "-", "-"],
        &["standard input", "only once", "files"],
    );
}

#[test]
fn one_report_that_is_there_twice_on_a_side() {
    let [file, copy] = ["once.json", "copy.json"].map(|name| file(name, &report(USUAL).to_json()));
    std::fs::copy(&file, &copy).expect("the test's folder can be written");
    let same = ["the same capture as", &file, "noise"];
    assert_refused(
        &["compare", "--before", &file, &file, "--after", &file],
        &same,
    );
    assert_refused(
        &["compare", "--before", &file, "--after", &file, &copy],
        &[&copy, "the same capture as", &file],
    );
    assert_refused(
        &["compare", &file, &copy],
        &[&copy, "the same capture as", &file, "on the other side"],
    );
}

#[test]
fn files_that_are_not_there() {
    assert_refused(&["show", "no/such.json"], &["no/such.json", "No such file"]);
    let folder = env!("CARGO_TARGET_TMPDIR");
    assert_refused(&["show", folder], &[folder, "directory"]);
    assert_refused(&["show", ""], &["\"\": cannot be read: "]);
}

#[test]
fn standard_input_has_a_name_too() {
    let binary = measured_on(b"\xff\xfe{", &["show", "-"]);
    assert_eq!(binary.code, Some(2));
    let told = &binary.stderr;
    assert!(
        told.contains("standard input: no report: not UTF-8"),
        "{told}"
    );

    let run = measured_on("{", &["show", "-"]);
    assert_eq!(run.code, Some(2));
    assert!(
        run.stderr
            .starts_with("measured: standard input: cut short"),
        "{}",
        run.stderr
    );
    assert_refused(
        &["show", "-", "-"],
        &["standard input", "only once", "files"],
    );
}

#[test]
fn options_that_are_none() {
    assert_refused(&[], &["subcommand", "show"]);
    assert_refused(&["shwo"], &["shwo", "show"]);
    assert_refused(&["show"], &["FILE"]);
    assert_refused(
        &["show", "x.json", "--format", "pdf"],
        &["--format", "table, markdown, json"],
    );
    assert_refused(
        &["show", "x.json", "--dataflow", "--format", "json"],
        &["--dataflow", "table or markdown"],
    );
}
