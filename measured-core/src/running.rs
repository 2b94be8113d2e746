//! Who runs on this thread, as far as it says so: a measured stage, a profiled
//! function. And whether anybody wants to know.
//!
//! Stages and functions have a number each, from the first time that they run
//! while somebody watches, so that the allocator can note whose a block is in four
//! bytes and without a lock.

use crate::site_id::SiteId;
use parking_lot::Mutex;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// A site's number; 0 is nobody's.
pub(crate) type Number = u32;

/// Who runs where no stage and no profiled function does.
pub(crate) const NOBODY: Number = 0;

/// Somebody who is to be told what runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Watcher {
    #[cfg(feature = "profile")]
    Profiler = 1,
    #[cfg(feature = "alloc")]
    Memory = 2,
}

static WATCHERS: AtomicU8 = AtomicU8::new(0);

thread_local! {
    /// Without a destructor, so that the allocator may read it at any time.
    static RUNNING: Cell<Number> = const { Cell::new(NOBODY) };
}

static SITES: LazyLock<Mutex<Sites>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Sites {
    /// The site of number n at n − 1.
    by_number: Vec<SiteId>,
    numbers: HashMap<SiteId, Number>,
}

/// Whether anybody watches: one relaxed load.
#[inline(always)]
pub(crate) fn is_watched() -> bool {
    WATCHERS.load(Relaxed) != 0
}

#[inline(always)]
pub(crate) fn is_watched_by(watcher: Watcher) -> bool {
    WATCHERS.load(Relaxed) & watcher as u8 != 0
}

/// `watcher` is told what begins to run from now on.
pub(crate) fn begin_watching(watcher: Watcher) {
    WATCHERS.fetch_or(watcher as u8, Relaxed);
}

pub(crate) fn stop_watching(watcher: Watcher) {
    WATCHERS.fetch_and(!(watcher as u8), Relaxed);
}

/// The number of a site, given at the first call. Locks, and allocates then.
pub(crate) fn number_of(site: SiteId) -> Number {
    let mut sites = SITES.lock();
    if let Some(&number) = sites.numbers.get(&site) {
        return number;
    }
    sites.by_number.push(site);
    let number = sites.by_number.len() as Number;
    sites.numbers.insert(site, number);
    number
}

/// The site that has a number.
pub(crate) fn site(number: Number) -> Option<SiteId> {
    let at = (number as usize).checked_sub(1)?;
    SITES.lock().by_number.get(at).copied()
}

/// Who runs on this thread.
#[cfg(feature = "alloc")]
#[inline(always)]
pub(crate) fn now() -> Number {
    RUNNING.with(Cell::get)
}

/// Sets who runs on this thread, and returns who did before.
#[inline(always)]
pub(crate) fn replace(number: Number) -> Number {
    RUNNING.with(|running| running.replace(number))
}
