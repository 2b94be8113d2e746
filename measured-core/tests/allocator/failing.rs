//! An inner allocator that has nothing left.

use super::process::each_alone;
use super::{grown, start};
use measured_core::memory::TrackingAllocator;
use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// The system's, until it is told to fail.
struct Failing;

static FAILS: AtomicBool = AtomicBool::new(false);

// SAFETY: null, or the system's answer.
unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if FAILS.load(Relaxed) {
            return ptr::null_mut();
        }
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if FAILS.load(Relaxed) {
            return ptr::null_mut();
        }
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(block, layout, size) }
    }
}

static ALLOCATOR: TrackingAllocator<Failing> = TrackingAllocator::with(Failing);

each_alone! {
    fn where_there_is_no_block_nothing_is_written_and_nothing_counted() {
        start();
        FAILS.store(true, Relaxed);
        let layout = Layout::new::<[u64; 8]>();
        let ((), live, ever) = grown(|| {
            // SAFETY: the layout is not of size zero.
            unsafe {
                assert!(ALLOCATOR.alloc(layout).is_null());
                assert!(ALLOCATOR.alloc_zeroed(layout).is_null());
            }
        });
        assert_eq!((live, ever), ([0, 0], [0, 0]));
    }

    fn a_block_that_cannot_grow_stays_what_it_is_and_whose_it_is() {
        start();
        let layout = Layout::new::<[u64; 8]>();
        // SAFETY: the block is used within its size, and freed with its layout.
        let (block, live, _) = grown(|| unsafe {
            let block = ALLOCATOR.alloc(layout);
            block.write_bytes(0xA5, 64);
            block
        });
        assert_eq!(live, [64, 1]);
        let ((), live, ever) = grown(|| {
            FAILS.store(true, Relaxed);
            // SAFETY: as above.
            unsafe {
                assert!(ALLOCATOR.realloc(block, layout, 1_000).is_null());
                assert!((0..64).all(|at| block.add(at).read() == 0xA5));
            }
        });
        assert_eq!((live, ever), ([0, 0], [0, 0]));
        // SAFETY: as above.
        let ((), live, _) = grown(|| unsafe { ALLOCATOR.dealloc(block, layout) });
        assert_eq!(live, [-64, -1]);
    }
}
