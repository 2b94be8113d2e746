//! What reports say of a stage's allocations.

use super::process::each_alone;
use super::start;
use measured_core::memory;
use measured_core::{Measured, Registry, Report, StageAllocations, measured_stage};
use std::hint::black_box;

const RECORDS: u64 = 40;

/// One block of 100 bytes a record, by nobody who is measured.
fn source() -> impl Iterator<Item = Vec<u8>> {
    (0..RECORDS).map(|_| vec![1; 100])
}

/// Two blocks of 10 and 20 bytes a record, and one of 1,000.
#[measured_stage("first")]
fn first(records: impl Iterator<Item = Vec<u8>>) -> impl Iterator<Item = Vec<u8>> {
    let table = vec![7_u8; 1_000];
    records.map(move |record| {
        drop(black_box(vec![table[0]; 10]));
        record[..20].to_vec()
    })
}

/// One block of 5 bytes a record, within a function.
#[measured_stage("second")]
fn second(records: impl Iterator<Item = Vec<u8>>) -> impl Iterator<Item = u8> {
    records.map(|record| short(&record)[0])
}

fn short(record: &[u8]) -> Vec<u8> {
    record[..5].to_vec()
}

/// Runs another pipeline for each record.
#[measured_stage("nested")]
fn nested(records: impl Iterator<Item = u8>) -> impl Iterator<Item = usize> {
    records.map(|_| {
        let inside = (0..3).map(|n| vec![0_u8; n + 1]).measured("inside");
        drop(black_box(vec![0_u8; 50]));
        inside.count()
    })
}

fn allocations(report: &Report, name: &str) -> StageAllocations {
    let stage = report
        .stage(name)
        .unwrap_or_else(|| panic!("{name} in {report}"));
    stage
        .allocations
        .unwrap_or_else(|| panic!("{name} was not watched"))
}

fn own(report: &Report, name: &str) -> [u64; 2] {
    let allocations = allocations(report, name);
    [allocations.count, allocations.size]
}

fn upstream(report: &Report, name: &str) -> [u64; 2] {
    let allocations = allocations(report, name);
    [allocations.upstream_count, allocations.upstream_size]
}

fn run(pipeline: impl FnOnce()) -> Report {
    let registry = Registry::new();
    registry.scope(pipeline);
    registry.capture()
}

each_alone! {
    fn own_and_upstream_are_told_apart() {
        start();
        let pipeline = || _ = second(first(source())).map(black_box).max();
        run(pipeline);
        let report = run(pipeline);
        assert_eq!(own(&report, "first"), [1 + 2 * RECORDS, 1_000 + 30 * RECORDS]);
        assert_eq!(upstream(&report, "first"), [RECORDS, 100 * RECORDS]);
        assert_eq!(own(&report, "second"), [RECORDS, 5 * RECORDS]);
        // All that was allocated above it but the table, which was there before.
        assert_eq!(upstream(&report, "second"), [3 * RECORDS, 130 * RECORDS]);

        let second = report.stage("second").expect("it ran");
        let per_record = second.allocations_per_record().expect("all of it was watched");
        assert_eq!((per_record.count, per_record.size), (1.0, 5.0));
        assert_eq!((per_record.upstream_count, per_record.upstream_size), (3.0, 130.0));
        assert!(report.to_string().contains("allocations of"), "{report}");
    }

    fn a_pipeline_within_a_stage_is_not_its_own() {
        start();
        let pipeline = || _ = nested(second(first(source()))).max();
        run(pipeline);
        let report = run(pipeline);
        assert_eq!(own(&report, "nested"), [RECORDS, 50 * RECORDS]);
        // An input that is no stage, inside a mark, is upstream of the mark.
        let inside = allocations(&report, "inside");
        assert_eq!(inside.count + inside.upstream_count, 3 * RECORDS);
        assert_eq!(inside.size + inside.upstream_size, (1 + 2 + 3) * RECORDS);
        assert_eq!(own(&report, "second"), [RECORDS, 5 * RECORDS]);
    }

    fn a_sink_and_a_sort_are_charged_for_their_own() {
        start();
        let pipeline = || drop(sorted(source()));
        run(pipeline);
        let report = run(pipeline);
        assert_eq!(own(&report, "sorted"), [1, 64 * size_of::<Vec<u8>>() as u64]);
        assert_eq!(upstream(&report, "sorted"), [RECORDS, 100 * RECORDS]);
    }

    fn a_panic_leaves_nothing_behind_for_the_next() {
        start();
        let pipeline = || _ = second(first(source())).map(black_box).max();
        run(pipeline);
        let registry = Registry::new();
        let mut kept = None;
        registry.scope(|| {
            let angry = source().enumerate().map(|(n, record)| {
                assert!(n != 5, "on purpose");
                record
            });
            let mut chain = first(angry);
            let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                while chain.next().is_some() {}
            }));
            assert!(caught.is_err());
            kept = Some(chain.size_hint());
        });
        let report = run(pipeline);
        assert_eq!(own(&report, "first"), [1 + 2 * RECORDS, 1_000 + 30 * RECORDS]);
        assert_eq!(own(&report, "second"), [RECORDS, 5 * RECORDS]);
    }

    fn where_nobody_tracks_nothing_is_said() {
        let pipeline = || _ = second(first(source())).map(black_box).max();
        let report = run(pipeline);
        let stage = report.stage("first").expect("it ran");
        assert_eq!((stage.allocations, stage.allocations_per_record()), (None, None));
        assert!(!report.to_string().contains("allocations of"), "{report}");

        // Runs before the start spoil the mean, and an interval leaves them out.
        let registry = Registry::new();
        registry.scope(pipeline);
        let before = registry.capture();
        start();
        registry.scope(pipeline);
        memory::stop();
        let both = registry.capture();
        let second = both.stage("second").expect("it ran");
        assert!(second.allocations.is_some());
        assert_eq!(second.allocations_per_record(), None);
        let since = both.since(&before).expect("one process");
        let second = since.stage("second").expect("it ran");
        let per_record = second.allocations_per_record().expect("all of it was watched");
        assert_eq!((per_record.count, per_record.size), (1.0, 5.0));
    }

    fn a_run_that_goes_on_since_before_is_not_said_to_allocate_nothing() {
        let registry = Registry::new();
        let mut chain = registry.scope(|| second(first(source())));
        chain.next();
        let before = registry.capture();
        start();
        registry.scope(|| _ = second(first(source())).map(black_box).max());
        assert_eq!(chain.by_ref().count() as u64, RECORDS - 1);
        memory::stop();
        let since = registry.capture().since(&before).expect("one process");
        let second = since.stage("second").expect("it ran");
        // The first is told of when the next is asked for.
        assert_eq!(second.records_out, 2 * RECORDS);
        assert_eq!((second.allocations, second.allocations_per_record()), (None, None));
    }

    fn a_stage_whose_pulls_are_not_told_of_is_not_said_to_allocate_nothing() {
        start();
        let report = run(|| _ = second(counted(source())).map(black_box).max());
        let counted = report.stage("counted").expect("it ran");
        assert_eq!(counted.records_out, RECORDS);
        assert_eq!((counted.allocations, counted.allocations_per_record()), (None, None));
    }
}

/// One block a record.
#[measured_stage("counted", timing = counts)]
fn counted(records: impl Iterator<Item = Vec<u8>>) -> impl Iterator<Item = Vec<u8>> {
    records.map(|record| record[..50].to_vec())
}

/// Reads all before it returns.
#[measured_stage("sorted")]
fn sorted(records: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut all = Vec::with_capacity(64);
    all.extend(records);
    all.sort();
    all
}
