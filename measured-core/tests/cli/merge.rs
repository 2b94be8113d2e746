//! `measured merge`.

use crate::pipeline::{USUAL, Work};
use crate::{file, measured, report_file};
use measured_core::Report;
use std::fs;
#[cfg(unix)]
use std::process::Command;

#[test]
fn a_report_merged_twice_is_counted_once() {
    let first = report_file("merge-first.json", USUAL);
    let second = report_file("merge-second.json", Work { slow: 300, ..USUAL });
    let once = measured(&["merge", &first, &second]);
    assert_eq!((once.code, once.stderr.as_str()), (Some(0), ""));
    let merged = Report::from_json(&once.stdout).expect("a report");
    let records = |report: &Report| report.stage("slow").map(|stage| stage.records_in);
    assert_eq!(records(&merged), Some(1_000));

    let twice = measured(&["merge", &first, &second, &first]);
    assert_eq!(twice.stdout, once.stdout);
    let merged_file = file("merged.json", &once.stdout);
    let again = measured(&["merge", &merged_file, &second]);
    assert_eq!(again.stdout, once.stdout);
}

#[test]
fn it_may_go_to_one_of_the_files_that_were_read() {
    let all = report_file("merge-all.json", USUAL);
    let new = report_file("merge-new.json", Work { slow: 300, ..USUAL });
    for _ in 0..2 {
        let run = measured(&["merge", &all, &new, "-o", &all]);
        assert_eq!(
            (run.code, run.stdout.as_str(), run.stderr.as_str()),
            (Some(0), "", "")
        );
    }
    let merged = Report::from_json(&fs::read_to_string(&all).expect("written")).expect("a report");
    assert_eq!(
        merged.stage("slow").map(|stage| stage.records_in),
        Some(1_000)
    );
}

#[cfg(unix)]
#[test]
fn what_it_is_to_replace_is_there_until_all_is_written() {
    let all = report_file("merge-kept.json", USUAL);
    let new = report_file("merge-kept-new.json", Work { slow: 300, ..USUAL });
    let before = fs::read_to_string(&all).expect("a report");
    // A file of more than a block or two is refused, as it is where the disk is full.
    let limited = "ulimit -f 1 && exec \"$@\"";
    let program = env!("CARGO_BIN_EXE_measured");
    let status = Command::new("sh")
        .args([
            "-c", limited, "sh", program, "merge", &all, &new, "-o", &all,
        ])
        .status()
        .expect("a shell");
    assert!(!status.success());
    assert_eq!(fs::read_to_string(&all).expect("still there"), before);
}

#[cfg(unix)]
#[test]
fn a_pipe_gets_all_of_it() {
    let report = report_file("merge-piped.json", USUAL);
    let pipe = format!("{report}.pipe");
    let _ = fs::remove_file(&pipe);
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::read_to_string(pipe).expect("text")
    });
    let run = measured(&["merge", &report, "-o", &pipe]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let read = reader.join().expect("it is read");
    assert_eq!(read, measured(&["merge", &report]).stdout);
}
