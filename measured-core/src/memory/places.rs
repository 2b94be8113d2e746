//! Where blocks are allocated: the stacks that led there, each kept once, with what
//! was allocated through it.

#![allow(unsafe_code, reason = "walking the stack without a lock")]

use super::own_memory::{self, Link};
use super::owners::Owner;
use crate::xorshift;
use std::cell::Cell;
use std::num::NonZeroU32;
use std::ptr;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize};

/// Stacks that are told apart. More than that, and blocks have no place.
pub(super) const PLACES: usize = 1 << 16;

/// Frames of a stack that are kept at most, without our own.
pub(super) const DEEPEST: usize = 64;

/// Frames that are kept if nobody says otherwise.
pub(super) const USUAL_DEPTH: usize = 16;

/// Innermost frames that are ours: those of the walk, and of the way to it.
const OWN: usize = if cfg!(debug_assertions) { 24 } else { 8 };

/// How many neighbours of its own place in the table a stack may have.
const PROBES: usize = 64;

/// A stack's number; in 32 bits, so that it fits behind a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(NonZeroU32);

impl Place {
    #[inline(always)]
    pub(super) fn numbered(number: u32) -> Option<Place> {
        NonZeroU32::new(number).map(Place)
    }

    #[inline(always)]
    pub(super) fn number(self) -> u32 {
        self.0.get()
    }

    fn at(index: usize) -> Option<Place> {
        Place::numbered(index as u32 + 1)
    }

    fn index(self) -> usize {
        self.number() as usize - 1
    }
}

/// One in so many bytes has its place found: a power of two, by its exponent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate(u8);

impl Rate {
    /// The next power of two below; at most 16 MiB, and 1 for every block.
    pub(super) fn at_most(bytes: u64) -> Rate {
        Rate(bytes.clamp(1, 1 << 24).ilog2() as u8)
    }

    #[inline(always)]
    pub(super) fn bits(self) -> u8 {
        self.0
    }

    #[inline(always)]
    pub(super) fn of_bits(bits: u8) -> Rate {
        Rate(bits & 31)
    }

    pub(super) fn bytes(self) -> u64 {
        1 << self.0
    }

    /// Whether a block that was drawn stands for others, too: it might not have been.
    fn estimates(self, bytes: u64) -> bool {
        bytes < self.bytes()
    }

    /// What a block that was drawn stands for: bytes, and blocks in [`PARTS`]. It was
    /// drawn with the probability of its size over the rate.
    fn weight(self, bytes: u64) -> (u64, u64) {
        let size = bytes.clamp(1, self.bytes());
        (
            bytes.max(self.bytes()),
            (self.bytes() * PARTS).div_ceil(size),
        )
    }
}

/// Parts of a block, in which estimates are added up.
pub(super) const PARTS: u64 = 256;

/// The exponent of the rate for blocks allocated now.
static RATE: AtomicU8 = AtomicU8::new(0);

/// How many frames to keep for blocks allocated now.
static DEPTH: AtomicUsize = AtomicUsize::new(0);

/// Blocks for which the table had no room.
static WITHOUT: AtomicU64 = AtomicU64::new(0);

/// How blocks that are allocated from now on have their places found.
pub(super) fn set(depth: usize, rate: Rate) {
    DEPTH.store(OWN + depth.clamp(1, DEEPEST), Relaxed);
    RATE.store(rate.bits(), Relaxed);
}

/// Blocks that have no place since the table was full.
pub(super) fn without() -> u64 {
    WITHOUT.load(Relaxed)
}

/// A thread's random numbers.
pub(super) struct Draw(Cell<u32>);

impl Draw {
    pub(super) const fn new() -> Draw {
        Draw(Cell::new(0))
    }

    /// Whether a block of so many bytes is drawn, and at which rate. Each block draws
    /// for itself: a stride would keep step with the program.
    pub(super) fn draws(&self, bytes: u64) -> Option<Rate> {
        let rate = Rate::of_bits(RATE.load(Relaxed));
        let is_drawn = bytes >= rate.bytes() || u64::from(self.next()) & (rate.bytes() - 1) < bytes;
        is_drawn.then_some(rate)
    }

    fn next(&self) -> u32 {
        let mut state = self.0.get();
        if state == 0 {
            // Another one for each thread.
            state = ((ptr::from_ref(self).addr() >> 6) as u32).wrapping_mul(0x9E37_79B9) | 1;
        }
        state = xorshift::after(state);
        self.0.set(state);
        // The low bits are the poorest.
        state.rotate_right(16)
    }
}

/// A stack, and what was allocated through it.
#[derive(Debug)]
pub(super) struct Stack {
    hash: u64,
    owner: Owner,
    /// Where each function is to go on, innermost first.
    frames: &'static [usize],
    /// Of blocks that stand for themselves.
    counted: Turnover,
    /// Of those that stand for others, too.
    estimated: Turnover,
}

#[derive(Debug)]
struct Turnover {
    allocated: Weights,
    freed: Weights,
}

#[derive(Debug)]
struct Weights {
    bytes: AtomicU64,
    /// Of blocks.
    parts: AtomicU64,
}

/// What a place had allocated and freed when it was looked at.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlaceSums {
    pub(super) counted: Sums,
    pub(super) estimated: Sums,
}

/// Bytes, and blocks in [`PARTS`], that were allocated and freed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) allocated_bytes: u64,
    pub(super) allocated_parts: u64,
    pub(super) freed_bytes: u64,
    pub(super) freed_parts: u64,
}

impl Sums {
    pub(super) fn and(self, more: Sums) -> Sums {
        Sums {
            allocated_bytes: self.allocated_bytes + more.allocated_bytes,
            allocated_parts: self.allocated_parts + more.allocated_parts,
            freed_bytes: self.freed_bytes + more.freed_bytes,
            freed_parts: self.freed_parts + more.freed_parts,
        }
    }
}

/// A stack stands where its hash points to, or at one of the next places that was
/// free. It stays there.
static STACKS: [Link<Stack>; PLACES] = [const { Link::empty() }; PLACES];

/// A block is allocated by `owner`: where. `None` where the table is full or the
/// system has no memory left for it.
#[inline(never)]
pub(super) fn allocated(owner: Owner, rate: Rate, bytes: u64) -> Option<Place> {
    let mut frames = [0; OWN + DEEPEST];
    let depth = walk(&mut frames[..DEPTH.load(Relaxed).min(OWN + DEEPEST)]);
    let found = find_or_add(owner, &frames[..depth]);
    let Some((place, stack)) = found else {
        WITHOUT.fetch_add(1, Relaxed);
        return None;
    };
    stack.of(rate, bytes).allocated.add(rate.weight(bytes));
    Some(place)
}

/// The stack that leads here, as far as it tells where that is.
#[inline(never)]
pub(super) fn stack(owner: Owner) -> Option<&'static Stack> {
    let mut frames = [0; OWN + DEEPEST];
    let depth = walk(&mut frames[..OWN + USUAL_DEPTH]);
    Some(find_or_add(owner, &frames[..depth])?.1)
}

/// A block of that place is freed.
pub(super) fn freed(place: Place, rate: Rate, bytes: u64) {
    if let Some(stack) = STACKS.get(place.index()).and_then(Link::get) {
        stack.of(rate, bytes).freed.add(rate.weight(bytes));
    }
}

/// All stacks.
pub(super) fn all() -> impl Iterator<Item = &'static Stack> {
    STACKS.iter().filter_map(Link::get)
}

/// Writes down where the functions that are active go on, innermost first; how many.
fn walk(frames: &mut [usize]) -> usize {
    let mut depth = 0;
    let note = |frame: &backtrace::Frame| {
        if let Some(noted) = frames.get_mut(depth) {
            *noted = frame.ip().addr();
            depth += 1;
        }
        depth < frames.len()
    };
    // SAFETY: what it shares between threads on the systems that we know is the
    // unwinder's own, which is safe to use from several. `trace` would lock.
    unsafe { backtrace::trace_unsynchronized(note) };
    depth
}

/// Where another thread is quicker, its stack is the one, and ours is kept for nothing:
/// once per thread and place at most, which is less than it would take to free what is
/// referred to as kept for good.
fn find_or_add(owner: Owner, frames: &[usize]) -> Option<(Place, &'static Stack)> {
    let hash = hash_of(owner, frames);
    let mut new = None;
    for probe in 0..PROBES {
        let index = (hash as usize).wrapping_add(probe) % PLACES;
        let entry = STACKS.get(index)?;
        let mut there = entry.get();
        if there.is_none() {
            let stack = match new.take() {
                Some(stack) => stack,
                None => Stack::kept(hash, owner, frames)?,
            };
            match entry.lead_from(None, stack) {
                Ok(()) => return Some((Place::at(index)?, stack)),
                Err(other) => (new, there) = (Some(stack), other),
            }
        }
        if let Some(stack) = there.filter(|stack| stack.is(hash, owner, frames)) {
            return Some((Place::at(index)?, stack));
        }
    }
    None
}

/// FNV-1a of 64 bits, with a last mix so that the low bits know of all of them.
fn hash_of(owner: Owner, frames: &[usize]) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325 ^ u64::from(owner.number());
    let hash = frames.iter().fold(start, |hash, &frame| {
        (hash ^ frame as u64).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^ hash >> 32
}

impl Stack {
    fn kept(hash: u64, owner: Owner, frames: &[usize]) -> Option<&'static Stack> {
        let frames = own_memory::kept_copy(frames)?;
        own_memory::kept(Stack {
            hash,
            owner,
            frames,
            counted: Turnover::new(),
            estimated: Turnover::new(),
        })
    }

    fn is(&self, hash: u64, owner: Owner, frames: &[usize]) -> bool {
        self.hash == hash && self.owner == owner && self.frames == frames
    }

    /// Where a block of so many bytes is added up that was drawn at this rate.
    fn of(&self, rate: Rate, bytes: u64) -> &Turnover {
        if rate.estimates(bytes) {
            &self.estimated
        } else {
            &self.counted
        }
    }

    pub(super) fn owner(&self) -> Owner {
        self.owner
    }

    pub(super) fn frames(&self) -> &'static [usize] {
        self.frames
    }

    pub(super) fn sums(&self) -> PlaceSums {
        PlaceSums {
            counted: self.counted.sums(),
            estimated: self.estimated.sums(),
        }
    }
}

impl Turnover {
    const fn new() -> Turnover {
        Turnover {
            allocated: Weights::new(),
            freed: Weights::new(),
        }
    }

    /// Frees first, as in [`ledger::add_up`](super::ledger::add_up).
    fn sums(&self) -> Sums {
        let freed = (
            self.freed.bytes.load(Acquire),
            self.freed.parts.load(Acquire),
        );
        Sums {
            allocated_bytes: self.allocated.bytes.load(Acquire),
            allocated_parts: self.allocated.parts.load(Acquire),
            freed_bytes: freed.0,
            freed_parts: freed.1,
        }
    }
}

impl Weights {
    const fn new() -> Weights {
        Weights {
            bytes: AtomicU64::new(0),
            parts: AtomicU64::new(0),
        }
    }

    fn add(&self, (bytes, parts): (u64, u64)) {
        self.bytes.fetch_add(bytes, Release);
        self.parts.fetch_add(parts, Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_has_one_place() {
        let owner = Owner::numbered(9);
        let (first, _) = find_or_add(owner, &[1, 2, 3]).expect("a place");
        let (again, stack) = find_or_add(owner, &[1, 2, 3]).expect("a place");
        assert_eq!(first, again);
        assert_eq!(
            (stack.owner(), stack.frames()),
            (owner, [1, 2, 3].as_slice())
        );
        for (owner, frames) in [(9, [1, 2, 4]), (8, [1, 2, 3])] {
            let (other, _) = find_or_add(Owner::numbered(owner), &frames).expect("a place");
            assert_ne!(first, other);
        }
    }

    #[test]
    fn threads_that_meet_at_a_new_stack_agree_on_its_place() {
        let owner = Owner::numbered(10);
        for round in 0..100 {
            let start = std::sync::Barrier::new(4);
            let places: Vec<Place> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..4)
                    .map(|_| {
                        scope.spawn(|| {
                            start.wait();
                            find_or_add(owner, &[round, 7]).expect("a place").0
                        })
                    })
                    .collect();
                threads
                    .into_iter()
                    .map(|t| t.join().expect("a place"))
                    .collect()
            });
            assert!(places.iter().all(|&place| place == places[0]), "{places:?}");
        }
    }

    #[test]
    fn blocks_are_drawn_in_proportion_to_their_size_and_stand_for_the_others() {
        let rate = Rate::at_most(1_000);
        assert_eq!(rate.bytes(), 512);
        RATE.store(rate.bits(), Relaxed);
        let draw = Draw::new();
        for (size, blocks) in [
            (1, 4_000_000),
            (24, 400_000),
            (511, 100_000),
            (4_096, 1_000),
        ] {
            let drawn = (0..blocks).filter(|_| draw.draws(size).is_some()).count() as u64;
            let (bytes, parts) = rate.weight(size);
            let truth = (size * blocks) as f64;
            let p = (size as f64 / 512.0).min(1.0);
            let deviations = 5.0 * ((1.0 - p) / (blocks as f64 * p)).sqrt();
            let estimate = (drawn * bytes) as f64;
            assert!(
                (estimate / truth - 1.0).abs() <= deviations,
                "{size}: {estimate} for {truth}"
            );
            let count = (drawn * parts) as f64 / PARTS as f64;
            let rounding = 1.0 / PARTS as f64;
            assert!(
                (count / blocks as f64 - 1.0).abs() <= deviations + rounding,
                "{size}: {count}"
            );
        }
        RATE.store(0, Relaxed);
    }
}
