//! Allocations within allocations.

use super::process::each_alone;
use super::{grown, start, start_with_places};
use measured_core::assert_no_alloc;
use measured_core::memory::{Allocated, Snapshot, TrackingAllocator, allocated_by, is_installed};
use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt;
use std::hint::black_box;

/// The system's allocator, with a habit of asking the program's own for more.
struct Chatty;

// SAFETY: the system's answer.
unsafe impl GlobalAlloc for Chatty {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        drop(black_box(format!("{layout:?}")));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        drop(black_box(vec![0_u8; 10]));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(block, layout) }
    }
}

/// Takes a snapshot while it is printed.
struct Curious;

impl fmt::Display for Curious {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Snapshot::take().size())
    }
}

fn ask_a_chatty_one() {
    static CHATTY: TrackingAllocator<Chatty> = TrackingAllocator::with(Chatty);
    let layout = Layout::new::<[u64; 4]>();
    // SAFETY: freed with the layout that it was allocated with.
    unsafe {
        let block = CHATTY.alloc(layout);
        assert!(!block.is_null());
        CHATTY.dealloc(block, layout);
    }
}

each_alone! {
    fn an_inner_allocator_may_allocate() {
        start();
        let ((), live, ever) = grown(ask_a_chatty_one);
        assert_eq!(live, [0, 0]);
        assert!(ever[1] >= 3, "{ever:?}");
    }

    fn an_inner_allocator_may_allocate_while_places_are_found() {
        start_with_places();
        let ((), live, _) = grown(ask_a_chatty_one);
        assert_eq!(live, [0, 0]);
    }

    fn snapshots_are_charged_to_nobody() {
        start_with_places();
        drop(black_box(format!("{Curious}")));
        let (snapshots, live, ever) = grown(|| {
            let snapshots: [Snapshot; 3] = std::array::from_fn(|_| Snapshot::take());
            snapshots
        });
        assert_eq!((live, ever), ([0, 0], [0, 0]));
        let ((), live, _) = grown(|| drop(snapshots));
        assert_eq!(live, [0, 0]);
        let (said, live, _) = grown(|| format!("{Curious}"));
        assert_eq!(live, [said.capacity() as i64, 1]);
    }

    fn closures_are_counted_within_closures() {
        let (inner, outer) = allocated_by(|| {
            let kept = vec![0_u8; 10];
            let ((), inner) = allocated_by(|| drop(black_box(vec![0_u8; 100])));
            drop(kept);
            inner
        });
        assert_eq!((inner.count, inner.size, inner.held()), (1, 100, 0));
        assert_eq!((outer.count, outer.size, outer.held()), (2, 110, 0));
    }

    fn looking_whether_anybody_sees_is_seen_by_nobody() {
        start();
        let (allocated, live, ever) = grown(|| {
            let ((), allocated) = allocated_by(|| {
                for _ in 0..10 {
                    assert!(is_installed());
                    assert_no_alloc!(|| allocated_by(|| ()));
                    start();
                }
            });
            allocated
        });
        assert_eq!(allocated, Allocated::default());
        assert_eq!((live, ever), ([0, 0], [0, 0]));
    }

    fn a_closure_that_panics_ends_its_count() {
        let caught = std::panic::catch_unwind(|| allocated_by(|| panic!("on purpose")));
        assert!(caught.is_err());
        start();
        measured_core::memory::stop();
        let (_, live, ever) = grown(|| vec![0_u8; 10]);
        assert_eq!((live, ever), ([0, 0], [0, 0]));
    }
}
