//! What measuring holds: nothing per record, nothing per run once the program is
//! warm, and little per stage.
//!
//! The allocator of this program counts. 10^8 records, which an unoptimised build
//! takes a minute for:
//! `cargo test --release -p measured-core --test memory -- --ignored`
#![cfg(feature = "enable")]
#![allow(
    unsafe_code,
    reason = "a counting allocator implements an unsafe trait"
)]

use measured_core::{MetricsCollector, Registry, StageMetrics, measured_stage};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    /// By thread, as tests run side by side.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static HELD: Cell<i64> = const { Cell::new(0) };
    static PEAK: Cell<i64> = const { Cell::new(0) };
}

fn note(bytes: i64) {
    HELD.set(HELD.get() + bytes);
    PEAK.set(PEAK.get().max(HELD.get()));
    ALLOCATIONS.set(ALLOCATIONS.get() + u64::from(bytes > 0));
}

// SAFETY: `System` does all of it; the counters are in plain thread-locals.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size() as i64);
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note(-(layout.size() as i64));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `f` allocates, and how much it holds at most.
fn allocated(f: impl FnOnce()) -> (u64, i64) {
    let (allocations, held) = (ALLOCATIONS.get(), HELD.get());
    PEAK.set(held);
    f();
    (ALLOCATIONS.get() - allocations, PEAK.get() - held)
}

#[measured_stage("kept")]
fn kept(records: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    records.filter(|n| n % 3 != 0)
}

#[measured_stage("total")]
fn total(records: impl Iterator<Item = u64>) -> u64 {
    records.fold(0, u64::wrapping_add)
}

fn registry(timing: &str) -> Registry {
    Registry::new().with_timing(timing.parse().expect("a timing"))
}

const TIMINGS: [&str; 4] = ["counts", "sampled", "one-in=64", "every"];

#[test]
fn sizes() {
    assert!(size_of::<MetricsCollector>() <= 96);
    assert!(size_of::<StageMetrics>() <= 4096);
    // Two words, two counts and a flag around each iterator.
    let chain = registry("counts").scope(|| kept(0..10));
    assert!(size_of_val(&chain) <= size_of::<std::ops::Range<u64>>() + 24 + 40);
}

#[test]
fn runs_one_after_the_other_allocate_nothing_once_warm() {
    for timing in TIMINGS {
        registry(timing).scope(|| {
            let run = || total(kept(kept(0..40)));
            // The pool is the process's: other tests may hold the runs that it had.
            let hold = (0..8).map(|_| kept(0..1)).collect::<Vec<_>>();
            drop(hold);
            for _ in 0..200 {
                run();
            }
            let (allocations, _) = allocated(|| {
                for _ in 0..10_000 {
                    run();
                }
            });
            // Runs that others give back may come without a ring: one each.
            assert!(allocations <= 100, "{timing}: {allocations}");
        });
    }
}

fn memory_is_flat(timing: &str, records: u64) {
    registry(timing).scope(|| {
        total(kept(0..1_000));
        let (allocations, peak) = allocated(|| _ = total(kept(0..records)));
        assert!(allocations <= 8, "{timing}: {allocations}");
        assert!(peak <= 4_096, "{timing}: {peak} bytes");
        let report = Registry::current().capture();
        let records_in = report.stage("kept").expect("it ran").records_in;
        assert_eq!(records_in, records + 1_000);
    });
}

#[test]
fn memory_is_flat_over_a_million_records() {
    for timing in TIMINGS {
        memory_is_flat(timing, 1_000_000);
    }
}

#[test]
#[ignore = "takes a minute unless optimised"]
fn memory_is_flat_over_a_hundred_million_records() {
    for timing in ["counts", "sampled", "one-in=64"] {
        memory_is_flat(timing, 100_000_000);
    }
}

#[test]
fn capturing_holds_a_report_and_nothing_more() {
    let registry = registry("every");
    registry.scope(|| total(kept(0..1_000)));
    drop(registry.capture());
    let before = HELD.get();
    for _ in 0..100 {
        drop(registry.capture());
    }
    assert_eq!(HELD.get(), before);
}

#[test]
fn a_registry_gives_back_all_that_it_held() {
    // What the process keeps: runs, and what is found out once.
    for timing in TIMINGS {
        registry(timing).scope(|| total(kept(0..1_000)));
    }
    for timing in TIMINGS {
        let before = HELD.get();
        for _ in 0..50 {
            registry(timing).scope(|| total(kept(0..1_000)));
        }
        // A run or two, where the pool was empty.
        let kept = HELD.get() - before;
        assert!(kept <= 4_096, "{timing}: {kept} bytes");
    }
}

#[test]
fn a_thousand_runs_at_once_are_half_a_kibibyte_each() {
    registry("every").scope(|| {
        let mut chains = Vec::with_capacity(1_000);
        let (_, peak) = allocated(|| {
            for _ in 0..1_000 {
                chains.push(kept(0..10));
            }
            chains.iter_mut().for_each(|chain| _ = chain.nth(2));
        });
        // The list of active runs is a vector that doubles.
        let list = 2 * 8 * 1_024;
        assert!(peak <= 512 * 1_000 + list + 8_192, "{peak} bytes");
    });
}
