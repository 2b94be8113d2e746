//! The reports of several processes as one: the algebra, and who is out of line.

use crate::pipeline::{Pipeline, USUAL, Work};
use measured_core::{Measured, MergeError, Registry, Report, Timing, TimingMode};
use proptest::prelude::*;
use std::sync::LazyLock;

/// So many captures of a process, with work between them.
fn captures(process: &str, works: &[Work]) -> Vec<Report> {
    let pipeline = Pipeline::new(Timing::Every);
    let capture = |work: &Work| {
        let mut report = pipeline.run(*work).registry.capture();
        let origin = report.origin.as_mut().unwrap();
        process.clone_into(&mut origin.process);
        origin.registry = 0;
        report
    };
    works.iter().map(capture).collect()
}

/// Captures and intervals of three processes, none of which overlap in part.
static POOL: LazyLock<Vec<Report>> = LazyLock::new(|| {
    let mut pool = Vec::new();
    for (process, slow) in [("a", 900), ("b", 450), ("c", 2_000)] {
        let work = Work {
            records: 40 + slow,
            slow,
            ..USUAL
        };
        let whole = captures(process, &[work; 3]);
        let interval = |later: usize, earlier: usize| whole[later].since(&whole[earlier]).unwrap();
        pool.extend([interval(1, 0), interval(2, 1)]);
        // A capture that begins before this one and ends within it could not be added.
        if process == "b" {
            pool.push(interval(2, 0));
        } else {
            pool.extend(whole);
        }
    }
    pool
});

fn merged(reports: &[Report]) -> Report {
    Report::merge(reports.to_vec()).unwrap()
}

fn some() -> impl Strategy<Value = Vec<Report>> {
    proptest::collection::vec(0..POOL.len(), 1..6)
        .prop_map(|chosen| chosen.into_iter().map(|at| POOL[at].clone()).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_order_does_not_matter((reports, shuffled) in some().prop_flat_map(|r| (Just(r.clone()), Just(r).prop_shuffle()))) {
        prop_assert_eq!(merged(&reports), merged(&shuffled));
    }

    #[test]
    fn the_grouping_does_not_matter(a in some(), b in some(), c in some()) {
        let left = merged(&[merged(&[merged(&a), merged(&b)]), merged(&c)]);
        let right = merged(&[merged(&a), merged(&[merged(&b), merged(&c)])]);
        let all = merged(&[a, b, c].concat());
        prop_assert_eq!(&left, &right);
        prop_assert_eq!(&left, &all);
    }

    #[test]
    fn what_comes_twice_counts_once(reports in some()) {
        let once = merged(&reports);
        prop_assert_eq!(&merged(&[reports.clone(), reports].concat()), &once);
        prop_assert_eq!(merged(&[once.clone(), once.clone()]), once);
    }

    #[test]
    fn counts_are_added_up_over_processes(reports in some()) {
        let whole = merged(&reports);
        let parts = if whole.merged_from.is_empty() { std::slice::from_ref(&whole) } else { &whole.merged_from };
        for (at, stage) in whole.stages.iter().enumerate() {
            prop_assert_eq!(&*stage.name, ["keep", "slow"][at]);
            let sum = |of: fn(&measured_core::StageReport) -> u64| -> u64 { parts.iter().map(|r| of(&r.stages[at])).sum() };
            prop_assert_eq!(stage.records_in, sum(|s| s.records_in));
            prop_assert_eq!(stage.self_ns, sum(|s| s.self_ns));
            prop_assert_eq!(stage.latency.count, sum(|s| s.latency.count));
            let bars: u64 = stage.latency.buckets().map(|b| b.count).sum();
            prop_assert_eq!(bars, sum(|s| s.latency.buckets().map(|b| b.count).sum()));
        }
        let attributed = whole.source_ns + whole.sink_ns + whole.stages.iter().map(|s| s.self_ns).sum::<u64>();
        prop_assert_eq!(i64::try_from(whole.wall_ns - attributed).unwrap(), whole.unattributed_ns);
    }
}

#[test]
fn a_later_capture_has_all_of_the_earlier_one() {
    let captures = captures("a", &[USUAL; 3]);
    assert_eq!(merged(&captures), captures[2]);
    let interval = captures[1].since(&captures[0]).unwrap();
    assert_eq!(merged(&[interval, captures[2].clone()]), captures[2]);
}

#[test]
fn intervals_that_follow_one_another_are_added_up() {
    let captures = captures("a", &[USUAL; 3]);
    let steps = [
        captures[0].clone(),
        captures[1].since(&captures[0]).unwrap(),
        captures[2].since(&captures[1]).unwrap(),
    ];
    let sum = merged(&steps);
    for (stage, whole) in sum.stages.iter().zip(&captures[2].stages) {
        assert_eq!(stage.records_out, whole.records_out);
        assert_eq!(
            (stage.self_ns, stage.total_ns),
            (whole.self_ns, whole.total_ns)
        );
        assert_eq!(stage.first_out_ns, whole.first_out_ns);
        assert!(stage.latency.buckets().eq(whole.latency.buckets()));
        assert!((stage.share - whole.share).abs() < 1e-12);
    }
    assert_eq!((sum.wall_ns, sum.unattributed_ns), (captures[2].wall_ns, 0));
}

#[test]
fn intervals_with_a_part_in_common_cannot_be_added() {
    let captures = captures("a", &[USUAL; 4]);
    let (early, late) = (
        captures[2].since(&captures[0]).unwrap(),
        captures[3].since(&captures[1]).unwrap(),
    );
    let error = Report::merge([early, late]).unwrap_err();
    assert_eq!(error, MergeError::Overlap("a".to_owned()));
    assert!(
        error
            .to_string()
            .starts_with("two intervals of process a have a part in common")
    );
}

#[test]
fn quantiles_are_those_of_all_processes() {
    let report = |process, slow| captures(process, &[Work { slow, ..USUAL }]).remove(0);
    let both = merged(&[report("a", 100), report("b", 10_000)]);
    let slow = &both.stage("slow").unwrap().latency;
    let near = |ns: u64, expected: f64| (ns as f64 / expected - 1.0).abs() < 0.04;
    assert!(near(slow.p50_ns, 100.0), "{slow:?}");
    assert!(near(slow.p90_ns, 10_000.0), "{slow:?}");
    assert_eq!(slow.max_ns, 10_000);
    let mean = 500.0 * 10_100.0 / 1_002.0;
    assert!((slow.mean_ns / mean - 1.0).abs() < 0.032, "{slow:?}");
}

#[test]
fn a_restart_and_another_registry_are_others() {
    let pipelines = [Pipeline::new(Timing::Every), Pipeline::new(Timing::Every)];
    let reports = pipelines.map(|pipeline| pipeline.run(USUAL).registry.capture());
    let [one, two] = reports.clone().map(|report| report.origin.unwrap());
    assert_eq!(one.process, two.process);
    assert_eq!(merged(&reports).merged_from.len(), 2);
    assert_eq!(merged(&reports).stages[0].records_in, 2_000);
}

#[test]
fn who_is_out_of_line_is_named() {
    let report = |process, slow| captures(process, &[Work { slow, ..USUAL }]).remove(0);
    let all = merged(&[
        report("north", 900),
        report("south", 2_700),
        report("west", 1_000),
    ]);
    let skew = all.skew();
    let slow = skew.stages[1].self_ns.as_ref().unwrap();
    assert_eq!(
        (slow.least, slow.median, slow.most),
        (900.0, 1_000.0, 2_700.0)
    );
    assert_eq!((&*slow.least_in, &*slow.most_in), ("north", "south"));
    let text = skew.to_string();
    assert!(
        text.contains(
            "slow: process south takes 2.7 times as long for a record as the middle one."
        ),
        "{text}"
    );
    assert!(!text.contains("keep: process"), "{text}");

    let even = merged(&[report("north", 900), report("west", 1_000)])
        .skew()
        .to_string();
    assert!(
        even.contains("None of 2 processes has half as much again"),
        "{even}"
    );
    let alone = report("north", 900).skew();
    assert_eq!((alone.processes, alone.stages.len()), (0, 0));
    assert!(alone.to_string().starts_with("One process"));
}

#[test]
fn what_they_do_not_share_of_how_they_were_timed_is_mixed() {
    let every = captures("every", &[USUAL]).remove(0);
    assert_eq!(
        merged(std::slice::from_ref(&every)).timing.mode,
        TimingMode::Every
    );
    let mut counted = captures("counts", &[USUAL]).remove(0);
    counted.timing.mode = TimingMode::Counts;
    let timing = merged(&[every, counted]).timing;
    assert_eq!(
        (timing.mode, timing.clock.as_str()),
        (TimingMode::Mixed, "mock")
    );
}

/// The report of a process in which `work` ran.
fn process(name: &str, work: impl FnOnce()) -> Report {
    let registry = Registry::new().with_timing(Timing::Counts);
    registry.scope(work);
    let mut report = registry.capture();
    name.clone_into(&mut report.origin.as_mut().unwrap().process);
    report
}

/// Two stages of one name.
fn csv(records: u64) {
    (0..records).measured("parse").for_each(drop);
}

fn json(records: u64) {
    (0..records).measured("parse").for_each(drop);
}

fn records(report: &Report) -> Vec<u64> {
    let mut records: Vec<u64> = report.stages.iter().map(|it| it.records_out).collect();
    records.sort_unstable();
    records
}

#[test]
fn stages_of_one_name_are_kept_apart_whoever_ran_which() {
    for one in ["a", "z"] {
        let both = merged(&[
            process(one, || csv(10)),
            process("b", || json(1_000)),
            process("c", || {
                csv(1);
                json(5);
            }),
        ]);
        assert_eq!(records(&both), [11, 1_005]);
    }
}

#[test]
fn a_stage_that_has_moved_since_the_last_build_is_still_the_same() {
    let old = process("a", || csv(10));
    let new = process("b", || json(1_000));
    assert_eq!(records(&merged(&[old, new])), [1_010]);
}

#[test]
fn how_many_runs_go_on_is_what_the_last_interval_says() {
    let registry = Registry::new().with_timing(Timing::Every);
    let mut numbers = registry.scope(|| (0..100).measured("numbers"));
    let captures = [(); 3].map(|()| {
        numbers.next();
        registry.capture()
    });
    let intervals = [
        captures[0].clone(),
        captures[1].since(&captures[0]).unwrap(),
        captures[2].since(&captures[1]).unwrap(),
    ];
    let going_on = |report: &Report| {
        let numbers = report.stage("numbers").unwrap();
        (numbers.runs, numbers.active, numbers.records_out)
    };
    // The third record is told of when the next one is asked for.
    assert_eq!(going_on(&merged(&intervals)), (1, 1, 2));
    drop(numbers);
    let last = registry.capture().since(&captures[2]).unwrap();
    let [first, second, third] = intervals;
    assert_eq!(going_on(&merged(&[first, second, third, last])), (1, 0, 3));
}
