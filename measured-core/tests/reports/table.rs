//! The table that a report is printed as, and what it says where there is little to say.

use crate::pipeline::{Pipeline, USUAL, report};
use measured_core::{Measured, MockClock, Registry, Timing, measured_stage};
use std::panic::catch_unwind;

#[test]
fn stages_and_remainders_make_up_the_wall() {
    let expected = "\
stage                 in  out     kept       self   share  ns/record     p50     p99  2× saves  2× gains
--------------------------------------------------------------------------------------------------------
keep               1,000  500   50.0 %   40.00 µs   8.0 %       40.0   80 ns   80 ns     4.0 %     4.1 %
slow                 500  500  100.0 %  450.00 µs  89.6 %      900.0  900 ns  900 ns    44.8 %    81.1 %
--------------------------------------------------------------------------------------------------------
(source)                                 10.00 µs   2.0 %
(sink)                                    2.50 µs   0.5 %
(instrumentation)                            0 ns   0.0 %
(unattributed)                               0 ns   0.0 %

Bottleneck: slow, 89.6 % of the wall; the next is keep with 8.0 %.
Twice as fast, it saves 44.8 % of the time (+81.1 % throughput); no fix saves more than 89.6 % (+857.1 %
throughput).
wall 502.50 µs, every pull timed (mock), measuring took 0.0 % of it
";
    let table = report(USUAL).table().width(110).to_string();
    assert_eq!(table, expected, "\n{table}");
}

#[test]
fn stages_of_one_name_are_told_apart_by_where_they_are() {
    let mut report = report(USUAL);
    for (stage, location) in report.stages.iter_mut().zip(["src/a.rs:3", "src/b.rs:3"]) {
        "run".clone_into(&mut stage.name);
        location.clone_into(&mut stage.location);
    }
    let markdown = report.compare_to(&report).table().to_markdown();
    for text in [report.to_string(), report.dataflow().to_string(), markdown] {
        assert!(text.contains("run (a.rs:3)"), "{text}");
        assert!(text.contains("run (b.rs:3)"), "{text}");
    }
    let said = "Bottleneck: run (b.rs:3), 89.6 % of the wall; the next is run (a.rs:3) with 8.0 %.";
    let table = report.table().width(120).to_string();
    assert!(table.contains(said), "{table}");
}

#[test]
fn what_the_rows_do_not_explain_is_said() {
    let said = |unattributed_ns: i64| {
        let mut report = report(USUAL);
        report.unattributed_ns = unattributed_ns;
        report.table().width(1_000).to_string()
    };
    let wall = i64::try_from(report(USUAL).wall_ns).unwrap();
    let (missing, over) = (said(wall / 10), said(-wall / 10));
    assert!(
        missing.contains("\n10.0 % of the wall is unaccounted for: code between"),
        "{missing}"
    );
    assert!(
        over.contains("\nThe parts come to 10.0 % more than the wall"),
        "{over}"
    );
    for small in [said(wall / 25), said(-wall / 25), said(0)] {
        assert!(
            !small.contains("unaccounted") && !small.contains("parts come to"),
            "{small}"
        );
    }
}

#[measured_stage("last")]
fn last(records: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    records
}

#[test]
fn code_between_stages_that_belongs_to_none_is_unaccounted_for() {
    let Pipeline { registry, clock } = Pipeline::new(Timing::Every);
    registry.scope(|| {
        let read = (0..100).inspect(|_| clock.advance(60)).measured("read");
        last(read.inspect(|_| clock.advance(40))).for_each(drop);
    });
    let report = registry.capture();
    let text = report.table().width(200).to_string();
    assert!(
        text.contains("\n40.0 % of the wall is unaccounted for"),
        "{text}"
    );
}

#[test]
fn where_nothing_was_timed_nothing_is_claimed() {
    let report = Pipeline::new(Timing::Counts).run(USUAL).registry.capture();
    let slow = report.stage("slow").unwrap();
    assert_eq!(
        (slow.records_in, slow.self_ns, slow.timed_pulls),
        (500, 0, 0)
    );
    assert_eq!(slow.total_ns, 502_500);
    assert!(report.bottleneck().is_none());
    let text = report.to_string();
    assert!(text.contains("no bottleneck can be named"), "{text}");
    assert!(!text.contains("too quick"), "{text}");
}

/// A flush that no sample met, say: what was timed is quick, and the time is gone all the same.
#[test]
fn a_stage_whose_samples_miss_its_wall_is_doubted_and_not_too_quick() {
    let mut report = Pipeline::new(Timing::Every).run(USUAL).registry.capture();
    report.timing.clock_ns = 1e6;
    let text = report.to_string();
    assert!(text.contains("too quick: below resolution"), "{text}");
    for stage in &mut report.stages {
        (stage.low_confidence, stage.closure) = (true, -0.3);
    }
    let text = report.to_string();
    assert!(!text.contains("too quick: below resolution"), "{text}");
    assert!(text.contains("low confidence"), "{text}");
}

#[test]
fn where_nothing_ran_it_is_said() {
    let nothing = "No stage has run. A registry has the stages of its scope only, which each thread opens anew.\n";
    let report = Registry::new().with_timing(Timing::Every).capture();
    assert_eq!(report.table().width(1_000).to_string(), nothing);
    assert_eq!(report.table().to_markdown(), nothing);
    assert_eq!(report.dataflow().width(1_000).to_string(), nothing);
}

#[test]
fn where_timing_is_off_nobody_says_that_nothing_ran() {
    let off = Pipeline::new(Timing::Off).run(USUAL).registry.capture();
    let text = off.table().width(1_000).to_string();
    let said = "Nothing was measured: timing is off. MEASURED=sampled turns it on, unless set_timing says otherwise.\n";
    assert_eq!(text, said);
}

#[test]
fn where_only_counts_were_asked_for_it_is_said_what_times() {
    let report = Pipeline::new(Timing::Counts).run(USUAL).registry.capture();
    let text = report.table().width(1_000).to_string();
    let said = "\nNothing was timed, so no bottleneck can be named. Timing is counts: MEASURED=sampled times some pulls.\n";
    assert!(text.contains(said), "{text}");
}

#[measured_stage("total")]
fn total(records: impl Iterator<Item = u64>, clock: MockClock) -> u64 {
    records.inspect(|_| clock.advance(40)).sum()
}

#[measured_stage("evens")]
fn evens(records: impl Iterator<Item = u64>, clock: MockClock) -> Vec<u64> {
    let records = records.inspect(|_| clock.advance(40));
    records.filter(|n| n % 2 == 0).collect()
}

/// One that the sink and the stage that returns a collection can both be timed by.
fn pulled_by_bodies(timing: Timing) -> Registry {
    let Pipeline { registry, clock } = Pipeline::new(timing);
    registry.scope(|| total(evens(0..100_000, clock.clone()).into_iter(), clock));
    registry
}

#[test]
fn what_bodies_pull_is_among_the_pulls_that_were_timed() {
    let report = pulled_by_bodies("one-in=100".parse().unwrap()).capture();
    let pulls = |name| report.stage(name).unwrap().pulls;
    assert_eq!([pulls("evens"), pulls("total")], [100_000, 50_000]);
    let timed: u64 = report.stages.iter().map(|stage| stage.timed_pulls).sum();
    assert_eq!(report.timing.one_in, Some(150_000.0 / timed as f64));
    let text = report.to_string();
    assert!(!text.contains("every pull timed"), "{text}");
}

#[test]
fn where_bodies_pull_every_pull_can_be_timed() {
    let registry = pulled_by_bodies(Timing::Every);
    let report = registry.capture();
    assert_eq!(report.timing.one_in, Some(1.0));
    assert!(report.to_string().contains("every pull timed"), "{report}");
}

#[test]
fn an_interval_counts_the_pulls_of_bodies_that_are_its_own() {
    let registry = pulled_by_bodies("one-in=100".parse().unwrap());
    let before = registry.capture();
    registry.scope(|| total(0..70_000, MockClock::new()));
    let interval = registry.capture().since(&before).unwrap();
    let timed: u64 = interval.stages.iter().map(|stage| stage.timed_pulls).sum();
    let one_in = 70_000.0 / timed as f64;
    assert!(
        (interval.timing.one_in.unwrap() - one_in).abs() < 1e-6,
        "{one_in}"
    );
}

#[test]
fn runs_that_panicked_are_said() {
    let Pipeline { registry, .. } = Pipeline::new(Timing::Every);
    let run = |limit| {
        let checked = (0..10)
            .inspect(move |n| assert!(*n < limit))
            .measured("checked");
        checked.for_each(drop);
    };
    registry.scope(|| run(10));
    assert!(catch_unwind(|| registry.scope(|| run(5))).is_err());
    let text = registry.capture().to_string();
    assert!(
        text.contains("\nchecked: 1 of 2 runs ended by a panic.\n"),
        "{text}"
    );
}
