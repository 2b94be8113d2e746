//! Many threads at one stage, and readers among them.

use crate::world::{World, counting_timings, stage, work};
use measured_core::{Measured, Registry, Timing, measured_stage};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

const THREADS: u64 = 8;

#[measured_stage("short")]
fn short(records: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    records.filter(|n| n % 2 == 0)
}

#[test]
fn eight_threads_of_short_runs_lose_nothing_and_wait_for_no_reader_for_ever() {
    const RUNS: u64 = if cfg!(debug_assertions) {
        2_000
    } else {
        10_000
    };
    for timing in counting_timings() {
        let registry = Registry::new().with_timing(timing);
        let done = AtomicBool::new(false);
        thread::scope(|threads| {
            for _ in 0..2 {
                threads.spawn(|| {
                    while !done.load(Ordering::Acquire) {
                        let report = registry.capture();
                        let active = report.stage("short").map_or(0, |short| short.active);
                        assert!(active <= THREADS);
                    }
                });
            }
            let working: Vec<_> = (0..THREADS)
                .map(|_| {
                    threads.spawn(|| {
                        registry.scope(|| {
                            for n in 0..RUNS {
                                assert_eq!(short(0..n % 7).count() as u64, (n % 7).div_ceil(2));
                            }
                        });
                    })
                })
                .collect();
            for thread in working {
                thread.join().expect("no panic");
            }
            done.store(true, Ordering::Release);
        });
        let report = registry.capture();
        let short = stage(&report, "short");
        let records_in: u64 = (0..RUNS).map(|n| n % 7).sum();
        let records_out: u64 = (0..RUNS).map(|n| (n % 7).div_ceil(2)).sum();
        assert_eq!(short.records_in, THREADS * records_in, "{timing}");
        assert_eq!(short.records_out, THREADS * records_out, "{timing}");
        assert_eq!(short.pulls, THREADS * (records_out + RUNS), "{timing}");
        assert_eq!((short.runs, short.active), (THREADS * RUNS, 0));
        assert_eq!((short.exhausted, short.panicked), (THREADS * RUNS, 0));
    }
}

#[test]
fn a_run_is_pulled_by_one_thread_after_another_while_it_is_read() {
    for timing in counting_timings() {
        let registry = Registry::new().with_timing(timing);
        let mut chain = registry.scope(|| short(0..4_000));
        for _ in 0..THREADS {
            chain = thread::scope(|threads| {
                let pulling = threads.spawn(|| {
                    chain.by_ref().take(200).for_each(drop);
                    chain
                });
                let before = registry.capture().stages[0].records_out;
                assert!(registry.capture().stages[0].records_out >= before);
                pulling.join().expect("no panic")
            });
        }
        assert_eq!(chain.count(), 400);
        let report = registry.capture();
        assert_eq!(stage(&report, "short").records_in, 4_000, "{timing}");
        assert_eq!(stage(&report, "short").records_out, 2_000, "{timing}");
    }
}

#[test]
fn a_registry_outlives_its_threads_and_a_run_its_registry() {
    let w = World::new();
    let chain = thread::spawn({
        let w = w.clone();
        move || w.scope(|| work(0..10u64, w.clone(), 3))
    })
    .join()
    .expect("no panic");
    let clock = w.clock.clone();
    drop(w);
    assert_eq!(chain.count(), 10);
    assert_eq!(clock.now(), 30);
}

#[test]
fn the_wall_is_added_up_over_threads() {
    let w = World::new();
    let here = w.scope(|| work(0..10u64, w.clone(), 10));
    thread::scope(|threads| {
        threads.spawn(|| w.scope(|| work(0..10u64, w.clone(), 10).for_each(drop)));
    });
    here.for_each(drop);
    let report = w.registry.capture();
    let work = stage(&report, "work");
    assert_eq!((work.runs, work.self_ns), (2, 200));
    // 100 ns there, during which the run here was kept waiting, and 100 more here.
    assert_eq!((work.downstream_ns, work.total_ns), (100, 300));
    assert_eq!(report.wall_ns, 300);
    assert_eq!((report.sink_ns, report.unattributed_ns), (100, 0));
}

/// It sends its input to a thread of its own and asks that for one record at a time.
#[measured_stage]
fn threaded(records: impl Iterator<Item = u64> + Send + 'static) -> impl Iterator<Item = u64> {
    let (ask, asked) = sync_channel(0);
    let (answer, answers) = sync_channel(0);
    thread::spawn(move || {
        let mut records = records;
        while let Ok(()) = asked.recv() {
            if answer.send(records.next()).is_err() {
                break;
            }
        }
        // Its stages have ended when the last answer is here.
        drop(records);
        drop(answer);
    });
    std::iter::from_fn(move || {
        ask.send(()).ok()?;
        answers.recv().ok()?
    })
}

#[test]
fn a_stage_that_sends_its_input_to_a_thread_says_so_and_all_adds_up() {
    for timing in ["every", "one-in=16"] {
        let w = World::sampled(timing, 7);
        let records = (0..1_000).inspect({
            let w = w.clone();
            move |_| w.spend(20)
        });
        w.scope(|| threaded(work(records, w.clone(), 80)).for_each(|_| w.spend(10)));
        // The thread lets go of its stage a moment later.
        while w.stage("work").active > 0 {
            thread::yield_now();
        }
        let report = w.registry.capture();
        let near = |ns: u64, truth: u64| ns.abs_diff(truth) <= truth / 50;
        let (work, threaded) = (stage(&report, "work"), stage(&report, "threaded"));
        assert!(near(work.self_ns, 80_000), "{timing}\n{report}");
        assert!(near(report.source_ns, 20_000), "{timing}\n{report}");
        // It waits.
        assert!(near(threaded.self_ns, 100_000), "{timing}\n{report}");
        assert!(threaded.fed_elsewhere && threaded.low_confidence);
        assert!(!work.fed_elsewhere);
        assert!(
            near(report.wall_ns, 110_000 + 110_000),
            "{timing}\n{report}"
        );
        // The consumer's, here, and there the time between two questions.
        assert!(near(report.sink_ns, 10_000 + 10_000), "{timing}\n{report}");
        let unattributed = report.unattributed_ns.unsigned_abs();
        assert!(unattributed <= report.wall_ns / 100, "{timing}\n{report}");
        let text = report.to_string();
        assert!(
            text.contains("threaded: another thread pulls its input"),
            "{text}"
        );
    }
}

#[test]
fn a_run_covers_the_wall_of_the_thread_that_pulls_it() {
    let w = World::new();
    let mut chain = w.scope(|| work(0..4u64, w.clone(), 10));
    for _ in 0..3 {
        chain = thread::scope(|threads| {
            let pulling = threads.spawn(|| {
                chain.next();
                w.spend(5);
                chain
            });
            pulling.join().expect("no panic")
        });
    }
    chain.for_each(drop);
    let report = w.registry.capture();
    let work = stage(&report, "work");
    assert_eq!(
        (work.self_ns, work.downstream_ns, work.total_ns),
        (40, 15, 55)
    );
    assert_eq!(
        (report.wall_ns, report.sink_ns, report.unattributed_ns),
        (55, 15, 0)
    );
}

/// Who has pulled so many records hands the chain on to the other.
fn pull_in_turns(mut chain: Box<dyn Iterator<Item = u64> + Send>, each: usize) {
    loop {
        if chain.by_ref().take(each).count() < each {
            break;
        }
        chain = thread::spawn(move || {
            chain.by_ref().take(each).for_each(drop);
            chain
        })
        .join()
        .expect("no panic");
    }
}

#[test]
fn a_chain_that_goes_from_thread_to_thread_covers_one_wall() {
    const RECORDS: u64 = 20_000;
    for timing in counting_timings() {
        let w = World::with(timing);
        let chain = w.scope(|| {
            let first = (0..RECORDS).inspect(w.spending(20)).measured("first");
            let second = first.inspect(w.spending(20)).measured("second");
            second.inspect(w.spending(40)).measured("third")
        });
        pull_in_turns(Box::new(chain), 37);
        let report = w.registry.capture();
        assert_eq!(report.wall_ns, RECORDS * 80, "{timing}");
        if timing == Timing::Counts {
            continue;
        }
        let near = |ns: u64, each: u64| ns.abs_diff(RECORDS * each) <= report.wall_ns / 50;
        assert!(near(report.sink_ns, 0), "{timing}\n{report}");
        for (name, each) in [("first", 20), ("second", 20), ("third", 40)] {
            assert!(
                near(stage(&report, name).self_ns, each),
                "{timing}\n{report}"
            );
        }
    }
}
