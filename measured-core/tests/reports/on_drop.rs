//! A report at the end of a scope: this program is started once more for each end.

use measured_core::{Measured, Registry, report_on_drop};
use std::process::{Command, Output, Stdio};

const END: &str = "MEASURED_TEST_END";

#[test]
#[ignore = "what the others start"]
fn ends() {
    let end = std::env::var(END).unwrap_or_default();
    let registry = if end == "scope" {
        Registry::new()
    } else {
        Registry::global().clone()
    };
    let _report = registry.scope(report_on_drop);
    registry.scope(|| (0..10).measured("scoped").for_each(drop));
    (0..10).measured("numbers").for_each(drop);
    assert_ne!(end, "panic", "a panic as any other");
}

fn ending(how: &str, stderr: Stdio) -> Output {
    let mut this = Command::new(std::env::current_exe().unwrap());
    let this = this.args(["--exact", "on_drop::ends", "--ignored", "--nocapture"]);
    this.env(END, how).stderr(stderr).output().unwrap()
}

#[test]
fn the_report_is_printed_at_the_end() {
    let output = ending("return", Stdio::piped());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{text}");
    assert!(text.starts_with("stage"), "{text}");
    assert!(
        text.lines().any(|line| line.starts_with("numbers ")),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn and_after_a_panic() {
    let output = ending("panic", Stdio::piped());
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(101), "{text}");
    let (panic, report) = (text.find("a panic as any other"), text.find("\nnumbers "));
    assert!(panic.is_some() && panic < report, "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn where_nothing_can_be_written_nothing_panics() {
    let full = || {
        std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap()
    };
    assert!(ending("return", full().into()).status.success());
    // An abort would be a signal.
    assert_eq!(ending("panic", full().into()).status.code(), Some(101));
}

#[test]
fn inside_a_scope_it_is_of_that_registry() {
    let output = ending("scope", Stdio::piped());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("\nscoped "), "{text}");
    assert!(!text.contains("numbers"), "{text}");
}
