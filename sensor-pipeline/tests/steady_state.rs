//! Once the pipeline is under way it allocates nothing, however closely it is measured, by
//! measured-core's own account.

use measured_core::memory::{TrackingAllocator, allocated_by};
use measured_core::{Measured, Registry, assert_no_alloc};
use sensor_pipeline::{
    ColumnNames, Columns, CsvRows, Generator, Intake, Method, Range, Row, features, filter,
    normalize, parse,
};
use std::hint::black_box;

#[global_allocator]
static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();

/// Readings after which all sensors have their window.
const WARM_UP: usize = 2_000;
const READINGS: usize = 20_000;

/// Pulls readings through all stages but the sink, the last of them under guard.
fn is_steady(rows: impl Iterator<Item = Row>, columns: &Columns, method: Method) {
    let range = Range::new(0.0, 100.0).expect("a range");
    let mut intake = Intake::default();
    let kept = filter(parse(rows, columns, &mut intake), range);
    let window = 10.try_into().expect("a window");
    let mut featured = features(normalize(kept, range), window, method);
    assert_eq!(
        featured.by_ref().take(WARM_UP).map(black_box).count(),
        WARM_UP
    );
    let (pulled, allocated) = allocated_by(|| {
        assert_no_alloc!(|| featured.by_ref().take(READINGS).map(black_box).count())
    });
    assert_eq!(pulled, READINGS);
    assert_eq!(allocated.measured_count, 0, "what measures them allocates");
}

fn for_each_timing(check: impl Fn()) {
    for timing in ["off", "counts", "sampled", "one-in=64", "every"] {
        let timing = timing.parse().expect("a timing");
        Registry::new().with_timing(timing).scope(&check);
    }
}

#[test]
fn generated_readings() {
    for_each_timing(|| {
        let header = Generator::header();
        let columns = Columns::find(&header, &ColumnNames::default()).expect("its columns");
        for method in [Method::Naive, Method::Running] {
            is_steady(Generator::new(100_000, 37), &columns, method);
        }
    });
}

#[test]
fn readings_from_csv() {
    let mut csv = String::from("timestamp,sensor,value\n");
    for reading in 0..30_000 {
        let line = format!(
            "2026-01-01 00:00:{:02},pump {},{}\n",
            reading % 60,
            reading % 3,
            reading % 97
        );
        csv.push_str(&line);
    }
    for_each_timing(|| {
        let mut rows = CsvRows::new(csv.as_bytes())
            .expect("it can be read")
            .map_while(Result::ok);
        let header = rows.next().expect("a header");
        let columns = Columns::find(&header, &ColumnNames::default()).expect("its columns");
        drop(header);
        is_steady(rows, &columns, Method::Running);
    });
}

#[test]
fn the_guard_would_see_a_record_that_allocates_and_a_stage_that_begins() {
    let records = (0..100).map(|n| vec![n; 8]);
    let (rows, allocated) = allocated_by(|| {
        records
            .inspect(|row| _ = black_box(row))
            .fold(0, |n, _| n + 1)
    });
    assert_eq!((rows, allocated.count), (100, 100));
    let begun = || Registry::new().scope(|| (0..100).measured("new").count());
    assert!(allocated_by(begun).1.measured_count > 0);
}
