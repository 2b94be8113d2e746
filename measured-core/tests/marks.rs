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

/// `records_in` and `records_out` of a stage, under a timing.
fn records(timing: Timing, stage: &str, f: impl FnOnce()) -> (u64, u64) {
    let registry = Registry::new().with_timing(timing);
    registry.scope(f);
    let report = registry.capture();
    let stage = report.stage(stage).unwrap();
    (stage.records_in, stage.records_out)
}

fn timings() -> [Timing; 4] {
    ["counts", "sampled", "one-in=64", "every"].map(|timing| timing.parse().unwrap())
}

#[test]
fn what_was_taken_before_a_mark_did_not_go_into_its_stage() {
    for timing in timings() {
        let work = records(timing, "work", || {
            let mut rows = (0..1_001).measured("parse");
            assert_eq!(rows.next(), Some(0));
            assert_eq!(rows.map(|n| n + 1).measured("work").count(), 1_000);
        });
        assert_eq!(work, (1_000, 1_000), "{timing}");
        let none = records(timing, "none", || {
            let mut rows = (0..7).measured("parse");
            assert_eq!(rows.by_ref().count(), 7);
            assert_eq!(rows.measured("none").count(), 0);
        });
        assert_eq!(none, (0, 0), "{timing}");
    }
}

#[test]
fn a_mark_on_a_reference_lets_the_next_one_have_the_rest() {
    for timing in timings() {
        let pipeline = || {
            let mut rows = (0..1_000).measured("parse");
            assert_eq!(rows.by_ref().take(5).measured("head").count(), 5);
            assert_eq!(rows.next(), Some(5));
            assert_eq!(rows.by_ref().take(4).measured("middle").count(), 4);
            assert_eq!(rows.map(|n| n + 1).measured("rest").count(), 990);
        };
        for (stage, passed) in [("head", 5), ("middle", 4), ("rest", 990)] {
            let told = records(timing, stage, pipeline);
            assert_eq!(told, (passed, passed), "{stage}, {timing}");
        }
        let head = records(timing, "head", || {
            let mut rows = (0..1_000).measured("parse");
            assert_eq!(rows.by_ref().take(5).measured("head").count(), 5);
            assert_eq!(rows.count(), 995);
        });
        assert_eq!(head, (5, 5), "{timing}");
    }
}

#[test]
fn the_rest_is_another_run_on_another_thread_and_in_a_clone() {
    for timing in timings() {
        let pipeline = || {
            let mut rows = (0..1_000).measured("parse");
            assert_eq!(rows.by_ref().take(5).measured("head").count(), 5);
            let other = rows.clone();
            let registry = Registry::current();
            let rest = move || {
                let rest = || rows.map(|n| n + 1).measured("rest").count();
                assert_eq!(registry.scope(rest), 995);
            };
            std::thread::spawn(rest).join().unwrap();
            assert_eq!(other.measured("other").count(), 995);
        };
        for (stage, passed) in [("head", 5), ("rest", 995), ("other", 995)] {
            let told = records(timing, stage, pipeline);
            assert_eq!(told, (passed, passed), "{stage}, {timing}");
        }
    }
}

#[test]
fn the_rest_pulls_from_what_the_first_did() {
    let report = report(|clock| {
        let mut rows = (0..100).inspect(|_| clock.advance(100)).measured("parse");
        let work = |n: u64| {
            clock.advance(10);
            n
        };
        assert_eq!(rows.by_ref().take(5).map(work).measured("head").count(), 5);
        assert_eq!(rows.map(work).measured("rest").count(), 95);
    });
    assert_eq!(figures(&report, "parse"), (0, 100, 10_000, 0));
    assert_eq!(figures(&report, "head"), (5, 5, 50, 500));
    assert_eq!(figures(&report, "rest"), (95, 95, 950, 9_500));
    assert_eq!(report.stage("rest").unwrap().inputs, ["parse"]);
}
