//! The most bytes that the process held at once.
//!
//! That is about all threads together, and a number that all of them write would
//! cost more than the rest of the counting. So each thread publishes what it holds
//! when that has changed by [`STEP`], with the highest it was in between: exact
//! where one thread allocates and asks, else off by less than a step for each thread.

use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::Relaxed;

/// Bytes that a thread may hold, or have freed, without the process knowing.
pub(super) const STEP: i64 = 64 * 1024;

/// What all threads have published.
static PUBLISHED: AtomicI64 = AtomicI64::new(0);
static HIGHEST: AtomicI64 = AtomicI64::new(0);

/// What one thread adds to it. Negative where it freed what others allocated.
#[derive(Debug)]
pub(super) struct Share {
    live: AtomicI64,
    published: AtomicI64,
    /// Since it was published.
    highest: AtomicI64,
}

impl Share {
    pub(super) const fn new() -> Share {
        Share {
            live: AtomicI64::new(0),
            published: AtomicI64::new(0),
            highest: AtomicI64::new(0),
        }
    }

    #[inline]
    pub(super) fn grow(&self, bytes: u64) {
        let live = self.live.load(Relaxed) + bytes as i64;
        self.live.store(live, Relaxed);
        if live > self.highest.load(Relaxed) {
            self.highest.store(live, Relaxed);
        }
        if live - self.published.load(Relaxed) >= STEP {
            self.publish(live);
        }
    }

    #[inline]
    pub(super) fn shrink(&self, bytes: u64) {
        let live = self.live.load(Relaxed) - bytes as i64;
        self.live.store(live, Relaxed);
        if self.published.load(Relaxed) - live >= STEP {
            self.publish(live);
        }
    }

    #[cold]
    #[inline(never)]
    fn publish(&self, live: i64) {
        let (before, published) = self.bring_up_to_date(live);
        // How far it went above what it had published.
        let above = self.highest.load(Relaxed) - published;
        HIGHEST.fetch_max(before + above, Relaxed);
        self.highest.store(live, Relaxed);
    }

    /// Publishes what is held now; returns what all threads had published before, and
    /// what this one had.
    ///
    /// Whoever resets the peak does so on behalf of others. Should such a thread publish
    /// at the same time, each takes off what the other has put on: the sum stays the sum.
    fn bring_up_to_date(&self, live: i64) -> (i64, i64) {
        let published = self.published.swap(live, Relaxed);
        let before = PUBLISHED.fetch_add(live - published, Relaxed);
        (before, published)
    }

    /// What it has not published, of what it holds and of the most that it held: less
    /// than a step. What looks like more has been published while this reads it, and is
    /// in the sum of all, or will be.
    fn unpublished(&self) -> [i64; 2] {
        let published = self.published.load(Relaxed);
        [&self.live, &self.highest].map(|bytes| {
            let left = bytes.load(Relaxed) - published;
            if left.abs() < STEP { left } else { 0 }
        })
    }
}

pub(super) fn grow_shared(bytes: u64) {
    let before = PUBLISHED.fetch_add(bytes as i64, Relaxed);
    HIGHEST.fetch_max(before + bytes as i64, Relaxed);
}

pub(super) fn shrink_shared(bytes: u64) {
    PUBLISHED.fetch_sub(bytes as i64, Relaxed);
}

/// The most that all of these shares were at once: never less than they are now, nor
/// than anybody was told before.
pub(super) fn highest<'a>(shares: impl Iterator<Item = &'a Share>) -> u64 {
    let (mut now, mut above) = (PUBLISHED.load(Relaxed), 0);
    for share in shares {
        let [live, highest] = share.unpublished();
        now += live;
        above = above.max(highest - live);
    }
    let highest = (now + above).max(0);
    HIGHEST.fetch_max(highest, Relaxed).max(highest) as u64
}

/// From now on the highest is what there is, which is published for all of them: the
/// remainders of many threads that have ended would be above it for ever. A thread that
/// is just publishing may put an older one back.
pub(super) fn reset<'a>(shares: impl Iterator<Item = &'a Share>) {
    for share in shares {
        let live = share.live.load(Relaxed);
        share.bring_up_to_date(live);
        share.highest.store(live, Relaxed);
    }
    HIGHEST.store(PUBLISHED.load(Relaxed), Relaxed);
}
