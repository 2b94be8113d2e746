//! What `MEASURED` says, in a process of its own.

use measured_core::{Measured, Report};
use std::process::Command;

/// What is misspelt is said on standard error; the program goes on where that is full.
#[test]
fn a_complaint_that_nobody_can_read_ends_no_stage() {
    const MISSPELT: &str = "evry";
    if std::env::var_os("MEASURED").is_some_and(|timing| timing == *MISSPELT) {
        (0..3).measured("numbers").for_each(drop);
        let report = Report::capture();
        assert_eq!(report.stage("numbers").map(|it| it.records_out), Some(3));
        return;
    }
    let full = std::fs::File::create("/dev/full").expect("a device");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "environment::a_complaint_that_nobody_can_read_ends_no_stage",
            "--exact",
            "--nocapture",
        ])
        .env("MEASURED", MISSPELT)
        .stderr(full)
        .output()
        .expect("this program runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{said}");
}
