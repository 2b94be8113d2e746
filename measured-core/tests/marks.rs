//! `.measured("name")`: stages that are no functions, on a clock that only they move.
#![cfg(feature = "enable")]

use measured_core::{Measured, MockClock, Registry, Report, Timing, measured_stage};

fn report(f: impl FnOnce(&MockClock)) -> Report {
    let clock = MockClock::new();
    let registry = Registry::new()
        .with_clock(clock.clone())
        .with_timing(Timing::Every);
    registry.scope(|| f(&clock));
    let report = registry.capture();
    assert_eq!(report.wall_ns, clock.now(), "{report}");
    assert_eq!(report.unattributed_ns, 0, "{report}");
    report
}

fn figures(report: &Report, stage: &str) -> (u64, u64, u64, u64) {
    let stage = report.stage(stage).unwrap();
    (
        stage.records_in,
        stage.records_out,
        stage.self_ns,
        stage.upstream_ns,
    )
}

#[test]
fn a_stage_is_what_stands_between_two_marks() {
    let report = report(|clock| {
        let spend = |ns| move |_: &u64| clock.advance(ns);
        (0..10)
            .inspect(spend(3))
            .measured("source")
            .inspect(spend(5))
            .filter(|n| n % 2 == 0)
            .measured("evens")
            .inspect(spend(11))
            .measured("work")
            .for_each(|_| clock.advance(2));
    });
    assert_eq!(figures(&report, "source"), (0, 10, 30, 0));
    assert_eq!(figures(&report, "evens"), (10, 5, 50, 30));
    assert_eq!(figures(&report, "work"), (5, 5, 55, 80));
    assert_eq!(report.sink_ns, 10);
    let inputs = |stage: &str| report.stage(stage).unwrap().inputs.clone();
    assert_eq!(
        (inputs("evens"), inputs("work")),
        (vec!["source".to_owned()], vec!["evens".to_owned()])
    );
}

#[test]
fn what_comes_after_the_last_mark_is_the_consumers() {
    let report = report(|clock| {
        (0..4)
            .measured("numbers")
            .map(|_| clock.advance(9))
            .for_each(drop);
    });
    assert_eq!(figures(&report, "numbers"), (0, 4, 0, 0));
    assert_eq!(report.sink_ns, 36);
}

#[measured_stage]
fn double(numbers: impl Iterator<Item = u64>, clock: &MockClock) -> impl Iterator<Item = u64> {
    numbers.map(|n| {
        clock.advance(7);
        n * 2
    })
}

#[test]
fn marks_and_functions_feed_each_other() {
    let report = report(|clock| {
        let marked = (0..5).inspect(|_| clock.advance(1)).measured("numbers");
        let doubled = double(marked.map(|n| n + 1), clock);
        let total: u64 = doubled.inspect(|_| clock.advance(4)).measured("sums").sum();
        assert_eq!(total, 30);
    });
    assert_eq!(figures(&report, "numbers"), (0, 5, 5, 0));
    assert_eq!(figures(&report, "double"), (5, 5, 35, 5));
    // Below a function there is no mark to count at.
    assert_eq!(figures(&report, "sums"), (0, 5, 20, 5 + 35));
    assert_eq!(report.stage("double").unwrap().downstream_ns, 20);
    assert_eq!(report.stage("sums").unwrap().downstream_ns, 0);
    assert_eq!(report.stage("double").unwrap().inputs, ["numbers"]);
    assert_eq!(report.stage("sums").unwrap().inputs, ["double"]);
}

#[test]
fn a_clone_is_a_run_of_its_own() {
    let report = report(|clock| {
        let chain = (0..6)
            .measured("numbers")
            .inspect(|_| clock.advance(2))
            .measured("work");
        let other = chain.clone();
        assert!(chain.eq(0..6));
        assert!(other.eq(0..6));
    });
    let work = report.stage("work").unwrap();
    assert_eq!(
        (work.runs, work.exhausted, work.records_in, work.self_ns),
        (2, 2, 12, 24)
    );
}

#[test]
fn two_chains_become_one_stage() {
    let report = report(|clock| {
        let left = (0..4).inspect(|_| clock.advance(3)).measured("left");
        let right = (0..4).inspect(|_| clock.advance(5)).measured("right");
        left.zip(right)
            .inspect(|_| clock.advance(7))
            .measured("pairs")
            .for_each(drop);
    });
    assert_eq!(report.stage("pairs").unwrap().inputs, ["left", "right"]);
    assert_eq!(figures(&report, "left"), (0, 4, 12, 0));
    assert_eq!(figures(&report, "right"), (0, 4, 20, 0));
    assert_eq!(figures(&report, "pairs"), (4, 4, 28, 12 + 20));
    let pairs = report.stage("pairs").unwrap();
    assert_eq!((pairs.nested_ns, pairs.downstream_ns), (0, 0));
}

#[test]
fn the_iterator_is_what_it_was() {
    let marked = || [3, 1, 2].into_iter().measured("numbers");
    assert_eq!(marked().len(), 3);
    assert_eq!(marked().size_hint(), (3, Some(3)));
    assert!(marked().rev().eq([2, 1, 3]));
    assert_eq!(
        format!("{:?}", marked()),
        format!("{:?}", [3, 1, 2].into_iter())
    );
    let mut again = marked();
    assert_eq!(again.nth(1), Some(1));
    // Marked where it stands, and once more.
    assert!(again.by_ref().measured("rest").eq([2]));
    assert_eq!(again.next(), None);
}
