//! Many threads at once, blocks that change hands, and snapshots in between.

use super::process::each_alone;
use super::{grown, start, start_with_places};
use measured_core::memory::Snapshot;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Barrier, mpsc};
use std::thread;

each_alone! {
    fn what_one_thread_allocates_another_frees() {
        start();
        let ((), live, ever) = grown(|| {
            let (send, receive) = mpsc::channel::<Vec<u8>>();
            let free = thread::spawn(move || receive.into_iter().map(|block| block.len()).sum());
            for size in 1..=1_000 {
                send.send(vec![1; size]).expect("it listens");
            }
            drop(send);
            let freed: usize = free.join().expect("it ends");
            assert_eq!(freed, 500_500);
        });
        // What is left, if anything, are the channel's and the thread's own.
        assert!(live[0].unsigned_abs() < 1_000, "{live:?}");
        assert!(ever[0] >= 500_500);
    }

    fn a_block_may_outlive_its_thread() {
        start();
        let (blocks, live, _) = grown(|| {
            let blocks = thread::spawn(|| (0..100).map(|_| Box::new([0_u8; 100])).collect::<Vec<_>>());
            blocks.join().expect("it ends")
        });
        assert!((10_000..12_000).contains(&live[0]), "{live:?}");
        let ((), live, _) = grown(|| drop(blocks));
        assert_eq!(live, [-10_800, -101]);
    }

    fn sixty_four_threads_at_once() {
        start();
        // Once before, so that what threads leave behind in the standard library is there.
        churn(64, 1);
        let ((), live, ever) = grown(|| churn(64, 200));
        assert_eq!(live, [0, 0]);
        assert!(ever[1] >= 64 * 200 * 20, "{ever:?}");
    }

    fn sixty_four_threads_at_once_with_places() {
        start_with_places();
        churn(64, 1);
        let ((), live, _) = grown(|| churn(64, 20));
        assert_eq!(live, [0, 0]);
    }

    fn a_thousand_threads_one_after_the_other_share_their_ledgers() {
        start();
        churn(8, 1);
        let before = Snapshot::take().own_size();
        for _ in 0..1_000 {
            churn(1, 1);
        }
        let grown = Snapshot::take().own_size() - before;
        assert!(grown < 100_000, "{grown} bytes");
    }

    fn snapshots_while_others_allocate_are_never_torn() {
        start();
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    while !is_over.load(Relaxed) {
                        churn(1, 0);
                        let block = vec![0_u8; 300];
                        drop(std::hint::black_box(block));
                    }
                });
            }
            let mut last = Snapshot::take();
            for _ in 0..2_000 {
                let next = Snapshot::take();
                assert!(next.allocated_count() >= last.allocated_count());
                assert!(next.allocated_size() >= next.size());
                assert!(next.allocated_count() >= next.count());
                last = next;
            }
            is_over.store(true, Relaxed);
            // Each of eight threads has a thread and a block at most.
            assert!(last.size() < 8 * 100_000, "{last}");
        });
    }
}

/// So many threads allocate and free, all at once.
fn churn(threads: usize, rounds: usize) {
    let start = Barrier::new(threads);
    thread::scope(|scope| {
        let churning = |seed| {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                for round in 0..rounds {
                    let size = |n: usize| 1 + (seed * 7 + round * 13 + n * 101) % 2_000;
                    let mut blocks: Vec<Vec<u8>> = (0..20).map(|n| vec![0; size(n)]).collect();
                    blocks[3].extend_from_slice(&[1; 500]);
                    blocks[7].shrink_to(10);
                }
            })
        };
        let threads: Vec<_> = (0..threads).map(churning).collect();
        // A scope ends before its threads have dropped their thread-locals.
        for thread in threads {
            thread.join().expect("it ends");
        }
    });
}
