//! How the wall is divided: what the parts of a report add up to.

use measured_core::{Measured, Registry, Report, StageReport};

/// The parts of the wall that have an owner.
fn attributed(report: &Report) -> u64 {
    let own: u64 = report.stages.iter().map(|stage| stage.self_ns).sum();
    report.source_ns + own + report.sink_ns + report.instrumentation_ns
}

fn same(figure: f64, part: u64, whole: u64) -> bool {
    (figure * whole as f64 - part as f64).abs() < 1e-6
}

/// On the real clock, whose ticks are no whole nanoseconds.
fn measured() -> Report {
    let registry = Registry::new().with_timing("one-in=16".parse().unwrap());
    registry.scope(|| {
        let numbers = (0..2_000u64).measured("numbers").map(std::hint::black_box);
        let odd = numbers.filter(|n| n % 2 == 1).measured("odd");
        odd.map(|n| n * n).measured("squares").for_each(drop);
    });
    registry.capture()
}

#[test]
fn no_nanosecond_is_lost_or_made_by_rounding() {
    for _ in 0..50 {
        let report = measured();
        // Sampled on one thread, parts never overlap.
        let left = report.wall_ns.checked_sub(attributed(&report));
        let left = left.and_then(|ns| i64::try_from(ns).ok());
        assert_eq!(left, Some(report.unattributed_ns), "{report}");
    }
}

#[test]
fn shares_and_rates_follow_from_the_times_beside_them() {
    let report = measured();
    let follows = |stage: &StageReport| {
        same(stage.share, stage.self_ns, report.wall_ns)
            && same(
                stage.throughput_rps / 1e9,
                stage.records_out,
                stage.total_ns,
            )
    };
    assert!(report.stages.iter().all(follows), "{report:#?}");
    assert!(same(
        report.timing.overhead,
        report.instrumentation_ns,
        report.wall_ns
    ));
}
