//! Intervals: what happened between two captures.

use crate::pipeline::{Pipeline, USUAL, Work};
use measured_core::{Measured, Report, SinceError, Timing};

/// Twenty records, and then so many others.
fn interval(then: Work) -> Report {
    let pipeline = Pipeline::new(Timing::Every);
    let earlier = pipeline
        .run(Work {
            records: 20,
            ..USUAL
        })
        .registry
        .capture();
    pipeline
        .run(then)
        .registry
        .capture()
        .since(&earlier)
        .unwrap()
}

#[test]
fn an_interval_is_as_if_nothing_had_been_before() {
    let then = Work {
        records: 400,
        keep: 7,
        slow: 300,
    };
    let mut interval = interval(then);
    let mut alone = Pipeline::new(Timing::Every).run(then).registry.capture();
    interval.origin = None;
    alone.origin = None;
    for report in [&mut interval, &mut alone] {
        for stage in &mut report.stages {
            // Known as the upper end of a bucket: what was before took longer.
            stage.latency.max_ns = 0;
        }
    }
    assert_eq!(interval, alone);
}

#[test]
fn between_a_capture_and_itself_is_nothing() {
    let report = Pipeline::new(Timing::Every).run(USUAL).registry.capture();
    let nothing = report.since(&report).unwrap();
    assert_eq!(
        (nothing.wall_ns, nothing.source_ns, nothing.unattributed_ns),
        (0, 0, 0)
    );
    for stage in &nothing.stages {
        assert_eq!(
            (stage.runs, stage.records_in, stage.self_ns, stage.pulls),
            (0, 0, 0, 0)
        );
        assert_eq!(
            (stage.latency.buckets().count(), stage.recent_ns().count()),
            (0, 0)
        );
        assert_eq!(
            (stage.share, stage.share_ci, stage.latency.max_ns),
            (0.0, 0.0, 0)
        );
    }
}

#[test]
fn an_interval_in_which_nothing_ran_blames_nobody() {
    let earlier = Pipeline::new(Timing::Every).run(USUAL).registry.capture();
    let mut later = earlier.clone();
    // As by another rate of the clock.
    later.wall_ns += 136;
    later.instrumentation_ns += 129;
    later.stages[1].self_ns += 5;
    later.stages[1].share_ci = 0.01;
    let idle = later.since(&earlier).unwrap();
    assert!(idle.bottleneck().is_none());
    assert!(
        idle.stages
            .iter()
            .all(|s| (s.share, s.share_ci) == (0.0, 0.0))
    );
    let printed = idle.to_string();
    assert!(
        printed.contains("No record passed, so no bottleneck can be named."),
        "{printed}"
    );
    assert!(!printed.contains('±'), "{printed}");
}

#[test]
fn a_stage_that_is_new_has_all_that_it_has() {
    let pipeline = Pipeline::new(Timing::Every);
    let earlier = pipeline.registry.capture();
    let later = pipeline.run(USUAL).registry.capture();
    let interval = later.since(&earlier).unwrap();
    assert_eq!(interval.stages[1].records_in, later.stages[1].records_in);
    assert_eq!(interval.stages[1].latency, later.stages[1].latency);
}

#[test]
fn an_interval_says_which_it_is() {
    let pipeline = Pipeline::new(Timing::Every);
    let first = pipeline.registry.capture();
    let _second = pipeline.registry.capture();
    let origin = pipeline
        .registry
        .capture()
        .since(&first)
        .unwrap()
        .origin
        .unwrap();
    assert_eq!((origin.since, origin.sequence), (Some(1), 3));
}

#[test]
fn what_shares_no_beginning_has_nothing_between() {
    let pipeline = Pipeline::new(Timing::Every);
    let reports: Vec<Report> = (0..3)
        .map(|_| pipeline.run(USUAL).registry.capture())
        .collect();
    let other = Pipeline::new(Timing::Every).run(USUAL).registry.capture();
    let late = reports[2].since(&reports[1]).unwrap();
    let merged = Report::merge([reports[0].clone(), other.clone()]).unwrap();
    for (later, earlier, expected) in [
        (&reports[0], &reports[1], SinceError::Reversed),
        (&reports[2], &other, SinceError::OtherRegistry),
        (&reports[2], &late, SinceError::OtherBeginning),
        (&merged, &reports[0], SinceError::SeveralCaptures),
    ] {
        assert_eq!(later.since(earlier), Err(expected));
        assert_eq!(expected.to_string().lines().count(), 1);
    }
}

#[test]
fn sampling_errors_of_an_interval_are_those_of_its_own_pulls() {
    // Records that differ, so that which of them are timed matters.
    let sampled = |parts: &[u64]| -> Vec<Report> {
        let pipeline = Pipeline::new("one-in=16".parse().unwrap());
        let work = |records| {
            pipeline.registry.scope(|| {
                let uneven = (0..records).inspect(|n| pipeline.clock.advance(20 + n * 7_919 % 97));
                let marked = measured_core::Measured::measured(uneven, "uneven");
                marked.for_each(|n| pipeline.clock.advance(n * 104_729 % 89));
            });
        };
        parts
            .iter()
            .map(|&part| {
                work(part);
                pipeline.registry.capture()
            })
            .collect()
    };
    let [before, after] = &sampled(&[100_000, 20_000])[..] else {
        panic!("two reports")
    };
    let interval = after.since(before).unwrap();
    let alone = &sampled(&[20_000])[0];
    let (own, exact) = (interval.stages[0].share, 68.0 / (68.0 + 44.0));
    let ci = interval.stages[0].share_ci;
    assert!((own - exact).abs() < 2.0 * ci, "{own} ±{ci} for {exact}");
    let usual = alone.stages[0].share_ci;
    assert!(
        (0.5 * usual..2.0 * usual).contains(&ci),
        "{ci} beside {usual}"
    );
}

#[test]
fn a_stage_that_has_run_before_the_interval_has_no_row_of_doubt_in_it() {
    let Pipeline { registry, clock } = Pipeline::new("one-in=100".parse().unwrap());
    registry.scope(|| {
        let records = (0..10_000u64).inspect(|n| {
            // Rare and long: the samples do not carry it.
            clock.advance(if n % 2_000 == 1_999 { 90_000_000 } else { 100 });
        });
        records.measured("before").for_each(drop);
    });
    let earlier = registry.capture();
    assert!(earlier.stage("before").unwrap().low_confidence);
    registry.scope(|| {
        (0..40u64)
            .inspect(|_| clock.advance(50))
            .measured("within")
            .for_each(drop);
    });
    let mut later = registry.capture();
    // As where the clock's rate has become better known.
    let before = later.stages.iter_mut().find(|it| it.name == "before");
    let before = before.unwrap();
    (before.self_ns, before.total_ns) = (before.self_ns + 2, before.total_ns + 2);
    let interval = later.since(&earlier).unwrap();
    assert_eq!(interval.stage("before").unwrap().self_ns, 0);
    let text = interval.table().width(1_000).to_string();
    assert!(!text.contains('?'), "{text}");
    assert!(
        text.contains("\nNothing called before in this interval.\n"),
        "{text}"
    );
}
