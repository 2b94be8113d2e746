//! Tracking may begin and end at any time, whatever is there and whoever allocates.

use super::process::each_alone;
use super::{grown, start};
use measured_core::memory::{self, Snapshot};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

each_alone! {
    fn nothing_is_counted_before_the_start_and_after_the_stop() {
        let (early, live, ever) = grown(|| vec![0_u8; 1_000]);
        assert_eq!((live, ever), ([0, 0], [0, 0]));
        start();
        assert!(memory::is_tracking());
        let ((), live, _) = grown(|| drop(early));
        assert_eq!(live, [0, 0]);
        memory::stop();
        assert!(!memory::is_tracking());
        let (_, live, ever) = grown(|| vec![0_u8; 1_000]);
        assert_eq!((live, ever), ([0, 0], [0, 0]));
    }

    fn what_was_counted_is_taken_off_after_the_stop_and_after_another_start() {
        start();
        let (blocks, live, _) = grown(|| [vec![0_u8; 100], vec![0_u8; 200], vec![0_u8; 300]]);
        assert_eq!(live, [600, 3]);
        let [first, second, mut third] = blocks;
        memory::stop();
        let ((), live, _) = grown(|| drop(first));
        assert_eq!(live, [-100, -1]);
        start();
        let ((), live, _) = grown(|| drop(second));
        assert_eq!(live, [-200, -1]);
        // A block that grows while nobody counts is nobody's.
        memory::stop();
        let ((), live, ever) = grown(|| third.reserve_exact(1_000));
        assert_eq!((live, ever), ([-300, -1], [0, 0]));
    }

    fn starts_and_stops_while_eight_threads_allocate_lose_nothing() {
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let mut kept = Vec::new();
                    while !is_over.load(Relaxed) {
                        kept.push(vec![0_u8; 1 + kept.len() % 500]);
                        if kept.len() == 1_000 {
                            kept.clear();
                        }
                    }
                });
            }
            let mut rounds = 0;
            while rounds < 2_000 || Snapshot::take().allocated_count() < 1_000 {
                start();
                thread::yield_now();
                memory::stop();
                rounds += 1;
            }
            is_over.store(true, Relaxed);
        });
        let left = Snapshot::take();
        // All threads are gone, and with them all that they had.
        assert!(left.size() < 10_000, "{left}");
    }
}
