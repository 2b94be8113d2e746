//! What cannot be done is refused in one line that says what and where, with exit code 2.

use crate::{Run, file, path, run, run_on};
use std::fs;

/// Refused, in one line, with nothing on standard output.
#[track_caller]
fn assert_refused(run: &Run, says: &[&str]) {
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(
        run.stderr.starts_with("sensor-pipeline: "),
        "{}",
        run.stderr
    );
    for says in says {
        assert!(
            run.stderr.contains(says),
            "{:?} should say {says:?}",
            run.stderr
        );
    }
}

#[test]
fn absurd_options() {
    for (args, says) in [
        (&["--window", "0"][..], &["--window", "0"][..]),
        (
            &["--window", "1000001"],
            &["--window", "a whole number from 1 to 1000000"],
        ),
        (&["--window", "-3"], &["--window", "-3", "from 1 to"]),
        (&["--window", "ten"], &["--window", "ten"]),
        (&["--range", "5:1"], &["--range", "low end must be below"]),
        (&["--range", "5:5"], &["--range", "low end must be below"]),
        (&["--range", "nan:5"], &["--range", "finite"]),
        (&["--range", "0:inf"], &["--range", "finite"]),
        (&["--range", "7"], &["--range", "LO:HI"]),
        (&["--range=-1e308:1e308"], &["--range", "too far apart"]),
        (
            &["--records", "0"],
            &["--records", "0", "a whole number, 1 or more"],
        ),
        (&["--records", "1e3"], &["--records", "1e3", "1 or more"]),
        (&["--seed", "-1"], &["--seed", "-1", "0 or more"]),
        (&["profile", "--top", "all"], &["--top", "all", "0 or more"]),
        (&["--input", ""], &["cannot read \"\": ", "No such file"]),
        (&["--records", "many"], &["--records", "many"]),
        (&["--features", "fast"], &["--features", "running, naive"]),
        (
            &["--timing", "often"],
            &[
                "--timing",
                "`off`, `counts`, `sampled`, `every`, `budget=1%`",
            ],
        ),
        (
            &["--timing", "budget=0%"],
            &["--timing", "percentage above 0"],
        ),
        (
            &["--timing", "budget=101%"],
            &["--timing", "percentage above 0"],
        ),
        (&["--timing", "budget=1"], &["--timing", "1%"]),
        (
            &["--report", "pdf"],
            &["--report", "table, markdown, json, html"],
        ),
        (
            &["--report", "none", "--report-file", "x"],
            &["--report-file", "--report none"],
        ),
        (
            &["--progress", "often"],
            &["--progress", "auto, always, never"],
        ),
        (
            &["--input", "-", "--records", "5"],
            &["--input", "--records"],
        ),
        (&["--input", "-", "--seed", "5"], &["--input", "--seed"]),
        (&["--input", "-", "--clean"], &["--input", "--clean"]),
        (&["--value-column", "v"], &["--input"]),
        (&["--output"], &["--output"]),
        (&["--windw", "5"], &["--windw", "--window"]),
        (&["walk"], &["walk"]),
        (
            &["profile", "--sort", "age"],
            &["--sort", "cumulative, total, calls, name"],
        ),
        (&["profile", "--top", "few"], &["--top", "few"]),
        (
            &["profile", "--output", "-"],
            &["--output", "the profile", "standard output"],
        ),
        (
            &["memory", "--json", "-"],
            &["--json", "the tables", "standard output"],
        ),
        (&["run", "--strict", "extra"], &["extra"]),
    ] {
        assert_refused(&run(args), says);
    }
}

#[test]
fn input_that_is_not_there_or_not_a_file() {
    let missing = path("missing.csv");
    assert_refused(&run(&["--input", &missing]), &[&missing, "No such file"]);
    let folder = env!("CARGO_TARGET_TMPDIR");
    assert_refused(&run(&["--input", folder]), &[folder, "directory"]);
}

#[test]
fn empty_input() {
    for content in ["", "\n\r\n\n", "\u{feff}"] {
        let run = run_on(content, &["--input", "-"]);
        assert_refused(&run, &["standard input is empty", "name the columns"]);
    }
    let empty = file("empty.csv", "");
    assert_refused(&run(&["--input", &empty]), &[&empty, "is empty"]);
}

#[test]
fn columns_that_are_not_there_or_not_to_be_told_apart() {
    let on = |header: &str, args: &[&str]| run_on(header, &[&["--input", "-"], args].concat());
    assert_refused(
        &on("when,value\n", &[]),
        &[
            "standard input",
            "\"timestamp\"",
            "\"when\", \"value\"",
            "--time-column",
        ],
    );
    assert_refused(&on("timestamp,v\n", &[]), &["no column \"value\""]);
    assert_refused(
        &on("timestamp,value\n", &["--sensor-column", "room"]),
        &["\"room\""],
    );
    assert_refused(
        &on("timestamp,value\n", &["--sensor-column", ""]),
        &["no column \"\""],
    );
    assert_refused(
        &on("value,timestamp,value\n", &[]),
        &["\"value\" twice", "columns 1 and 3"],
    );
    assert_refused(&on("timestamp,\"value\n1,2\n", &[]), &["header", "quote"]);
}

#[test]
fn a_header_cannot_break_out_of_the_line() {
    let run = run_on("a\u{1b}[2Jb,\"c\nd\"\n", &["--input", "-"]);
    assert_refused(&run, &["\\u{1b}", "c\\nd"]);
}

#[test]
fn a_header_that_is_not_utf8() {
    assert_refused(
        &run_on(b"timestamp,val\xFFue\n", &["--input", "-"]),
        &["header", "not UTF-8"],
    );
    assert_refused(
        &run_on(b"\xFF\xFEt\0i\0m\0e\0", &["--input", "-"]),
        &["header", "not UTF-8"],
    );
}

#[test]
fn output_that_cannot_be_written() {
    let nowhere = path("no-such-folder/out.csv");
    for option in ["--output", "--rejects", "--report-file"] {
        assert_refused(&run(&[option, &nowhere]), &[&nowhere, "No such file"]);
    }
    for option in ["--flamegraph", "--speedscope", "--json"] {
        let args = ["profile", option, &nowhere];
        assert_refused(&run(&args), &[&nowhere, "No such file"]);
    }
}

#[test]
fn reports_to_compare_with_that_are_none() {
    let missing = path("missing.json");
    assert_refused(&run(&["--compare", &missing]), &[&missing, "No such file"]);
    let table = file("table.txt", "stage  in  out\n");
    let output = path("compared.csv");
    assert_refused(
        &run(&["--compare", &table, "--output", &output]),
        &[&table, "no JSON"],
    );
    assert!(fs::metadata(&output).is_err(), "no output was created");
    assert_refused(
        &run(&["--compare", &table, "--report", "html"]),
        &["--compare", "--report table"],
    );
    let says = ["--compare shows nothing", "--report table", "--fail-on"];
    assert_refused(&run(&["profile", "--compare", &table]), &says);
    let rule = ["--fail-on", "filter.selectivity != 0%"];
    assert_refused(&run(&rule), &["--compare"]);
    assert_refused(
        &run(&["--compare", &table, "--fail-on", "filter"]),
        &["--fail-on", "column"],
    );
}

#[test]
fn two_things_in_one_place() {
    let input = file("shared.csv", "timestamp,value\n1,2\n");
    let dotted = input.replace("shared.csv", "./shared.csv");
    let new = path("shared-new.csv");
    for (args, says) in [
        (
            ["--input", &input, "--output", &dotted],
            ["--output", "--input"],
        ),
        (
            ["--input", &input, "--rejects", &input],
            ["--rejects", "--input"],
        ),
        (
            ["--output", &new, "--rejects", &new],
            ["--rejects", "--output"],
        ),
        (
            ["--rejects", &new, "--report-file", &new],
            ["--report-file", "--rejects"],
        ),
        (
            ["--compare", &input, "--report-file", &dotted],
            ["--report-file", "--compare"],
        ),
        (
            ["--compare", &input, "--output", &input],
            ["--output", "--compare"],
        ),
        (
            ["--output", "-", "--report-file", "-"],
            ["--output", "--report-file"],
        ),
        (
            ["--input", "-", "--compare", "-"],
            ["--input and --compare", "standard input"],
        ),
    ] {
        assert_refused(&run(&args), &says);
    }
    assert_eq!(
        fs::read_to_string(input).expect("still there"),
        "timestamp,value\n1,2\n"
    );
}

#[test]
fn an_output_is_not_touched_when_the_input_is_refused() {
    let output = file("precious.csv", "precious");
    assert_refused(
        &run(&["--input", &path("nothing.csv"), "--output", &output]),
        &["No such file"],
    );
    assert_refused(
        &run_on("a,b\n", &["--input", "-", "--output", &output]),
        &["no column"],
    );
    assert_eq!(fs::read_to_string(output).expect("still there"), "precious");
}
