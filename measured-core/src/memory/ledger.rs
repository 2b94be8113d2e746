//! How many bytes and blocks are whose: counted by each thread for itself, added up
//! when somebody asks.
//!
//! A counter that several threads write costs an atomic addition, and its cache line
//! travels. So each thread has a ledger of its own that only it writes. A ledger
//! outlives its thread: what it allocated may be freed by others yet. It is told by
//! the address of a thread-local, which no two living threads share; a later thread
//! at the same address goes on with it, so there are no more ledgers than there were
//! threads at once, or nearly, and nothing must be done when a thread ends.

use super::own_memory::{self, Link};
use super::owners::{OWNERS, Owner};
use super::peak;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// What one owner allocated and freed, as far as one ledger knows.
#[derive(Debug)]
pub(super) struct Counters {
    allocated: Pair,
    freed: Pair,
    /// The most bytes that were not freed at once.
    highest: AtomicU64,
}

#[derive(Debug)]
struct Pair {
    bytes: AtomicU64,
    blocks: AtomicU64,
}

/// Sums over all ledgers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) allocated_bytes: u64,
    pub(super) allocated_blocks: u64,
    pub(super) freed_bytes: u64,
    pub(super) freed_blocks: u64,
    /// The sum of each ledger's highest: not less than there ever was at once.
    pub(super) highest: u64,
}

const CHUNK: usize = 64;
type Chunk = [Counters; CHUNK];

#[expect(
    clippy::declare_interior_mutable_const,
    reason = "a value to begin with"
)]
const NOTHING: Chunk = [const { Counters::new() }; CHUNK];

/// What one thread counts.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Ledger {
    /// The address that tells its thread.
    thread: usize,
    next: Link<Ledger>,
    pub(super) live: peak::Share,
    /// Chunks of owners, from the second on; made when they are needed.
    chunks: [Link<Chunk>; OWNERS / CHUNK],
    first: Chunk,
}

const LISTS: usize = 256;

/// All ledgers, in lists by their thread's address; never removed.
static LEDGERS: [Link<Ledger>; LISTS] = [const { Link::empty() }; LISTS];

/// Where all threads count for which the system had no memory left.
static SHARED: [Counters; OWNERS] = [const { Counters::new() }; OWNERS];

impl Ledger {
    const fn new(thread: usize) -> Ledger {
        Ledger {
            thread,
            next: Link::empty(),
            live: peak::Share::new(),
            chunks: [const { Link::empty() }; OWNERS / CHUNK],
            first: NOTHING,
        }
    }

    /// The ledger of the thread that has a thread-local at this address; `None` where
    /// there is no memory for one.
    pub(super) fn of_thread(address: usize) -> Option<&'static Ledger> {
        let list = &LEDGERS[list_of(address)];
        if let Some(ledger) = members(list).find(|l| l.thread == address) {
            return Some(ledger);
        }
        let ledger = own_memory::kept(Ledger::new(address))?;
        let mut first = list.get();
        loop {
            ledger.next.set(first);
            match list.lead_from(first, ledger) {
                Ok(()) => return Some(ledger),
                Err(other) => first = other,
            }
        }
    }

    /// The counters of an owner of the first chunk, as most are.
    #[inline]
    fn first(&self, owner: Owner) -> Option<&Counters> {
        self.first.get(usize::from(owner.number()))
    }

    /// The counters of a later one; `None` where there is no memory for them.
    fn later(&self, owner: Owner) -> Option<&Counters> {
        let number = usize::from(owner.number());
        let chunk = self.chunks.get(number / CHUNK)?;
        let chunk = chunk.get().or_else(|| Ledger::add(chunk))?;
        chunk.get(number % CHUNK)
    }

    #[cold]
    fn add(place: &Link<Chunk>) -> Option<&'static Chunk> {
        let chunk = own_memory::kept(NOTHING)?;
        // Only the ledger's own thread comes here.
        place.set(Some(chunk));
        Some(chunk)
    }

    #[inline]
    pub(super) fn allocated(&self, owner: Owner, bytes: u64) {
        match self.first(owner) {
            Some(counters) => counters.allocated(bytes),
            None => self.allocated_later(owner, bytes),
        }
        self.live.grow(bytes);
    }

    #[inline]
    pub(super) fn freed(&self, owner: Owner, bytes: u64) {
        match self.first(owner) {
            Some(counters) => counters.freed(bytes),
            None => self.freed_later(owner, bytes),
        }
        self.live.shrink(bytes);
    }

    #[inline(never)]
    fn allocated_later(&self, owner: Owner, bytes: u64) {
        match self.later(owner) {
            Some(counters) => counters.allocated(bytes),
            None => counters_shared(owner).allocated_shared(bytes),
        }
    }

    #[inline(never)]
    fn freed_later(&self, owner: Owner, bytes: u64) {
        match self.later(owner) {
            Some(counters) => counters.freed(bytes),
            None => counters_shared(owner).freed_shared(bytes),
        }
    }
}

/// As [`Ledger::allocated`], by a thread that has no ledger.
#[cold]
pub(super) fn allocated_shared(owner: Owner, bytes: u64) {
    counters_shared(owner).allocated_shared(bytes);
    peak::grow_shared(bytes);
}

/// As [`Ledger::freed`], by a thread that has no ledger.
#[cold]
pub(super) fn freed_shared(owner: Owner, bytes: u64) {
    counters_shared(owner).freed_shared(bytes);
    peak::shrink_shared(bytes);
}

fn counters_shared(owner: Owner) -> &'static Counters {
    &SHARED[usize::from(owner.number()) % OWNERS]
}

/// All ledgers that there are.
pub(super) fn all() -> impl Iterator<Item = &'static Ledger> {
    LEDGERS.iter().flat_map(members)
}

/// What all owners have, by number: `sums` is as long as there are owners.
///
/// While others allocate, what one reads is not of one moment. Frees are read before
/// allocations, so that a block is never seen freed and not allocated.
pub(super) fn add_up(sums: &mut [Sums]) {
    for add in [Counters::add_freed, Counters::add_allocated] {
        for (first, chunk) in chunks() {
            let sums = sums.iter_mut().skip(first);
            sums.zip(chunk)
                .for_each(|(sum, counters)| add(counters, sum));
        }
    }
}

/// From now on the highest is what there is, or about that: a thread that has just seen
/// a new highest may store it after this.
pub(super) fn reset_highest() {
    for counters in chunks().flat_map(|(_, chunk)| chunk) {
        let live = counters.live().max(0) as u64;
        counters.highest.store(live, Relaxed);
    }
}

/// The counters of all ledgers, with the number of the first owner in each.
fn chunks() -> impl Iterator<Item = (usize, &'static [Counters])> {
    let of_ledger = |ledger: &'static Ledger| {
        let more = ledger.chunks.iter().enumerate();
        let more = more.filter_map(|(at, chunk)| Some((at, chunk.get()?)));
        let more = more.map(|(at, chunk)| (at * CHUNK, chunk.as_slice()));
        std::iter::once((0, ledger.first.as_slice())).chain(more)
    };
    std::iter::once((0, SHARED.as_slice())).chain(all().flat_map(of_ledger))
}

impl Counters {
    const fn new() -> Counters {
        Counters {
            allocated: Pair::new(),
            freed: Pair::new(),
            highest: AtomicU64::new(0),
        }
    }

    #[inline]
    fn allocated(&self, bytes: u64) {
        self.allocated.add(bytes);
        let live = self.live();
        if live > self.highest.load(Relaxed) as i64 {
            self.highest.store(live as u64, Relaxed);
        }
    }

    #[inline]
    fn freed(&self, bytes: u64) {
        self.freed.add(bytes);
    }

    fn allocated_shared(&self, bytes: u64) {
        self.allocated.add_shared(bytes);
        self.highest.fetch_max(self.live().max(0) as u64, Relaxed);
    }

    fn freed_shared(&self, bytes: u64) {
        self.freed.add_shared(bytes);
    }

    /// Negative where other threads allocated what this one freed.
    #[inline]
    fn live(&self) -> i64 {
        let freed = self.freed.bytes.load(Relaxed);
        self.allocated.bytes.load(Relaxed).wrapping_sub(freed) as i64
    }

    fn add_freed(&self, sums: &mut Sums) {
        sums.freed_bytes += self.freed.bytes.load(Acquire);
        sums.freed_blocks += self.freed.blocks.load(Acquire);
    }

    fn add_allocated(&self, sums: &mut Sums) {
        sums.allocated_bytes += self.allocated.bytes.load(Acquire);
        sums.allocated_blocks += self.allocated.blocks.load(Acquire);
        sums.highest += self.highest.load(Relaxed);
    }
}

impl Pair {
    const fn new() -> Pair {
        Pair {
            bytes: AtomicU64::new(0),
            blocks: AtomicU64::new(0),
        }
    }

    /// By the only thread that writes it. Released, so that whoever reads that a block
    /// was freed reads that it was allocated too.
    #[inline]
    fn add(&self, bytes: u64) {
        let add = |to: &AtomicU64, n| to.store(to.load(Relaxed).wrapping_add(n), Release);
        add(&self.bytes, bytes);
        add(&self.blocks, 1);
    }

    fn add_shared(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Release);
        self.blocks.fetch_add(1, Release);
    }
}

impl Sums {
    pub(super) fn live_bytes(&self) -> u64 {
        self.allocated_bytes.saturating_sub(self.freed_bytes)
    }

    pub(super) fn live_blocks(&self) -> u64 {
        self.allocated_blocks.saturating_sub(self.freed_blocks)
    }
}

fn list_of(address: usize) -> usize {
    // Thread-locals of two threads are pages apart at least.
    (address >> 12).wrapping_mul(0x9E37_79B9) >> 8 & (LISTS - 1)
}

fn members(list: &'static Link<Ledger>) -> impl Iterator<Item = &'static Ledger> {
    std::iter::successors(list.get(), |ledger| ledger.next.get())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_at_different_addresses_have_different_ledgers() {
        // No thread-local is there.
        let addresses = [8, 16, 1 << 20 | 8];
        let ledgers = addresses.map(|at| Ledger::of_thread(at).expect("memory"));
        for (ledger, address) in ledgers.iter().zip(addresses) {
            let again = Ledger::of_thread(address).expect("memory");
            assert!(std::ptr::eq(*ledger, again));
        }
        assert!(!std::ptr::eq(ledgers[0], ledgers[1]));
        assert!(
            all()
                .filter(|l| ledgers.iter().any(|l2| std::ptr::eq(*l, *l2)))
                .count()
                == 3
        );
    }

    #[test]
    fn what_one_ledger_allocates_another_may_free() {
        let [here, there] = [24, 32].map(|at| Ledger::of_thread(at).expect("memory"));
        let owner = Owner::numbered(4000);
        let before = sums_of(owner);
        here.allocated(owner, 100);
        here.allocated(owner, 10);
        there.freed(owner, 100);
        allocated_shared(owner, 7);
        let after = sums_of(owner);
        assert_eq!(after.allocated_bytes - before.allocated_bytes, 117);
        assert_eq!(after.allocated_blocks - before.allocated_blocks, 3);
        assert_eq!((after.live_bytes(), after.live_blocks()), (17, 2));
        assert!(after.highest >= 110);
        reset_highest();
        assert!(sums_of(owner).highest <= 117);
    }

    fn sums_of(owner: Owner) -> Sums {
        let mut sums = vec![Sums::default(); OWNERS];
        add_up(&mut sums);
        sums[usize::from(owner.number())]
    }
}
