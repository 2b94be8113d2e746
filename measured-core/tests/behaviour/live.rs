//! What a report shows of runs that have not ended, captured from another thread.

use crate::world::{World, counting_timings, stage, work};
use measured_core::{Measured, Registry, Report, Timing, measured_stage};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// 5 ns from whoever pulls.
const CONSUMED: u64 = 5;

/// Pulls `work` (4 ns) over a source of 3 ns `pulls` times, then lets `ns` go by
/// at `place` in the next one; the reports before and while.
fn blocked(w: &World, pulls: u64, place: &str, ns: u64) -> [Report; 2] {
    let mut reports = Vec::new();
    w.scope(|| {
        let reports = std::cell::RefCell::new(&mut reports);
        let block_in = |here: &str, n: u64| {
            if place == here && n == pulls {
                let before = w.seen_from_elsewhere();
                w.spend(ns);
                reports
                    .borrow_mut()
                    .extend([before, w.seen_from_elsewhere()]);
            }
        };
        let source = (0..=pulls).inspect(|&n| {
            block_in("source", n);
            w.spend(3);
        });
        let first = work(source, w.clone(), 4);
        for n in second(first, w.clone(), |n| block_in("own", n)) {
            block_in("consumer", n);
            w.spend(CONSUMED);
        }
    });
    reports.try_into().expect("two reports")
}

#[measured_stage("second")]
fn second(
    records: impl Iterator<Item = u64>,
    world: World,
    block: impl Fn(u64),
) -> impl Iterator<Item = u64> {
    records.inspect(move |&n| {
        block(n);
        world.spend(2);
    })
}

#[test]
fn blocked_in_the_source() {
    let [before, while_it_lasts] = blocked(&World::new(), 200, "source", 10_000);
    for (name, upstream) in [("work", 3 * 200), ("second", (3 + 4) * 200)] {
        assert_eq!(stage(&before, name).upstream_ns, upstream);
        let now = stage(&while_it_lasts, name);
        assert_eq!(now.upstream_ns, upstream + 10_000);
        assert_eq!((now.silent_ns, now.active), (Some(10_000), 1));
        assert_eq!(now.self_ns, stage(&before, name).self_ns);
        assert_eq!(now.downstream_ns, stage(&before, name).downstream_ns);
    }
    assert_eq!(while_it_lasts.source_ns, before.source_ns + 10_000);
    assert_eq!(while_it_lasts.sink_ns, 200 * CONSUMED);
    assert_eq!(while_it_lasts.unattributed_ns, 0);
}

#[test]
fn blocked_in_its_own_code() {
    let [before, while_it_lasts] = blocked(&World::new(), 200, "own", 10_000);
    for (name, own, upstream, downstream) in [("work", 0, 0, 10_000), ("second", 10_000, 0, 0)] {
        let (then, now) = (stage(&before, name), stage(&while_it_lasts, name));
        assert_eq!(now.self_ns, then.self_ns + own, "{name}");
        assert_eq!(now.upstream_ns, then.upstream_ns + upstream, "{name}");
        assert_eq!(now.downstream_ns, then.downstream_ns + downstream, "{name}");
    }
    assert_eq!(while_it_lasts.sink_ns, before.sink_ns);
    assert_eq!(while_it_lasts.bottleneck().expect("one").name, "second");
}

#[test]
fn blocked_by_the_consumer() {
    let [before, while_it_lasts] = blocked(&World::new(), 200, "consumer", 10_000);
    for name in ["work", "second"] {
        let (then, now) = (stage(&before, name), stage(&while_it_lasts, name));
        assert_eq!(now.self_ns, then.self_ns, "{name}");
        assert_eq!(now.upstream_ns, then.upstream_ns, "{name}");
        assert_eq!(now.downstream_ns, then.downstream_ns + 10_000, "{name}");
        assert!(now.silent_ns >= Some(10_000), "{name}");
    }
    assert_eq!(while_it_lasts.sink_ns, before.sink_ns + 10_000);
}

#[test]
fn time_between_two_samples_is_nobodys() {
    for place in ["source", "own", "consumer"] {
        // 50 pulls of warm-up, then hardly ever one.
        let w = World::sampled("one-in=1000000", 37);
        let [before, while_it_lasts] = blocked(&w, 80, place, 10_000);
        for name in ["work", "second"] {
            let (then, now) = (stage(&before, name), stage(&while_it_lasts, name));
            assert_eq!(now.timed_pulls, 50);
            assert_eq!(now.self_ns, then.self_ns, "{name}, {place}");
            assert_eq!(now.upstream_ns, then.upstream_ns, "{name}, {place}");
            assert_eq!(now.downstream_ns, then.downstream_ns, "{name}, {place}");
            assert_eq!(now.total_ns, then.total_ns + 10_000, "{name}, {place}");
            assert!(now.silent_ns >= Some(10_000), "{name}, {place}");
        }
        let unattributed = while_it_lasts.unattributed_ns - before.unattributed_ns;
        assert_eq!(unattributed, 10_000, "{place}");
    }
}

#[measured_stage("sum")]
fn sum(records: impl Iterator<Item = u64>) -> u64 {
    records.sum()
}

#[test]
fn time_between_two_samples_of_a_sink_is_nobodys() {
    let w = World::sampled("one-in=1000000", 37);
    w.scope(|| {
        sum((0..81).inspect(|n| {
            w.spend(3);
            if *n == 80 {
                let before = w.stage("sum");
                w.spend(10_000);
                let now = w.stage("sum");
                assert_eq!(now.self_ns, before.self_ns);
                assert_eq!(now.upstream_ns, before.upstream_ns);
                assert_eq!(now.total_ns, before.total_ns + 10_000);
            }
        }))
    });
}

#[measured_stage("sorted")]
fn sorted(records: impl Iterator<Item = u64>, world: World) -> impl Iterator<Item = u64> {
    let mut all: Vec<u64> = records.collect();
    world.spend(1_000);
    all.sort_unstable();
    all.into_iter()
}

#[test]
fn the_total_of_a_run_is_never_less_than_its_parts() {
    for timing in ["every", "one-in=16"] {
        let w = World::sampled(timing, 1);
        w.scope(|| {
            let mut elapsed = 0;
            let look = |elapsed: u64| {
                let sorted = w.stage("sorted");
                assert_eq!(sorted.total_ns, elapsed, "{timing}");
                let parts = sorted.self_ns + sorted.upstream_ns + sorted.downstream_ns;
                assert!(parts <= elapsed, "{timing}: {parts} of {elapsed}");
            };
            let mut chain = sorted((0..300).inspect(|_| w.spend(7)), w.clone());
            elapsed += 300 * 7 + 1_000;
            look(elapsed);
            w.spend(50);
            elapsed += 50;
            look(elapsed);
            while chain.next().is_some() {
                w.spend(CONSUMED);
                elapsed += CONSUMED;
                look(elapsed);
            }
            look(elapsed);
        });
    }
}

#[test]
fn the_first_record_is_known_of_before_the_last() {
    let w = World::new();
    w.scope(|| {
        let mut chain = work(0u64.., w.clone(), 4);
        chain.next();
        chain.next();
        assert_eq!(w.stage("work").first_out_ns, Some(4));
    });
    assert_eq!(w.stage("work").first_out_ns, Some(4));
}

#[test]
fn where_every_pull_is_timed_counts_are_exact_to_one() {
    let w = World::new();
    w.scope(|| {
        for (n, _) in (1..).zip(work(0..300u64, w.clone(), 4)) {
            let work = w.stage("work");
            assert_eq!((work.records_in, work.records_out), (n, n - 1));
            assert_eq!((work.runs, work.active, work.pulls), (1, 1, n - 1));
        }
    });
}

#[test]
fn no_more_has_come_out_than_went_in() {
    for timing in ["every", "one-in=16", "one-in=100", "budget=1%"] {
        let w = World::sampled(timing, 3);
        w.scope(|| {
            work(0..3_000u64, w.clone(), 4).for_each(|n| {
                let work = w.registry.metrics("work").expect("a stage");
                assert!(work.records_out <= work.records_in, "{timing}, {n}");
            });
        });
    }
}

#[test]
fn where_pulls_are_sampled_counts_are_one_sample_old_at_most() {
    let w = World::sampled("one-in=16", 5);
    w.scope(|| {
        let mut timed = 0;
        let source = (0..3_000u64).inspect(|&n| {
            let work = w.stage("work");
            if work.timed_pulls > timed {
                // One was added up since the last pull: what came before is known.
                timed = work.timed_pulls;
                assert!(work.records_out >= n.saturating_sub(1), "{work:?}");
            }
        });
        work(source, w.clone(), 4).for_each(drop);
        assert!(timed > 200);
    });
}

/// However few pulls are timed, or none, a run that never ends is heard of.
#[test]
fn a_run_without_an_end_shows_that_it_goes_on() {
    for timing in counting_timings() {
        let w = World::with(timing);
        w.scope(|| {
            let mut chain = work(0u64.., w.clone(), 4);
            chain.nth(200_000);
            let seen = w.stage("work");
            assert!(
                seen.records_out >= 130_000,
                "{timing}: {}",
                seen.records_out
            );
            assert!(seen.records_in >= 130_000, "{timing}: {}", seen.records_in);
        });
        let work = w.stage("work");
        assert_eq!(work.records_in, 200_001);
        assert_eq!(work.records_out, 200_001);
    }
}

#[test]
fn counts_only_grow() {
    const RECORDS: u64 = 20_000;
    const CAPTURES: u64 = 200;
    for timing in counting_timings() {
        let registry = Registry::new().with_timing(timing);
        let (w, captures) = (World::new(), AtomicU64::new(0));
        let rounds = thread::scope(|threads| {
            let working = threads.spawn(|| {
                registry.scope(|| {
                    let mut rounds = 0;
                    while captures.load(Ordering::Acquire) < CAPTURES {
                        let numbers = work(0..RECORDS, w.clone(), 0);
                        work(numbers, w.clone(), 0).for_each(drop);
                        rounds += 1;
                    }
                    rounds
                })
            });
            let mut last = [0; 6];
            while captures.load(Ordering::Acquire) < CAPTURES {
                let report = registry.capture();
                let Some(work) = report.stage("work") else {
                    continue;
                };
                let seen = [
                    work.runs,
                    work.exhausted,
                    work.records_in,
                    work.records_out,
                    work.pulls,
                    work.timed_pulls,
                ];
                assert!(
                    seen.iter().zip(last).all(|(new, old)| *new >= old),
                    "{seen:?} after {last:?}"
                );
                last = seen;
                captures.fetch_add(1, Ordering::Release);
            }
            working.join().expect("no panic")
        });
        let report = registry.capture();
        let work = stage(&report, "work");
        assert_eq!(
            [work.records_in, work.records_out],
            [2 * rounds * RECORDS; 2]
        );
        assert_eq!((work.exhausted, work.active), (2 * rounds, 0));
        assert_eq!(work.silent_ns, None);
        assert_eq!(work.timed_pulls > 0, timing != Timing::Counts);
    }
}

#[measured_stage("counted", timing = counts)]
fn counted(records: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    records.map(|n| n + 1)
}

#[test]
fn where_nothing_is_timed_no_time_is_anybodys() {
    let check = |w: &World, name: &str, total: u64| {
        let stage = w.stage(name);
        assert_eq!(
            [stage.self_ns, stage.upstream_ns, stage.downstream_ns],
            [0; 3],
            "{name}"
        );
        assert_eq!((stage.total_ns, stage.timed_pulls), (total, 0), "{name}");
    };
    let w = World::with(Timing::Counts);
    w.scope(|| {
        let mut chain = work(counted(0..10), w.clone(), 4);
        w.spend(100);
        assert!(chain.by_ref().take(5).all(|n| n > 0));
        for name in ["counted", "work"] {
            check(&w, name, 120);
        }
        assert_eq!(chain.count(), 5);
    });
    for name in ["counted", "work"] {
        check(&w, name, 140);
    }
    assert_eq!(w.seen_from_elsewhere().wall_ns, 140);
}

#[test]
fn a_body_shows_what_it_is_doing() {
    let w = World::new();
    w.scope(|| {
        let world = w.clone();
        let looking = w.clone();
        sorted(
            (0..10).inspect(move |n| {
                world.spend(7);
                let sorted = looking.stage("sorted");
                assert_eq!(sorted.upstream_ns, 7 * (n + 1));
                assert_eq!((sorted.self_ns, sorted.downstream_ns), (0, 0));
                assert_eq!((sorted.records_in, sorted.records_out), (*n, 0));
            }),
            w.clone(),
        )
        .for_each(drop);
    });
}

#[measured_stage("every_other", items = result)]
fn every_other(numbers: impl Iterator<Item = u64>) -> impl Iterator<Item = Result<u64, u64>> {
    numbers.map(|n| if n % 2 == 0 { Ok(n) } else { Err(n) })
}

#[test]
fn errors_are_told_with_the_records_that_they_are_among() {
    let errors_and_records = |registry: &Registry| {
        let report = registry.capture();
        let stage = stage(&report, "every_other");
        (stage.records_err, stage.records_out)
    };
    for timing in counting_timings() {
        let registry = Registry::new().with_timing(timing);
        let mut results = registry.scope(|| every_other(0..100_000));
        let told = [10, 30_000, 69_990].map(|records| {
            assert_eq!(results.by_ref().take(records).count(), records);
            errors_and_records(&registry)
        });
        assert!(
            told.iter().all(|(errors, records)| *errors == records / 2),
            "{timing}: {told:?}"
        );
        assert!(told[2].0 > 0, "{timing}: {told:?}");
        assert_eq!(results.next(), None);
        assert_eq!(errors_and_records(&registry), (50_000, 100_000));
        drop(results);
        assert_eq!(errors_and_records(&registry), (50_000, 100_000));
    }
}

#[test]
fn a_later_capture_never_has_less_whoever_took_it() {
    let registry = Registry::new().with_timing(Timing::Every);
    let mut numbers = registry.scope(|| (0_u64..).measured("numbers"));
    let (first, done) = (numbers.next(), AtomicU64::new(0));
    let mut reports: Vec<Report> = thread::scope(|scope| {
        let takers = [(); 3].map(|()| {
            scope.spawn(|| {
                let taken: Vec<Report> = (0..1_000).map(|_| registry.capture()).collect();
                done.fetch_add(1, Ordering::Relaxed);
                taken
            })
        });
        while done.load(Ordering::Relaxed) < 3 {
            numbers.next();
        }
        let taken = takers
            .into_iter()
            .map(|taker| taker.join().expect("reports"));
        taken.flatten().collect()
    });
    reports.sort_by_key(|report| report.origin.as_ref().map(|origin| origin.sequence));
    let records: Vec<u64> = reports
        .iter()
        .map(|report| stage(report, "numbers").records_out)
        .collect();
    assert!(first.is_some() && records.first() < records.last());
    assert!(records.is_sorted());
}
