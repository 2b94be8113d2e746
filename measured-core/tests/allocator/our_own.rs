//! What the library itself takes, by its own account.

use super::process::each_alone;
use super::start;
use measured_core::memory::{Allocated, GroupBy, Snapshot, StatisticDiff, allocated_by};
#[cfg(feature = "profile")]
use measured_core::profile::Profiler;
use measured_core::{
    Measured, MetricsCollector, Registry, Timing, assert_no_alloc, measured_stage, profiled,
};
use std::sync::Barrier;
use std::thread;

#[measured_stage("even")]
fn even(numbers: impl Iterator<Item = u64> + Clone) -> impl Iterator<Item = u64> + Clone {
    numbers.filter(|number| is_even(*number))
}

#[profiled]
fn is_even(number: u64) -> bool {
    remainder(number, 2) == 0
}

#[profiled(generics)]
fn remainder<T: std::ops::Rem<Output = T>>(number: T, by: T) -> T {
    number % by
}

/// Runs another stage for each number.
#[measured_stage("busy")]
fn busy(numbers: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    numbers.inspect(|_| assert_eq!((0..3).measured("inside").count(), 3))
}

/// Counts the ten numbers that come out of stages of all kinds: there are more inputs,
/// clones and nested runs than we have room for on the stack. Allocates nothing.
fn drained() -> usize {
    let [one, two, three, four] = ["a", "b", "c", "d"].map(|name| even((0..4).measured(name)));
    let again = four.clone();
    let all = one.chain(two).chain(three).chain(four).chain(again);
    busy(all).measured("last").count()
}

/// Each call is on a path of its own.
#[cfg(feature = "profile")]
#[profiled]
fn nested(deeper: u32) {
    if deeper > 0 {
        nested(deeper - 1);
    }
}

fn ours(f: impl FnOnce()) -> StatisticDiff {
    let before = Snapshot::take();
    f();
    let diffs = Snapshot::take().compare_to(&before, GroupBy::Stage);
    let ours = diffs.get("(measured)").cloned();
    ours.unwrap_or_else(|| panic!("nothing is ours in\n{diffs}"))
}

each_alone! {
    fn a_registry_of_a_hundred_stages_is_under_500_kb() {
        let names: Vec<&'static str> = (0..100)
            .map(|number| &*Box::leak(format!("stage {number}").into_boxed_str()))
            .collect();
        start();
        let registry = Registry::new().with_timing("every".parse().expect("a timing"));
        let held = ours(|| registry.scope(|| {
            for name in names {
                assert_eq!((0..200).measured(name).count(), 200);
            }
        }));
        assert!((100 * 1_000..500_000).contains(&held.size_diff), "{held:?}");
        assert_eq!(registry.capture().stages.len(), 100);
    }

    fn a_collector_is_96_bytes_and_with_its_ring_at_most_512() {
        start();
        for (latencies, most) in [(0, 96), (100, 512), (10_000, 512)] {
            let before = Snapshot::take().size();
            let collectors: Vec<MetricsCollector> = (0..1_000)
                .map(|_| {
                    let collector = MetricsCollector::new();
                    (0..latencies).for_each(|latency| collector.timed(latency));
                    collector
                })
                .collect();
            let each = (Snapshot::take().size() - before) / collectors.len() as u64;
            assert!(each <= most, "{each} bytes with {latencies} latencies");
        }
    }

    fn what_is_ours_is_no_stages_and_no_closures() {
        start();
        // The closest look takes the most.
        let registry = Registry::new().with_timing(Timing::Every);
        let pipeline = || registry.scope(|| (0..3).measured("quiet").for_each(drop));
        let (held, allocated) = {
            let mut allocated = Allocated::default();
            let held = ours(|| allocated = allocated_by(pipeline).1);
            (held, allocated)
        };
        assert!(held.allocated_size > 3_000, "{held:?}");
        let ours = [allocated.measured_count, allocated.measured_size];
        assert_eq!(ours, [held.allocated_count, held.allocated_size]);
        let users = [allocated.count, allocated.size, allocated.freed_count, allocated.freed_size];
        assert_eq!(users, [0; 4]);
        let report = registry.capture();
        let quiet = report.stage("quiet").expect("it ran").allocations.expect("it was watched");
        assert_eq!((quiet.count, quiet.size), (0, 0));
    }

    fn a_process_s_first_run_allocates_nothing_of_the_users() {
        assert_eq!(assert_no_alloc!(drained), 10);
    }

    fn threads_that_wait_for_each_other_allocate_nothing_of_the_users() {
        let begin = Barrier::new(16);
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| {
                    begin.wait();
                    for _ in 0..200 {
                        assert_eq!(assert_no_alloc!(drained), 10);
                    }
                });
            }
        });
    }

    fn the_first_run_that_is_tracked_allocates_nothing_of_the_users() {
        start();
        assert_eq!(assert_no_alloc!(drained), 10);
        let all = Snapshot::take().statistics(GroupBy::Stage);
        let allocated: Vec<&str> = all.entries.iter().map(|entry| &*entry.name).collect();
        assert_eq!(allocated, ["(measured)"]);
    }

    fn a_first_run_allocates_nothing_of_the_users_however_it_is_timed() {
        for timing in ["counts", "sampled", "one-in=2", "every"] {
            let registry = Registry::new().with_timing(timing.parse().expect("a timing"));
            assert_eq!(registry.scope(|| assert_no_alloc!(drained)), 10);
        }
    }

    #[cfg(feature = "profile")]
    fn where_a_profiler_runs_what_it_takes_is_not_the_users() {
        start();
        let profiler = Profiler::start().expect("no other profiler");
        // A tree for each thread, which grows with the paths.
        thread::scope(|scope| {
            scope.spawn(|| {
                assert_no_alloc!(|| nested(600));
                assert_eq!(assert_no_alloc!(drained), 10);
            });
        });
        let stats = profiler.stop();
        assert_eq!(stats.function("nested").expect("it was called").calls, 601);
    }
}
