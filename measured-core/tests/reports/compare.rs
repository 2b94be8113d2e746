//! Before and after: verdicts, noise, and what is printed.

use crate::golden::assert_golden;
use crate::pipeline::{Pipeline, USUAL, Work, report};
use measured_core::{Comparison, Measured, Registry, Report, Timing, Verdict};

fn with(edit: impl FnOnce(&mut Work)) -> Report {
    let mut work = USUAL;
    edit(&mut work);
    report(work)
}

fn verdict(comparison: &Comparison, stage: &str) -> Verdict {
    comparison.stage(stage).unwrap().verdict
}

#[test]
fn a_stage_that_takes_longer_for_a_record_is_slower() {
    let (before, after) = (report(USUAL), with(|w| w.slow = 1_800));
    let worse = after.compare_to(&before);
    assert_eq!(verdict(&worse, "slow"), Verdict::Slower);
    assert_eq!(verdict(&worse, "keep"), Verdict::NoDifferenceShown);
    let slow = worse.stage("slow").unwrap();
    assert_eq!(
        (slow.self_ns.before, slow.self_ns.after),
        (Some(900.0), Some(1_800.0))
    );
    assert_eq!(verdict(&before.compare_to(&after), "slow"), Verdict::Faster);
}

#[test]
fn more_records_are_no_more_time_for_each() {
    let comparison = with(|w| w.records = 50_000).compare_to(&report(USUAL));
    assert_eq!(verdict(&comparison, "slow"), Verdict::NoDifferenceShown);
    let slow = comparison.stage("slow").unwrap();
    assert_eq!(slow.self_ns.relative(), Some(0.0));
    assert_eq!(slow.records_in.relative(), Some(49.0));
    assert_eq!(slow.selectivity.relative(), Some(0.0));
}

#[test]
fn a_little_is_noise_until_several_reports_agree() {
    let one = with(|w| w.slow = 945).compare_to(&report(USUAL));
    assert_eq!(verdict(&one, "slow"), Verdict::NoDifferenceShown);
    let side = |around: u64| [around - 5, around, around + 5].map(|ns| with(|w| w.slow = ns));
    let several = Comparison::between(&side(900), &side(945));
    assert_eq!(verdict(&several, "slow"), Verdict::Slower);
    let slow = several.stage("slow").unwrap().self_ns;
    assert!(
        (slow.noise - 4.604 * (2.0 * 25.0 / 3.0_f64).sqrt()).abs() < 0.5,
        "{slow:?}"
    );
    // The same means, the reports further apart.
    let side = |around: u64| [around - 90, around, around + 90].map(|ns| with(|w| w.slow = ns));
    let spread = Comparison::between(&side(900), &side(945));
    assert_eq!(verdict(&spread, "slow"), Verdict::NoDifferenceShown);
}

#[test]
fn sampling_is_noise() {
    let before = report(USUAL);
    let mut after = with(|w| w.slow = 1_800);
    assert_eq!(verdict(&after.compare_to(&before), "slow"), Verdict::Slower);
    after.stages[1].share_ci = 0.6;
    let comparison = after.compare_to(&before);
    assert_eq!(verdict(&comparison, "slow"), Verdict::NoDifferenceShown);
    assert_eq!(
        comparison.stage("slow").unwrap().self_ns.relative(),
        Some(1.0)
    );
}

#[test]
fn stages_come_and_go() {
    let run = |names: &[&'static str]| {
        let registry = Registry::new();
        registry.scope(|| {
            for name in names {
                (0..10).measured(name).for_each(drop);
            }
        });
        registry.capture()
    };
    let comparison = run(&["parse", "fresh"]).compare_to(&run(&["parse", "old"]));
    let verdicts: Vec<_> = comparison
        .stages
        .iter()
        .map(|s| (&*s.name, s.verdict))
        .collect();
    assert_eq!(
        verdicts[1..],
        [("fresh", Verdict::New), ("old", Verdict::Gone)]
    );
    let nothing = Comparison::between(&[], &[]);
    assert_eq!(nothing.to_string(), "No stage has run, before or after.\n");
}

#[test]
fn a_stage_that_is_there_and_never_ran_is_never_reached() {
    let before = report(USUAL);
    let mut after = before.clone();
    let cold = &mut after.stages[1];
    (cold.runs, cold.pulls, cold.records_in) = (0, 0, 0);
    assert_eq!(
        verdict(&after.compare_to(&before), "slow"),
        Verdict::NeverReached
    );
    assert_eq!(verdict(&before.compare_to(&after), "slow"), Verdict::New);
}

#[test]
fn where_nothing_was_timed_no_verdict_is_given() {
    let counted = Pipeline::new(Timing::Counts).run(USUAL).registry.capture();
    let comparison = report(USUAL).compare_to(&counted);
    assert_eq!(verdict(&comparison, "slow"), Verdict::NoDifferenceShown);
    let slow = comparison.stage("slow").unwrap();
    assert_eq!(
        (slow.self_ns.before, slow.self_ns.after),
        (None, Some(900.0))
    );
    assert_eq!(slow.selectivity.relative(), Some(0.0));
}

#[test]
fn samples_that_miss_part_of_the_wall_are_noise() {
    let before = report(USUAL);
    let mut after = with(|w| w.slow = 1_800);
    after.stages[1].low_confidence = true;
    after.stages[1].closure = -0.4;
    let comparison = after.compare_to(&before);
    assert_eq!(verdict(&comparison, "slow"), Verdict::NoDifferenceShown);
    assert!(comparison.to_string().contains("?: low confidence."));
}

#[test]
fn one_report_a_side_shows_large_changes_only_and_promises_nothing() {
    let side = |reports: usize| vec![report(USUAL); reports];
    let half_more = with(|w| w.slow = 1_350).compare_to(&report(USUAL));
    assert_eq!(verdict(&half_more, "slow"), Verdict::NoDifferenceShown);
    for (before, after, promises) in [(1, 1, false), (1, 6, false), (6, 1, false), (2, 2, true)] {
        let said = Comparison::between(&side(before), &side(after)).to_string();
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(said.contains("99 of 100"), promises, "{said}");
        assert_eq!(
            said.contains("Give three or more a side"),
            !promises,
            "{said}"
        );
    }
}

/// The same with stages that take so much, and a clock that takes 30 ns to be read.
fn read_in_30_ns(slow: u64) -> Report {
    let mut report = with(|w| w.slow = slow);
    report.timing.clock_ns = 30.0;
    report
}

#[test]
fn what_is_too_quick_is_no_figure_and_decides_nothing() {
    let comparison = read_in_30_ns(1).compare_to(&read_in_30_ns(11));
    let slow = comparison.stage("slow").unwrap();
    assert_eq!(slow.verdict, Verdict::NoDifferenceShown);
    assert!(slow.too_quick_before && slow.too_quick_after);
    assert!(!slow.p99_ns.is_shown());
    assert!(slow.self_ns.noise > 30.0, "{slow:?}");
    let rule = "slow.self_ns < -10%".parse().unwrap();
    let undecided = comparison.check(&[rule]).unwrap_err().to_string();
    assert!(undecided.contains("not decided"), "{undecided}");
    let said = comparison.to_string();
    let row = said.lines().find(|line| line.starts_with("slow")).unwrap();
    assert_eq!(row.matches("too quick").count(), 2, "{said}");
    assert!(!row.contains('%') || row.contains("100.0 %"), "{said}");
    assert!(
        said.contains("too quick: pulls take about a read"),
        "{said}"
    );
}

#[test]
fn what_became_too_quick_became_faster() {
    let comparison = read_in_30_ns(1).compare_to(&read_in_30_ns(900));
    let slow = comparison.stage("slow").unwrap();
    assert_eq!(slow.verdict, Verdict::Faster);
    assert!(!slow.too_quick_before && slow.too_quick_after);
    // By how much nobody knows; that it did not become slower, anybody does.
    let rules = ["slow.self_ns > +10%", "slow.self_ns < -10%"].map(|rule| rule.parse().unwrap());
    let violated = comparison.check(&rules).unwrap();
    assert_eq!(violated.len(), 1);
    assert_eq!(violated[0].rule, rules[1]);
    let fixed = "slow.self_ns > 20".parse().unwrap();
    assert!(comparison.check(&[fixed]).is_err());
}

#[test]
fn a_run_without_measuring_is_no_run_without_stages() {
    let off = Pipeline::new(Timing::Off).run(USUAL).registry.capture();
    let after = off.compare_to(&report(USUAL));
    assert_eq!(verdict(&after, "slow"), Verdict::NotMeasured);
    assert_eq!(after.wall_ns.after, None);
    let said = after.to_string();
    assert!(
        said.contains("Nothing was measured after: timing was off"),
        "{said}"
    );
    let before = report(USUAL).compare_to(&off);
    assert_eq!(verdict(&before, "slow"), Verdict::NotMeasured);
    assert!(before.to_string().contains("Nothing was measured before"));
    let error = after.check(&["slow.self_ns > +10%".parse().unwrap()]);
    assert!(error.unwrap_err().to_string().contains("timing was off"));
}

fn printed() -> Comparison {
    let mut before = report(USUAL);
    let mut after = with(|w| {
        w.slow = 450;
        w.keep = 60;
    });
    after.stages[0].records_out += 10;
    for report in [&mut before, &mut after] {
        let mut retired = report.stages[0].clone();
        "|retired|".clone_into(&mut retired.name);
        report.stages.push(retired);
    }
    after.stages.pop();
    after.compare_to(&before)
}

#[test]
fn as_a_table() {
    let table = printed().to_string();
    assert_golden("comparison.txt", &table);
}

#[test]
fn for_a_pull_request() {
    let markdown = printed().table().to_markdown();
    assert_golden("comparison.md", &markdown);
}

#[cfg(feature = "serde")]
#[test]
fn for_machines() {
    let comparison = printed();
    let value = serde_json::to_value(&comparison).unwrap();
    assert_eq!(value["stages"][1]["verdict"], "faster");
    assert_eq!(value["stages"][1]["self_ns"]["after"], 450.0);
    assert_eq!(
        serde_json::from_value::<Comparison>(value).unwrap(),
        comparison
    );
}
