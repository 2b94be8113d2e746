//! The most that there was at once.

use super::process::each_alone;
use super::start;
use measured_core::memory::{GroupBy, Snapshot, peak, reset_peak};
use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

each_alone! {
    fn it_is_exact_where_one_thread_allocates() {
        start();
        reset_peak();
        let there = Snapshot::take().size();
        for size in [10, 1_000, 70_000, 5_000_000, 300] {
            drop(black_box(vec![0_u8; size]));
        }
        assert_eq!(peak() - there, 5_000_000);
        let kept = vec![0_u8; 100];
        reset_peak();
        assert_eq!(peak() - there, 100);
        drop(black_box(vec![0_u8; 30]));
        assert_eq!(Snapshot::take().peak() - there, 130);
        let unattributed = Snapshot::take().statistics(GroupBy::Stage);
        let unattributed = unattributed.get("(unattributed)").expect("it allocated");
        assert_eq!(unattributed.peak, Some(there + 130));
        drop(kept);
    }

    fn nothing_is_in_it_twice_that_is_freed_while_somebody_asks() {
        start();
        reset_peak();
        let there = Snapshot::take().size();
        let asked = AtomicBool::new(false);
        let most = thread::scope(|scope| {
            scope.spawn(|| while !asked.load(Relaxed) {
                drop(black_box(Vec::<u8>::with_capacity(1_000_000)));
            });
            let most = (0..100_000).map(|_| peak()).max();
            asked.store(true, Relaxed);
            most.expect("it was asked for")
        });
        // Less than a step for each of the two.
        assert!(most < there + 1_000_000 + 2 * 64 * 1024, "{most}, {there} of it before");
    }

    fn it_does_not_fall() {
        start();
        let (held, told) = (Barrier::new(9), Barrier::new(9));
        let told_then = thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let block = vec![0_u8; 60_000];
                    held.wait();
                    told.wait();
                    drop(black_box(block));
                });
            }
            held.wait();
            let peak = peak();
            told.wait();
            peak
        });
        assert!(told_then >= 8 * 60_000, "{told_then}");
        assert!(peak() >= told_then, "{} after {told_then}", peak());
    }

    fn threads_that_have_ended_have_no_part_in_it_once_it_is_reset() {
        start();
        let all = Barrier::new(64);
        let kept: Vec<Vec<u8>> = thread::scope(|scope| {
            let threads: Vec<_> = (0..64)
                .map(|_| scope.spawn(|| {
                    // All of it is told of, and that most is freed is not.
                    let most = vec![0_u8; 60_000];
                    let kept = vec![0_u8; 10_000];
                    drop(black_box(most));
                    all.wait();
                    kept
                }))
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("a block")).collect()
        });
        drop(kept);
        let there = Snapshot::take().size();
        reset_peak();
        assert_eq!(peak(), there);
        drop(black_box(vec![0_u8; 100_000]));
        assert_eq!(peak() - there, 100_000);
    }

    fn resetting_it_while_others_allocate_loses_nothing() {
        start();
        thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..5_000).for_each(|_| drop(black_box(vec![0_u8; 70_000])))))
                .collect();
            while !threads.iter().all(thread::ScopedJoinHandle::is_finished) {
                reset_peak();
            }
        });
        let there = Snapshot::take().size();
        reset_peak();
        assert_eq!(peak(), there);
        drop(black_box(vec![0_u8; 100_000]));
        assert_eq!(peak() - there, 100_000);
    }

    fn several_threads_miss_it_by_less_than_64_kib_each() {
        start();
        reset_peak();
        let there = Snapshot::take().size();
        let all = Barrier::new(8);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let blocks: Vec<Vec<u8>> = (0..100).map(|_| vec![0; 10_000]).collect();
                    all.wait();
                    drop(black_box(blocks));
                });
            }
        });
        let truth = 8 * (100 * 10_000 + 100 * size_of::<Vec<u8>>() as u64);
        let peak = peak() - there;
        let most_off = 9 * 64 * 1024;
        assert!(peak.abs_diff(truth) < most_off, "{peak} for {truth}");
    }
}
