//! Real data: values that are missing, rows that cannot be read, and what is told of them.

use crate::{last_line, path, run_on};
use std::fs;

const QUIET: [&str; 6] = ["--input", "-", "--output", "-", "--report", "none"];

/// The readings that come of these lines under a header.
fn readings(lines: &str) -> Vec<String> {
    let run = run_on(format!("timestamp,value\n{lines}"), &QUIET);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(run.stderr, "");
    run.readings().into_iter().map(str::to_owned).collect()
}

#[test]
fn a_header_alone_is_an_input_without_readings() {
    assert_eq!(readings(""), [""; 0]);
    assert_eq!(run_on("timestamp,value", &QUIET).code, Some(0));
}

#[test]
fn values_that_are_missing_or_out_of_range_are_dropped() {
    let lines = "a,\nb,NA\nc,NaN\nd,none\ne,1e999\nf,-1\ng,100.1\nh,73,\n";
    let kept = readings(&lines.replace("h,73,\n", "h,73\n"));
    assert_eq!(kept, ["h,,0.730000,0.730000,0.000000"]);

    let run = run_on(
        format!("timestamp,value\n{}", lines.replace("h,73,\n", "h,73\n")),
        &["--input", "-"],
    );
    let told = "8 rows: 0 rejected, 4 without a value, 3 out of range, 1 kept";
    assert!(run.stderr.contains(told), "{}", run.stderr);
}

#[test]
fn a_dropped_reading_is_in_no_window() {
    assert_eq!(
        readings("a,10\nb,NA\nc,30\n"),
        [
            "a,,0.100000,0.100000,0.000000",
            "c,,0.300000,0.200000,0.010000"
        ]
    );
}

#[test]
fn readings_out_of_the_order_of_time_are_taken_as_they_come() {
    assert_eq!(
        readings("12:00,10\n11:05,20\n12:05,30\n"),
        [
            "12:00,,0.100000,0.100000,0.000000",
            "11:05,,0.200000,0.150000,0.002500",
            "12:05,,0.300000,0.200000,0.006667",
        ]
    );
}

#[test]
fn windows_are_those_of_the_sensor() {
    let lines = "sensor,value,timestamp\nA,10,1\nB,90,2\nA,30,3\n";
    assert_eq!(
        run_on(lines, &QUIET).readings(),
        [
            "1,A,0.100000,0.100000,0.000000",
            "2,B,0.900000,0.900000,0.000000",
            "3,A,0.300000,0.200000,0.010000",
        ]
    );
}

#[test]
fn columns_may_have_any_name_and_any_order() {
    let lines = "v;x,room,when\n20,hall,12:00\n";
    let columns = [
        "--value-column",
        "v;x",
        "--sensor-column",
        "room",
        "--time-column",
        "when",
    ];
    assert_eq!(
        run_on(lines, &[&QUIET[..], &columns].concat()).readings(),
        ["12:00,hall,0.200000,0.200000,0.000000"]
    );
}

#[test]
fn the_output_is_an_input() {
    let first = run_on("timestamp,sensor,value\n1,\"a,b\",50\n2,c,25\n", &QUIET);
    let second = run_on(&first.stdout, &[&QUIET[..], &["--range", "0:1"]].concat());
    assert_eq!(second.stdout, first.stdout);
}

#[test]
fn all_ways_to_end_a_line_and_a_byte_order_mark() {
    let expected = [
        "1,,0.500000,0.500000,0.000000",
        "2,,0.500000,0.500000,0.000000",
    ];
    for text in [
        "timestamp,value\n1,50\n2,50\n",
        "timestamp,value\n1,50\n2,50",
        "timestamp,value\r\n1,50\r\n2,50\r\n",
        "timestamp,value\r1,50\r2,50\r",
        "\u{feff}timestamp,value\n1,50\n2,50\n",
        "\n\ntimestamp,value\n\n1,50\n\n\n2,50\n\n",
        "\"timestamp\",\"value\"\n\"1\",\"50\"\n\"2\",\" 50\t\"\n",
        "timestamp , value\n1, 50\n 2 ,50 \n",
    ] {
        assert_eq!(run_on(text, &QUIET).readings(), expected, "{text:?}");
    }
}

/// Lines 2 and 8 are good; 3 and 4 have too few or too many fields, 5 is not UTF-8, and the value
/// that starts on line 6 goes on on line 7.
const BROKEN: &[u8] = b"timestamp,value\n1,50\n2\n3,50,50\n4\xFF,50\n5,\"50\n50\"\n6,50\n";

#[test]
fn rows_that_cannot_be_read_are_named_counted_and_copied() {
    let rejects = path("rejects.csv");
    let run = run_on(BROKEN, &[&QUIET[..], &["--rejects", &rejects]].concat());
    assert_eq!(run.code, Some(0));
    assert_eq!(run.readings().len(), 2);
    let told: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(
        told,
        [
            "sensor-pipeline: standard input, line 3: 1 field where the header has 2",
            "sensor-pipeline: standard input, line 4: 3 fields where the header has 2",
            "sensor-pipeline: standard input, line 5: not UTF-8",
            "sensor-pipeline: standard input, line 6: a line break inside a cell: is a quote left open?",
            &format!(
                "sensor-pipeline: standard input: 4 of 6 rows rejected: line break in a cell 1, \
                 not UTF-8 1, wrong number of fields 2; copied to {rejects}"
            ),
        ]
    );
    let copied = fs::read(&rejects).expect("the rejects were copied");
    assert_eq!(
        copied,
        b"timestamp,value\n2\n3,50,50\n4\xFF,50\n5,\"50\n50\"\n"
    );
}

#[test]
fn of_many_rejected_rows_few_are_named() {
    let run = run_on(format!("timestamp,value\n{}", "x\n".repeat(12_345)), &QUIET);
    assert_eq!(run.stderr.lines().count(), 6, "{}", run.stderr);
    assert!(
        last_line(&run.stderr).contains("12,345 of 12,345 rows rejected"),
        "{}",
        run.stderr
    );
}

#[test]
fn strict_stops_at_the_first() {
    let run = run_on(BROKEN, &[&QUIET[..], &["--strict"]].concat());
    assert_eq!(run.code, Some(1));
    assert_eq!(
        run.stderr,
        "sensor-pipeline: standard input, line 3: 1 field where the header has 2 (--strict)\n"
    );
    assert_eq!(run.readings().len(), 1, "what came before is written");
}

#[test]
fn strict_does_not_mind_missing_values() {
    let run = run_on(
        "timestamp,value\n1,NA\n2,\n3,900\n4,50\n",
        &[&QUIET[..], &["--strict"]].concat(),
    );
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(run.readings().len(), 1);
}

#[test]
fn an_open_quote_does_not_hide_the_rows_that_it_swallows() {
    let lines = "timestamp,value\n1,50\n2,\"50\n3,50\n4,50\n";
    let run = run_on(lines, &QUIET);
    assert_eq!(run.readings().len(), 1);
    assert!(
        run.stderr
            .contains("line 3: a quote is opened here and never closed"),
        "{}",
        run.stderr
    );
    assert_eq!(
        run_on(lines, &[&QUIET[..], &["--strict"]].concat()).code,
        Some(1)
    );
}

#[test]
fn a_very_long_line_is_rejected_and_the_next_is_read() {
    let lines = format!("timestamp,value\n1,{}\n2,50\n", "9".repeat(5 << 20));
    let run = run_on(lines, &QUIET);
    assert_eq!(run.readings(), ["2,,0.500000,0.500000,0.000000"]);
    assert!(
        run.stderr.contains("line 2: longer than 1 MiB"),
        "{}",
        run.stderr
    );
}
