//! A stage that was only counted for a while and timed for another: in a process of its own, as
//! `set_timing` is for all of it.
#![cfg(feature = "enable")]

use measured_core::{MockClock, Registry, Report, Timing, measured_stage, set_timing};

#[measured_stage]
fn first(records: u64, clock: MockClock) -> impl Iterator<Item = u64> {
    (0..records).inspect(move |_| clock.advance(1_000))
}

#[measured_stage]
fn second(records: impl Iterator<Item = u64>, clock: MockClock) -> impl Iterator<Item = u64> {
    records.inspect(move |_| clock.advance(2_000))
}

/// A registry that keeps to the timing of the process, and what sends records through it.
fn pipeline() -> (Registry, impl Fn(u64)) {
    let clock = MockClock::new();
    let registry = Registry::new().with_clock(clock.clone());
    let run_in = registry.clone();
    let run = move |records| {
        run_in.scope(|| second(first(records, clock.clone()), clock.clone()).for_each(drop));
    };
    (registry, run)
}

#[test]
fn what_was_only_counted_is_nobodys_and_doubted() {
    let (registry, run) = pipeline();
    set_timing(Timing::Counts);
    run(1_000);
    let counted = registry.capture();
    set_timing(Timing::Every);
    run(1_000);
    let both = registry.capture();

    assert_eq!((both.wall_ns, both.sink_ns), (6_000_000, 0));
    assert_eq!(both.unattributed_ns, 3_000_000);
    assert_doubted(&both, -0.5);

    // Since then all is known.
    let timed = both.since(&counted).expect("later");
    assert_eq!((timed.wall_ns, timed.unattributed_ns), (3_000_000, 0));
    for (stage, share) in timed.stages.iter().zip([1.0 / 3.0, 2.0 / 3.0]) {
        assert!((stage.share - share).abs() < 1e-6, "{stage:?}");
        assert!(!stage.low_confidence, "{stage:?}");
        assert!(stage.closure.abs() < 1e-6, "{stage:?}");
    }

    // A little of it does no harm.
    run(50_000);
    assert!(
        registry
            .capture()
            .stages
            .iter()
            .all(|it| !it.low_confidence)
    );

    // Reports of two processes, in either order and with a third.
    let (other, run) = pipeline();
    run(1_000);
    let other = other.capture();
    for merged in [[&counted, &other], [&other, &counted]] {
        let merged = Report::merge(merged.map(Clone::clone)).expect("two");
        assert_doubted(&merged, -0.5);
        let again = Report::merge([merged, third()]).expect("three");
        assert_doubted(&again, -1.0 / 3.0);
    }
}

fn third() -> Report {
    let (registry, run) = pipeline();
    run(1_000);
    registry.capture()
}

#[track_caller]
fn assert_doubted(report: &Report, closure: f64) {
    assert_eq!(report.stages.len(), 2, "{report}");
    for stage in &report.stages {
        assert!(stage.low_confidence, "{report}");
        assert!((stage.closure - closure).abs() < 1e-6, "{}", stage.closure);
    }
}
