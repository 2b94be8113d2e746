//! What `MEASURED` says, in processes of their own.

use measured_core::{Measured, Registry, Report, Timing};
use std::process::{Command, Stdio};

/// Whether this is the process that has this value.
fn measured_is(value: &str) -> bool {
    std::env::var_os("MEASURED").is_some_and(|timing| timing == *value)
}

/// Runs this test again, in a process that has this value.
fn run_with(value: &str, test: &str, errors: impl Into<Stdio>) {
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args([test, "--exact", "--nocapture"])
        .env("MEASURED", value)
        .stderr(errors)
        .output()
        .expect("this program runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{said}");
}

/// What is misspelt is said on standard error; the program goes on where that is full.
#[test]
fn a_complaint_that_nobody_can_read_ends_no_stage() {
    const MISSPELT: &str = "evry";
    if measured_is(MISSPELT) {
        (0..3).measured("numbers").for_each(drop);
        let report = Report::capture();
        assert_eq!(report.stage("numbers").map(|it| it.records_out), Some(3));
        return;
    }
    let full = std::fs::File::create("/dev/full").expect("a device");
    let this_test = "environment::a_complaint_that_nobody_can_read_ends_no_stage";
    run_with(MISSPELT, this_test, full);
}

#[test]
fn blanks_around_it_say_nothing() {
    const BETWEEN_BLANKS: &str = " every ";
    if measured_is(BETWEEN_BLANKS) {
        assert_eq!(Registry::global().timing(), Timing::Every);
        return;
    }
    let this_test = "environment::blanks_around_it_say_nothing";
    run_with(BETWEEN_BLANKS, this_test, Stdio::inherit());
}
