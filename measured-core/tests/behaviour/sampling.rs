//! Whether what is estimated from a few pulls is true of all of them, and says
//! so where it is not. The clock is free here, so that the truth is known.

use crate::world::{World, stage, work};
use measured_core::{StageReport, measured_stage};

const SEEDS: u64 = 100;

/// `pulls` of a stage that takes `own(n)` for record n, with a source of `source`
/// and a consumer of `consumer`; its report, and its true share of the wall.
fn sample(
    timing: &str,
    seed: u64,
    pulls: u64,
    own: impl Fn(u64) -> u64,
    [source, consumer]: [u64; 2],
) -> (StageReport, f64) {
    let w = World::sampled(timing, seed);
    let mut spent = 0;
    w.scope(|| {
        let records = (0..pulls).inspect(|_| w.spend(source));
        let records = varying(records, |n| {
            let ns = own(n);
            spent += ns;
            w.spend(ns);
        });
        records.for_each(|_| w.spend(consumer));
    });
    let report = w.registry.capture();
    let truth = spent as f64 / report.wall_ns as f64;
    (stage(&report, "varying").clone(), truth)
}

#[measured_core::measured_stage("varying")]
fn varying(
    records: impl Iterator<Item = u64>,
    mut spend: impl FnMut(u64),
) -> impl Iterator<Item = u64> {
    records.inspect(move |&n| spend(n))
}

/// Between 60 and 139 ns, differently for each record and the same in every run.
fn noise(n: u64) -> u64 {
    60 + n.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(20) % 80
}

#[test]
fn a_rare_heavy_pull_is_never_a_confident_wrong_share() {
    const PULLS: u64 = 3 * 8_192;
    for timing in ["one-in=64", "one-in=1024"] {
        let mut flagged = 0;
        for seed in 0..SEEDS {
            // Not at a fixed place within its 8,192.
            let heavy = seed * 79 % 8_192;
            let own = |n| {
                if n % 8_192 == heavy {
                    2_000_000
                } else {
                    noise(n)
                }
            };
            let (varying, truth) = sample(timing, seed, PULLS, own, [20, 30]);
            let right = (varying.share - truth).abs() <= varying.share_ci;
            assert!(
                varying.low_confidence || right,
                "{timing}, seed {seed}: {} ± {}, not {truth}; closure {}",
                varying.share,
                varying.share_ci,
                varying.closure
            );
            flagged += u64::from(varying.low_confidence);
        }
        assert!(flagged > 0, "{timing}");
    }
}

/// A tenth of the wall is spent in one pull of 1,024, and one of 64 is timed: the
/// samples cannot know of it, but the wall does.
#[test]
fn a_period_too_long_for_the_samples_is_never_a_confident_wrong_share() {
    for seed in 0..SEEDS {
        let own = |n| if n % 1_024 == seed { 10_240 } else { 1 };
        let (varying, truth) = sample("one-in=64", seed, 40_000, own, [40, 50]);
        let right = (varying.share - truth).abs() <= varying.share_ci;
        assert!(right || varying.low_confidence, "seed {seed}: {varying:?}");
    }
}

#[test]
fn a_steady_stage_is_seldom_doubted() {
    let doubted = (0..SEEDS).filter(|&seed| {
        let (varying, truth) = sample("one-in=64", seed, 20_000, noise, [20, 30]);
        assert!((varying.share - truth).abs() < 0.02, "seed {seed}");
        varying.low_confidence
    });
    // The guard, too, allows for two standard errors.
    assert!(doubted.count() <= 10);
}

#[test]
fn periods_do_not_fool_it() {
    for period in [2, 32, 64, 100, 128, 1024] {
        // One pull of each period takes seven times as long as the others do.
        let own = |n| {
            if n % period == period - 1 { 640 } else { 1 }
        };
        let mut errors = Vec::new();
        for seed in 0..SEEDS {
            let (varying, truth) = sample("one-in=64", seed, 12_288, own, [40, 50]);
            errors.push(varying.share - truth);
        }
        let n = SEEDS as f64;
        let mean = errors.iter().sum::<f64>() / n;
        let variance = errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (n - 1.0);
        // The mean of 100 is within 3 standard errors of 0 in 997 of 1,000 cases; a
        // ratio is biased by the order of its variance besides.
        let tolerance = 3.0 * (variance / n).sqrt() + 2.0 * variance;
        assert!(
            mean.abs() <= tolerance,
            "period {period}: off by {mean} ± {tolerance}"
        );
        println!("period {period}: off by {mean:.4} ± {tolerance:.4}");
    }
}

#[test]
fn two_standard_errors_cover_the_truth() {
    for (what, own) in [
        ("noise", noise as fn(u64) -> u64),
        ("two kinds", |n| if n % 3 == 0 { 250 } else { 20 }),
        ("a ramp", |n| 20 + n / 200),
    ] {
        let covered = (0..SEEDS).filter(|&seed| {
            let (varying, truth) = sample("one-in=64", seed, 20_000, own, [30, 70]);
            (varying.share - truth).abs() <= varying.share_ci
        });
        let covered = covered.count();
        assert!(covered >= 90, "{what}: {covered} of {SEEDS}");
        println!("{what}: {covered} of {SEEDS}");
    }
}

#[test]
fn the_first_fifty_pulls_are_always_timed() {
    for (pulls, timed) in [(1, 1), (49, 49), (50, 50), (51, 50), (80, 50)] {
        let w = World::sampled("one-in=1000000", 3);
        w.scope(|| assert!(work(0u64.., w.clone(), 4).nth(pulls - 1).is_some()));
        assert_eq!(w.stage("work").timed_pulls, timed, "of {pulls}");
    }
}

#[test]
fn the_first_fifty_are_a_stages_not_a_runs() {
    let w = World::sampled("one-in=1000000", 3);
    w.scope(|| {
        for _ in 0..20 {
            assert!(work(0u64.., w.clone(), 4).nth(9).is_some());
        }
    });
    // Of each later run the first pull is.
    assert_eq!(w.stage("work").timed_pulls, 50 + 15);
}

#[test]
fn a_seed_repeats_its_gaps() {
    let timed = |seed| {
        let w = World::sampled("one-in=16", seed);
        w.scope(|| work(work(0..5_000u64, w.clone(), 4), w.clone(), 3).for_each(drop));
        w.registry.capture().stages.swap_remove(0)
    };
    assert_eq!(timed(1), timed(1));
    assert_ne!(timed(1).timed_pulls, timed(2).timed_pulls);
}

#[test]
fn a_mean_gap_of_one_is_every_pull() {
    let [sampled, every] = ["one-in=1", "every"].map(|timing| {
        let (mut varying, _) = sample(timing, 9, 1_000, noise, [20, 30]);
        assert_eq!(varying.timed_pulls, varying.pulls);
        // Printed, as the order in which the sums were added up may differ.
        varying.share = (varying.share * 1e9).round();
        varying.closure = 0.0;
        format!("{varying:?}")
    });
    assert_eq!(sampled, every);
}

#[test]
fn as_many_pulls_are_timed_as_were_asked_for() {
    for mean in [4u64, 64, 1024] {
        let pulls = 200 * mean;
        let (varying, _) = sample(&format!("one-in={mean}"), 11, pulls, noise, [20, 30]);
        // 200 draws on average, with a standard deviation of at most 15; four of them.
        let timed = varying.timed_pulls - 50;
        assert!(
            timed.abs_diff(200) <= 60,
            "one in {mean}: {timed} of {pulls}"
        );
    }
}

#[test]
fn a_budget_times_every_pull_that_costs_nothing() {
    let (varying, truth) = sample("budget=1%", 1, 2_000, noise, [20, 30]);
    assert_eq!(varying.timed_pulls, varying.pulls);
    assert!((varying.share - truth).abs() < 1e-9);
    assert!(varying.share_ci == 0.0 && !varying.low_confidence);
}

/// Every record is heavy in the second half: what was learnt must not be kept.
#[test]
fn a_workload_that_changes_is_followed() {
    let followed = (0..SEEDS).filter(|&seed| {
        let own = |n| if n < 20_000 { 20 } else { 2_000 };
        let (varying, truth) = sample("one-in=64", seed, 40_000, own, [100, 100]);
        (varying.share - truth).abs() <= varying.share_ci
    });
    assert!(followed.count() >= 90);
}

#[measured_core::measured_stage("batches")]
fn batches(
    records: impl Iterator<Item = u64>,
    mut spend: impl FnMut(),
) -> impl Iterator<Item = Vec<u64>> {
    let mut records = records;
    std::iter::from_fn(move || {
        let batch: Vec<u64> = records.by_ref().take(100).collect();
        spend();
        (!batch.is_empty()).then_some(batch)
    })
}

#[measured_core::measured_stage("rows")]
fn rows(
    batches: impl Iterator<Item = Vec<u64>>,
    mut spend: impl FnMut(),
) -> impl Iterator<Item = u64> {
    batches.flatten().inspect(move |_| spend())
}

/// A file of lines, a page of rows: one pull in a hundred does a hundred times the
/// work, and a few of those are all that is timed.
#[test]
fn a_refill_that_comes_again_and_again_is_no_accident() {
    let mut errors = [0.0; 2];
    for seed in 0..SEEDS {
        let w = World::sampled("one-in=100", seed);
        w.scope(|| {
            let batches = batches(0..100_000, || w.spend(6_000));
            rows(batches, || w.spend(30)).for_each(drop);
        });
        let report = w.registry.capture();
        // A thousand batches and a look for one more; a hundred thousand rows.
        let truths = [1_001.0 * 6_000.0, 100_000.0 * 30.0];
        for ((name, truth), error) in ["batches", "rows"].iter().zip(truths).zip(&mut errors) {
            let stage = stage(&report, name);
            let off = stage.share - truth / report.wall_ns as f64;
            assert!(
                stage.low_confidence || off.abs() <= 0.001 + 2.0 * stage.share_ci,
                "seed {seed}: {name} off by {off} ± {}",
                stage.share_ci
            );
            *error += off / SEEDS as f64;
        }
    }
    assert!(errors.iter().all(|error| error.abs() < 0.03), "{errors:?}");
}

/// A thread that is put aside once, in a pull that happens to be timed.
#[test]
fn an_accident_stands_for_itself() {
    for seed in 0..SEEDS {
        let unlucky = 5_000 + seed;
        let own = |n| if n == unlucky { 200_000 } else { noise(n) };
        let (varying, truth) = sample("one-in=16", seed, 100_000, own, [20, 30]);
        let right = (varying.share - truth).abs() <= 0.02;
        assert!(
            right || varying.low_confidence,
            "seed {seed}: {} not {truth}",
            varying.share
        );
    }
}

/// 10 ns a record of a part of its input, which it then lets go of, and 5 ms of its own.
#[measured_stage("top")]
fn top(records: impl Iterator<Item = u64>, world: World) -> u64 {
    let taken = records.take(10_000).inspect(world.spending(10));
    let sum = taken.sum();
    world.spend(5_000_000);
    sum
}

/// Of two inputs, one after the other: 10 ns a record of the first, 90 of the second.
#[measured_stage("join")]
fn join(known: impl Iterator<Item = u64>, records: impl Iterator<Item = u64>, world: World) -> u64 {
    let known: u64 = known.take(1_000).inspect(world.spending(10)).sum();
    records.inspect(world.spending(90)).sum::<u64>() + known
}

#[test]
fn what_a_sink_does_after_it_has_let_go_of_its_input_is_its_own() {
    let truth = 5_100_000.0 / 6_000_000.0;
    for timing in ["one-in=64", "one-in=1024"] {
        for seed in 0..20 {
            let w = World::sampled(timing, seed);
            w.scope(|| top((0..1_000_000).inspect(w.spending(90)), w.clone()));
            let share = w.stage("top").share;
            assert!(
                (share - truth).abs() < 1e-3,
                "{timing}, {seed}: {share} of {truth}"
            );
        }
    }
}

#[test]
fn an_input_is_timed_after_another_was_let_go_of() {
    let truth = (1_000.0 * 10.0 + 100_000.0 * 90.0) / 11_000_000.0;
    for seed in 0..20 {
        let w = World::sampled("one-in=64", seed);
        w.scope(|| {
            let known = (0..2_000).inspect(w.spending(990));
            join(known, (0..100_000).inspect(w.spending(10)), w.clone())
        });
        let share = w.stage("join").share;
        assert!((share - truth).abs() < 0.05, "{seed}: {share} of {truth}");
    }
}

/// Keeps one record in so many: 3 ns for each, and 50 for one that is kept.
#[measured_stage("rare")]
fn rare(
    records: impl Iterator<Item = u64>,
    world: World,
    one_in: u64,
) -> impl Iterator<Item = u64> {
    records
        .inspect({
            let world = world.clone();
            move |_| world.spend(3)
        })
        .filter(move |n| n % one_in == one_in - 1)
        .inspect(move |_| world.spend(50))
}

/// Only some inputs of such a pull are timed, the fewer the more it has.
#[test]
fn pulls_of_many_inputs_are_estimated_without_bias() {
    const SEEDS: u64 = 60;
    for (one_in, kept) in [(1, 2_000), (100, 300), (10_000, 30)] {
        let truth = (3 * one_in + 50) as f64 / (13 * one_in + 50) as f64;
        let (mut errors, mut covered) = (Vec::new(), 0);
        for seed in 0..SEEDS {
            let w = World::sampled("one-in=4", seed);
            w.scope(|| {
                // 10 ns a record, but for one in seven.
                let source = (0..one_in * kept).inspect(|n| w.spend(9 + 7 * u64::from(n % 7 == 0)));
                assert_eq!(rare(source, w.clone(), one_in).count() as u64, kept);
            });
            let rare = w.stage("rare");
            assert_eq!((rare.records_in, rare.records_out), (one_in * kept, kept));
            errors.push(rare.share - truth);
            covered += u64::from((rare.share - truth).abs() <= rare.share_ci);
        }
        let n = SEEDS as f64;
        let mean = errors.iter().sum::<f64>() / n;
        let deviation = (errors.iter().map(|it| it * it).sum::<f64>() / n).sqrt();
        assert!(deviation < 0.05, "one in {one_in}: {deviation}");
        assert!(
            mean.abs() < 4.0 * deviation / n.sqrt() + 1e-3,
            "one in {one_in}: {mean}"
        );
        assert!(
            covered >= SEEDS * 85 / 100,
            "one in {one_in}: {covered} of {SEEDS}"
        );
    }
}
