//! What an allocator meets, each in a process of its own: what is counted is the
//! process's, and some of it would bring a process down.
//!
//! Compiled once for each allocator that the tracking one is put in front of.

mod blocks;
mod failing;
mod guarded;
mod many_threads;
mod our_own;
mod owners;
mod peak;
mod places;
mod process;
mod reentrance;
mod stage_reports;
mod start_and_stop;
mod thread_ends;

use measured_core::memory::{self, Snapshot, Tracking};

/// Runs `f` between two snapshots and says by how much size and count have grown, and
/// what was allocated in between: bytes, blocks.
fn grown<R>(f: impl FnOnce() -> R) -> (R, [i64; 2], [u64; 2]) {
    let before = Snapshot::take();
    let result = f();
    let after = Snapshot::take();
    let more = |after: u64, before: u64| after.wrapping_sub(before) as i64;
    let live = [
        more(after.size(), before.size()),
        more(after.count(), before.count()),
    ];
    let ever = [
        after.allocated_size() - before.allocated_size(),
        after.allocated_count() - before.allocated_count(),
    ];
    (result, live, ever)
}

fn start() {
    memory::start().expect("the tracking allocator");
}

fn start_with_places() {
    let tracking = Tracking::new().by_location();
    tracking.start().expect("the tracking allocator");
}
