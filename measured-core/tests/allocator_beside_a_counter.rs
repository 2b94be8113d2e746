//! A million random allocations, growths and frees on eight threads: the snapshot's
//! sums are what an allocator that counts every call beside it says, to the byte.
#![cfg(feature = "alloc")]
#![allow(unsafe_code, reason = "an allocator is written, and called")]

use measured_core::memory::{self, Snapshot, TrackingAllocator};
use std::alloc::{GlobalAlloc, Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Barrier, Mutex};
use std::thread;

/// What the program asks the tracking allocator for, counted before it is asked.
struct Counter(TrackingAllocator);

#[global_allocator]
static ALLOCATOR: Counter = Counter(TrackingAllocator::new());

/// Bytes and blocks, allocated and freed.
static COUNTS: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];

fn count(bytes: usize, at: usize) {
    COUNTS[at].fetch_add(bytes as u64, SeqCst);
    COUNTS[at + 1].fetch_add(1, SeqCst);
}

// SAFETY: the tracking allocator does all of it.
unsafe impl GlobalAlloc for Counter {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promise is passed on.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's promise is passed on.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(layout.size(), 2);
        // SAFETY: the caller's promise is passed on.
        unsafe { self.0.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(layout.size(), 2);
        count(size, 0);
        // SAFETY: the caller's promise is passed on.
        unsafe { self.0.realloc(block, layout, size) }
    }
}

const THREADS: usize = 8;
const OPERATIONS: usize = 125_000;

/// A block that somebody has.
struct Block(*mut u8, Layout);

// SAFETY: whoever has it is the only one.
unsafe impl Send for Block {}

/// Where threads leave blocks for others; has room for all that may be left.
static MAILBOX: Mutex<Vec<Block>> = Mutex::new(Vec::new());

/// Knuth's linear congruential generator (MMIX).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn layout(&mut self) -> Layout {
        let most = 1 << (1 + self.below(14));
        let size = 1 + self.below(most);
        Layout::from_size_align(size, 1 << self.below(8)).expect("a layout")
    }
}

fn operate(random: &mut Random, mine: &mut Vec<Block>) {
    let layout = random.layout();
    // SAFETY: every block is freed once, with the layout that it has by then, by
    // whoever has it.
    unsafe {
        match random.below(10) {
            0..4 => mine.push(Block(alloc(layout), layout)),
            4 => mine.push(Block(alloc_zeroed(layout), layout)),
            5 | 6 if !mine.is_empty() => {
                let at = random.below(mine.len());
                let Block(block, old) = &mut mine[at];
                *block = realloc(*block, *old, layout.size());
                *old = Layout::from_size_align(layout.size(), old.align()).expect("a layout");
            }
            7 if !mine.is_empty() => {
                let left = mine.swap_remove(random.below(mine.len()));
                let mut mailbox = MAILBOX.lock().expect("nobody panics");
                if mailbox.len() < mailbox.capacity() {
                    mailbox.push(left);
                } else {
                    dealloc(left.0, left.1);
                }
            }
            8 => {
                let found = MAILBOX.lock().expect("nobody panics").pop();
                if let Some(Block(block, layout)) = found {
                    dealloc(block, layout);
                }
            }
            _ if mine.is_empty() => {}
            _ => {
                let Block(block, layout) = mine.swap_remove(random.below(mine.len()));
                dealloc(block, layout);
            }
        }
    }
    if mine.len() == mine.capacity() {
        // SAFETY: as above.
        mine.drain(..)
            .for_each(|Block(block, layout)| unsafe { dealloc(block, layout) });
    }
}

#[test]
fn a_million_operations_on_eight_threads_are_counted_to_the_byte() {
    MAILBOX.lock().expect("nobody panics").reserve(1_000);
    memory::start().expect("the tracking allocator");
    let (ready, done) = (Barrier::new(THREADS + 1), Barrier::new(THREADS + 1));
    let go = Barrier::new(THREADS + 1);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (ready, go, done) = (&ready, &go, &done);
            scope.spawn(move || {
                let mut random = Random(thread as u64 * 7_919 + 37);
                let mut mine = Vec::with_capacity(500);
                ready.wait();
                go.wait();
                for _ in 0..OPERATIONS {
                    operate(&mut random, &mut mine);
                }
                done.wait();
                // Nothing is given back before it was counted.
                ready.wait();
                // SAFETY: as in `operate`.
                mine.drain(..)
                    .for_each(|Block(block, layout)| unsafe { dealloc(block, layout) });
            });
        }
        ready.wait();
        // The snapshot's own memory is charged to nobody, but the counter sees it.
        let before = Snapshot::take();
        let counts_before = COUNTS.each_ref().map(|count| count.load(SeqCst));
        go.wait();
        done.wait();
        let counts = COUNTS.each_ref().map(|count| count.load(SeqCst));
        let after = Snapshot::take();
        ready.wait();

        let [bytes, blocks, freed_bytes, freed_blocks] =
            std::array::from_fn(|at| counts[at] - counts_before[at]);
        assert!(blocks > 500_000, "{blocks}");
        assert_eq!(after.allocated_size() - before.allocated_size(), bytes);
        assert_eq!(after.allocated_count() - before.allocated_count(), blocks);
        assert_eq!(after.size() - before.size(), bytes - freed_bytes);
        assert_eq!(after.count() - before.count(), blocks - freed_blocks);
    });
}
