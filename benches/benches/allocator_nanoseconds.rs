//! What counting allocations costs: nanoseconds that an allocation and its free take longer, here
//! and with everyone else who counts them.
//! `cargo bench -p measured-benches --features peers --bench allocator_nanoseconds`
//!
//! All of them stand in front of the system's allocator, and are called where a program's
//! `#[global_allocator]` would be.
#![allow(
    unsafe_code,
    reason = "allocators are called without a collection around them"
)]

use clap::Parser;
use measured_benches::options::Options;
use measured_benches::rounds::{Order, Spread};
use measured_benches::{machine, table};
use measured_core::memory::{self, Tracking, TrackingAllocator, allocated_by};
use stats_alloc::StatsAlloc;
use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

#[global_allocator]
static TRACKING: TrackingAllocator = TrackingAllocator::new();
static STATS: StatsAlloc<System> = StatsAlloc::system();
static DIVAN: divan::AllocProfiler = divan::AllocProfiler::system();
static DHAT: dhat::Alloc = dhat::Alloc;

const THREADS: usize = 4;

/// What an allocation costs more than without anybody who counts.
#[derive(Parser)]
struct Instrument {
    #[command(flatten)]
    options: Options,
}

/// One way to count.
struct Variant {
    name: &'static str,
    what: &'static str,
    /// How many pairs a round: fewer where each takes microseconds.
    pairs: u32,
    /// Runs what it is given while it counts.
    counting: fn(&mut dyn FnMut()),
    allocator: &'static (dyn GlobalAlloc + Sync),
}

const MANY: u32 = 100_000;
const FEW: u32 = 1_000;

/// Nobody first, for comparison.
#[rustfmt::skip]
static VARIANTS: [Variant; 10] = [
    Variant { name: "system", what: "nobody counts", pairs: MANY, counting: |f| f(), allocator: &System },
    Variant { name: "measured", what: "off", pairs: MANY, counting: |f| f(), allocator: &TRACKING },
    Variant { name: "measured", what: "`allocated_by`", pairs: MANY, counting: |f| allocated_by(f).0, allocator: &TRACKING },
    Variant { name: "measured", what: "counting, without stages", pairs: MANY, counting: |f| tracked(Tracking::new().without_stages(), f), allocator: &TRACKING },
    Variant { name: "measured", what: "by stage", pairs: MANY, counting: |f| tracked(Tracking::new(), f), allocator: &TRACKING },
    Variant { name: "measured", what: "and by location, one in 512 KiB", pairs: MANY, counting: |f| tracked(Tracking::new().by_location().one_in(512 * 1024), f), allocator: &TRACKING },
    Variant { name: "measured", what: "and by location, every block", pairs: FEW, counting: |f| tracked(Tracking::new().by_location(), f), allocator: &TRACKING },
    Variant { name: "stats_alloc 0.1.10", what: "counting", pairs: MANY, counting: |f| f(), allocator: &STATS },
    Variant { name: "divan 0.1.21", what: "counting, by thread", pairs: MANY, counting: |f| f(), allocator: &DIVAN },
    Variant { name: "dhat 0.3.3", what: "by location, every block", pairs: FEW, counting: with_dhat, allocator: &DHAT },
];

fn tracked(tracking: Tracking, f: &mut dyn FnMut()) {
    tracking.start().expect("it is installed");
    f();
    memory::stop();
}

fn with_dhat(f: &mut dyn FnMut()) {
    let _profiler = dhat::Profiler::builder().testing().build();
    f();
}

/// So many blocks, each allocated and freed.
#[inline(never)]
fn pairs(allocator: &dyn GlobalAlloc, pairs: u32) -> Duration {
    let layout = Layout::new::<[u64; 8]>();
    let start = Instant::now();
    for _ in 0..pairs {
        // SAFETY: the layout is not of size zero; the block is freed with it.
        unsafe {
            let block = black_box(allocator.alloc(black_box(layout)));
            allocator.dealloc(block, black_box(layout));
        }
    }
    start.elapsed()
}

impl Variant {
    /// Nanoseconds per pair on this thread.
    fn on_one_thread(&self) -> f64 {
        let mut time = Duration::ZERO;
        (self.counting)(&mut || time = pairs(self.allocator, self.pairs));
        self.nanos(time)
    }

    /// Nanoseconds per pair where several threads allocate at once.
    fn on_all_threads(&self) -> f64 {
        let mut time = Duration::ZERO;
        (self.counting)(&mut || {
            let start = Barrier::new(THREADS);
            let times = thread::scope(|scope| {
                let threads: Vec<_> = (0..THREADS)
                    .map(|_| {
                        scope.spawn(|| {
                            start.wait();
                            pairs(self.allocator, self.pairs)
                        })
                    })
                    .collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().expect("it ends"))
                    .sum::<Duration>()
            });
            time = times / THREADS as u32;
        });
        self.nanos(time)
    }

    fn nanos(&self, time: Duration) -> f64 {
        time.as_secs_f64() * 1e9 / f64::from(self.pairs)
    }
}

fn main() {
    let rounds = Instrument::parse().options.rounds(40);
    let mut alone = vec![Vec::new(); VARIANTS.len()];
    let mut together = vec![Vec::new(); VARIANTS.len()];
    let mut order = Order::of(VARIANTS.len());
    for _ in 0..rounds {
        for &at in order.shuffled() {
            alone[at].push(VARIANTS[at].on_one_thread());
            together[at].push(VARIANTS[at].on_all_threads());
        }
    }

    println!(
        "{}; {rounds} rounds; 10th percentile / median\n",
        machine::line()
    );
    let mut table = table::table(
        2,
        &[
            "allocator",
            "what it does",
            "ns per pair",
            "four threads at once",
        ],
    );
    for (at, variant) in VARIANTS.iter().enumerate() {
        let cell = |times: &[Vec<f64>]| {
            let spread = |at: usize| Spread::of(times[at].iter().copied());
            if at == 0 {
                return format!("({})", table::spread(spread(0)));
            }
            let (this, bare) = (spread(at), spread(0));
            format!(
                "+{} / +{}",
                table::nanos(this.quiet - bare.quiet),
                table::nanos(this.typical - bare.typical)
            )
        };
        table.add_row([variant.name, variant.what, &cell(&alone), &cell(&together)]);
    }
    println!("{table}");
}
