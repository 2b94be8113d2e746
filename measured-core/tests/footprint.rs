//! What measuring holds: nothing per record, nothing per run once the program is
//! warm, and little per stage.
//!
//! The allocator of this program counts. 10^8 records, which an unoptimised build
//! takes a minute for:
//! `cargo test --release -p measured-core --test footprint -- --ignored`
#![cfg(feature = "enable")]
#![allow(
    unsafe_code,
    reason = "a counting allocator implements an unsafe trait"
)]

use measured_core::{
    Measured, MetricsCollector, MockClock, Registry, StageMetrics, measured_stage,
};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

struct Counting;

thread_local! {
    /// By thread, as tests run side by side.
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    static HELD: Cell<i64> = const { Cell::new(0) };
    static PEAK: Cell<i64> = const { Cell::new(0) };
}

fn size(layout: Layout) -> i64 {
    i64::try_from(layout.size()).unwrap_or(i64::MAX)
}

fn note(bytes: i64) {
    HELD.set(HELD.get() + bytes);
    PEAK.set(PEAK.get().max(HELD.get()));
    ALLOCATIONS.set(ALLOCATIONS.get() + u64::from(bytes > 0));
}

// SAFETY: `System` does all of it; the counters are in plain thread-locals.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(size(layout));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note(-size(layout));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One test at a time: the pool of runs is the process's.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

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
    let _alone = alone();
    assert!(size_of::<MetricsCollector>() <= 96);
    assert!(size_of::<StageMetrics>() <= 4096);
    // Two words, two counts and a flag around each iterator.
    let chain = registry("counts").scope(|| kept(0..10));
    assert!(size_of_val(&chain) <= size_of::<std::ops::Range<u64>>() + 24 + 40);
}

#[test]
fn runs_one_after_the_other_allocate_nothing_once_warm() {
    let _alone = alone();
    for timing in TIMINGS {
        registry(timing).scope(|| {
            let run = || total(kept(kept(0..40)));
            for _ in 0..200 {
                run();
            }
            let (allocations, _) = allocated(|| {
                for _ in 0..10_000 {
                    run();
                }
            });
            assert_eq!(allocations, 0, "{timing}");
        });
    }
}

/// Begins the next run before it lets go of the last.
#[measured_stage("replacing")]
fn replacing(records: impl Iterator<Item = u64>) -> u64 {
    let mut current = kept(0..2);
    let replace = |_| {
        current = kept(0..2);
        current.next().unwrap_or(0)
    };
    records.map(replace).sum()
}

#[test]
fn a_body_that_begins_runs_without_end_holds_no_more_for_it() {
    let _alone = alone();
    registry("counts").scope(|| {
        replacing(0..1_000);
        let (_, peak) = allocated(|| _ = replacing(0..100_000));
        assert_eq!(peak, 0);
    });
}

fn memory_is_flat(timing: &str, records: u64) {
    let _alone = alone();
    registry(timing).scope(|| {
        total(kept(0..1_000));
        let (allocations, peak) = allocated(|| _ = total(kept(0..records)));
        assert_eq!((allocations, peak), (0, 0), "{timing}");
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
fn capturing_leaves_nothing_behind() {
    let _alone = alone();
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
    let _alone = alone();
    for timing in TIMINGS {
        let run = || registry(timing).scope(|| total(kept(0..1_000)));
        // What the process keeps: runs, and what is found out once.
        run();
        let before = HELD.get();
        for _ in 0..50 {
            run();
        }
        assert_eq!(HELD.get(), before, "{timing}");
    }
}

#[test]
fn a_thousand_runs_at_once_are_half_a_kibibyte_each() {
    let _alone = alone();
    registry("every").scope(|| {
        let mut chains = Vec::with_capacity(1_000);
        let (_, peak) = allocated(|| {
            for _ in 0..1_000 {
                chains.push(kept(0..10));
            }
            for chain in &mut chains {
                chain.nth(2);
            }
        });
        // The list of active runs is a vector that doubles.
        let list = 2 * 8 * 1_024;
        assert!(peak <= 512 * 1_000 + list + 8_192, "{peak} bytes");
    });
}

fn names(stages: usize) -> Vec<&'static str> {
    let name = |n| &*Box::leak(format!("stage {n}").into_boxed_str());
    (0..stages).map(name).collect()
}

#[test]
fn a_registry_of_a_hundred_stages_is_under_500_kb() {
    let _alone = alone();
    let names = names(100);
    let before = HELD.get();
    let registry = registry("every");
    registry.scope(|| {
        for name in names {
            assert_eq!((0..200).measured(name).count(), 200);
        }
    });
    let held = HELD.get() - before;
    assert!(held < 500_000, "{held} bytes");
    assert_eq!(registry.capture().stages.len(), 100);
}

/// A thousand stages, every ring full and the latencies of each over five doublings.
fn a_thousand_stages() -> Registry {
    let clock = MockClock::new();
    let registry = registry("every").with_clock(clock.clone());
    registry.scope(|| {
        for name in names(1_000) {
            // 2.5 doublings for each factor, 16 steps of the scale for each doubling.
            let pulls = (0..2_000u64).map(|n| clock.advance((32 + n % 150) * (32 + n / 13)));
            assert_eq!(pulls.measured(name).count(), 2_000);
        }
    });
    registry
}

#[test]
fn a_capture_of_a_thousand_stages_is_under_1_mb() {
    let _alone = alone();
    let registry = a_thousand_stages();
    let before = HELD.get();
    let mut report = None;
    let (_, peak) = allocated(|| report = Some(registry.capture()));
    let held = HELD.get() - before;
    let report = report.expect("a report");
    assert!(peak < 1_000_000, "{peak} bytes while it is made");
    assert!(held < 1_000_000, "{held} bytes");
    let stages = report.stages.iter();
    assert!(stages.clone().all(|s| s.recent_ns().count() == 100));
    let buckets = stages.map(|s| s.latency.buckets().count());
    assert!(buckets.min() > Some(60));
}

#[test]
#[ignore = "prints how long it takes: `cargo test --release -p measured-core --test footprint -- --ignored --nocapture`"]
fn how_long_a_capture_of_a_thousand_stages_takes() {
    let _alone = alone();
    let registry = a_thousand_stages();
    let mut times: Vec<Duration> = (0..100)
        .map(|_| {
            let start = Instant::now();
            assert_eq!(registry.capture().stages.len(), 1_000);
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("median {:.2?}, slowest {:.2?}", times[50], times[99]);
}
