//! Stages that nothing calls are in the report of the process.
#![cfg(feature = "auto-register")]
// As strict as a user's crate may be; what registers a stage is unsafe somewhere else.
#![forbid(unsafe_code)]

use measured_core::{Measured, Registry, Report, measured_stage, measured_stages};

#[measured_stage("called")]
fn called(records: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
    records
}

#[measured_stage("never")]
#[allow(dead_code, reason = "that is what this is about")]
fn never(records: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
    records
}

#[measured_stage("never counted", timing = counts)]
#[allow(dead_code, reason = "that is what this is about")]
fn never_counted(records: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
    records
}

/// In no report when it is called, so in none when it is not.
#[measured_stage("off", timing = off)]
#[allow(dead_code, reason = "that is what this is about")]
fn off(records: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
    records
}

#[measured_stage("generic")]
#[allow(dead_code, reason = "that is what this is about")]
fn generic<T: Clone>(records: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
    records
}

struct Meter(u8);

#[measured_stages]
#[allow(dead_code, reason = "that is what this is about")]
impl Meter {
    fn method(&self, records: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
        records.filter(|record| *record != self.0)
    }
}

#[allow(dead_code, reason = "that is what this is about")]
trait Source {
    #[measured_stage("by default")]
    fn records(&self) -> impl Iterator<Item = u8> {
        0..9
    }
}

impl Source for Meter {}

macro_rules! made {
    ($($name:ident)*) => {$(
        #[measured_stage("made")]
        fn $name(records: impl Iterator<Item = u8>) -> impl Iterator<Item = u8> {
            records
        }
    )*};
}

made!(first second);

#[test]
fn what_nothing_calls_is_listed() {
    let registry = Registry::new();
    registry.scope(|| called(0..9).for_each(drop));
    // A registry of one's own has what ran in it.
    assert_eq!(registry.capture().stages.len(), 1);

    called(0..9).measured("marked").for_each(drop);
    first(0..9).for_each(drop);
    let report = Report::capture();
    let runs = |name: &str| -> Vec<u64> {
        let named = report.stages.iter().filter(|stage| stage.name == name);
        named.map(|stage| stage.runs).collect()
    };
    assert_eq!([runs("called"), runs("marked")], [[1], [1]]);
    for cold in [
        "never",
        "never counted",
        "generic",
        "Meter::method",
        "by default",
    ] {
        assert_eq!(runs(cold), [0], "{cold}");
    }
    assert_eq!(runs("off"), [0u64; 0]);
    // Two functions at one place in the source are one stage, which ran.
    assert_eq!(runs("made"), [1]);

    let never = report.stage("never").unwrap();
    assert!(never.is_cold());
    assert!(
        never.location.ends_with("tests/auto_register.rs:15"),
        "{}",
        never.location
    );
    assert_eq!((never.records_in, never.share, never.self_ns), (0, 0.0, 0));
    // Behind those that ran, in the order of the source.
    let names: Vec<_> = report.stages.iter().map(|stage| &*stage.name).collect();
    let place = |name| names.iter().position(|n| *n == name).unwrap();
    assert!(place("marked") < place("never") && place("never") < place("generic"));
    let text = report.to_string();
    assert!(
        text.contains("Nothing called never, never counted, generic, Meter::method, by default."),
        "{text}"
    );

    let _ = second(0..9);
    let cold = Report::capture().compare_to(&report);
    assert_eq!(
        cold.stage("never").unwrap().verdict,
        measured_core::Verdict::NeverReached
    );
}
