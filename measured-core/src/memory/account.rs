//! What the allocator tells of: who counts, and what this thread knows of itself.

use super::ledger::{self, Ledger};
use super::owners::Owner;
use super::places::{self, Draw};
use super::trailer::Tag;
use std::cell::Cell;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

/// Who wants to know: a bit each for the tracking and for its places, and above them
/// the number of closures that are being counted.
static WANTED: AtomicUsize = AtomicUsize::new(0);

const TRACKING: usize = 1;
const PLACES: usize = 2;
const CLOSURE: usize = 4;

/// What a thread allocated and freed while anybody wanted to know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub(super) bytes: u64,
    pub(super) blocks: u64,
    pub(super) freed_bytes: u64,
    pub(super) freed_blocks: u64,
}

/// What a thread keeps for its allocations. It needs no destructor, so it is there
/// before the first and after the last line of the thread's code.
struct Here {
    ledger: Cell<Option<&'static Ledger>>,
    /// What is allocated now is the tracker's own affair.
    is_unseen: Cell<bool>,
    totals: Cell<Totals>,
    draw: Draw,
}

thread_local! {
    static HERE: Here = const {
        Here {
            ledger: Cell::new(None),
            is_unseen: Cell::new(false),
            totals: Cell::new(Totals { bytes: 0, blocks: 0, freed_bytes: 0, freed_blocks: 0 }),
            draw: Draw::new(),
        }
    };
}

/// Nobody wants to know: one relaxed load.
#[inline(always)]
pub(super) fn is_idle() -> bool {
    WANTED.load(Relaxed) == 0
}

pub(super) fn is_tracking() -> bool {
    WANTED.load(Relaxed) & TRACKING != 0
}

/// From now on blocks are counted, and their places too if `places`.
pub(super) fn start_tracking(places: bool) {
    stop_tracking();
    WANTED.fetch_or(if places { TRACKING | PLACES } else { TRACKING }, Relaxed);
}

/// Blocks that are allocated from now on are not counted.
pub(super) fn stop_tracking() {
    WANTED.fetch_and(!(TRACKING | PLACES), Relaxed);
}

/// Counts in this thread's [`totals`] while `f` runs, whether or not anybody tracks.
pub(super) fn counting<R>(f: impl FnOnce() -> R) -> R {
    struct Stop;
    impl Drop for Stop {
        fn drop(&mut self) {
            WANTED.fetch_sub(CLOSURE, Relaxed);
        }
    }
    WANTED.fetch_add(CLOSURE, Relaxed);
    let _stop = Stop;
    f()
}

/// What this thread allocated so far, while anybody wanted to know.
pub(super) fn totals() -> Totals {
    HERE.with(|here| here.totals.get())
}

/// Runs `f`, whose allocations nobody is charged for.
pub(super) fn unseen<R>(f: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            HERE.with(|here| here.is_unseen.set(self.0));
        }
    }
    let _restore = Restore(HERE.with(|here| here.is_unseen.replace(true)));
    f()
}

/// A block of so many bytes is there: what is to be noted behind it.
#[inline]
pub(super) fn allocated(size: usize) -> Tag {
    HERE.with(|here| here.allocated(size as u64))
}

/// A block of so many bytes is about to go.
#[inline]
pub(super) fn freed(tag: Tag, size: usize) {
    HERE.with(|here| here.freed(tag, size as u64));
}

// What is rare is in functions of its own: in line it would cost what is not rare the
// saving of registers, a third of the whole.
impl Here {
    #[inline(never)]
    fn allocated(&self, bytes: u64) -> Tag {
        if self.is_unseen.get() {
            return Tag::NONE;
        }
        let mut totals = self.totals.get();
        totals.bytes = totals.bytes.wrapping_add(bytes);
        totals.blocks = totals.blocks.wrapping_add(1);
        self.totals.set(totals);

        let wanted = WANTED.load(Relaxed);
        if wanted & TRACKING == 0 {
            return Tag::NONE;
        }
        let owner = Owner::running();
        match self.ledger.get() {
            Some(ledger) => ledger.allocated(owner, bytes),
            None => self.allocated_first(owner, bytes),
        }
        if wanted & PLACES != 0 {
            return self.tag_with_place(owner, bytes);
        }
        Tag::new(owner, None)
    }

    #[inline(never)]
    fn freed(&self, tag: Tag, bytes: u64) {
        if !self.is_unseen.get() {
            let mut totals = self.totals.get();
            totals.freed_bytes = totals.freed_bytes.wrapping_add(bytes);
            totals.freed_blocks = totals.freed_blocks.wrapping_add(1);
            self.totals.set(totals);
        }
        let Some(owner) = tag.owner() else { return };
        match self.ledger.get() {
            Some(ledger) => ledger.freed(owner, bytes),
            None => self.freed_first(owner, bytes),
        }
        if let Some((place, rate)) = tag.place() {
            places::freed(place, rate, bytes);
        }
    }

    /// The first block that this thread has counted.
    #[cold]
    #[inline(never)]
    fn allocated_first(&self, owner: Owner, bytes: u64) {
        match self.find_ledger() {
            Some(ledger) => ledger.allocated(owner, bytes),
            None => ledger::allocated_shared(owner, bytes),
        }
    }

    #[cold]
    #[inline(never)]
    fn freed_first(&self, owner: Owner, bytes: u64) {
        match self.find_ledger() {
            Some(ledger) => ledger.freed(owner, bytes),
            None => ledger::freed_shared(owner, bytes),
        }
    }

    fn find_ledger(&self) -> Option<&'static Ledger> {
        let ledger = Ledger::of_thread(std::ptr::from_ref(self).addr());
        self.ledger.set(ledger);
        ledger
    }

    /// With where the block is allocated, if it is drawn. Walking the stack may allocate
    /// on some systems: nobody is charged for that, and it walks no stack of its own.
    #[inline(never)]
    fn tag_with_place(&self, owner: Owner, bytes: u64) -> Tag {
        let place = self.draw.draws(bytes).and_then(|rate| {
            let place = unseen(|| places::allocated(owner, rate, bytes))?;
            Some((place, rate))
        });
        Tag::new(owner, place)
    }
}
