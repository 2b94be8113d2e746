//! Allocations in the destructors of thread-locals, before and after those of others.

use super::process::each_alone;
use super::{grown, start};
use std::cell::RefCell;
use std::thread;

/// Allocates when it is dropped, and registers another thread-local then.
struct AtTheEnd(Vec<u8>);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        let words: Vec<String> = (0..100)
            .map(|n| format!("{n} of {}", self.0.len()))
            .collect();
        assert_eq!(words[99], "99 of 1000");
        LATER.with(|later| later.borrow_mut().push([1; 64]));
    }
}

thread_local! {
    static FIRST: RefCell<Option<AtTheEnd>> = const { RefCell::new(None) };
    static LATER: RefCell<Vec<[u8; 64]>> = const { RefCell::new(Vec::new()) };
}

fn a_thread_that_allocates_at_its_end() {
    let thread = thread::spawn(|| FIRST.set(Some(AtTheEnd(vec![0; 1000]))));
    thread.join().expect("it ends well");
}

each_alone! {
    fn what_is_allocated_at_the_end_of_a_thread_is_counted_and_freed() {
        start();
        a_thread_that_allocates_at_its_end();
        let ((), live, ever) = grown(|| {
            for _ in 0..50 {
                a_thread_that_allocates_at_its_end();
            }
        });
        assert_eq!(live, [0, 0]);
        assert!(ever[1] > 50 * 100);
    }

    fn a_thread_may_be_seen_at_its_end_for_the_first_time() {
        let thread = thread::spawn(|| {
            FIRST.set(Some(AtTheEnd(vec![0; 1000])));
            start();
        });
        thread.join().expect("it ends well");
        assert!(measured_core::memory::Snapshot::take().allocated_count() > 100);
    }
}
