//! What the allocator tells of, a block that is there and one that goes: who counts them, and
//! what this thread knows of itself.

use super::ledger::{self, Ledger};
use super::owners::Owner;
use super::places::{self, Draw, Stack};
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

/// Blocks, and the bytes of all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) blocks: u64,
    pub(super) bytes: u64,
}

impl Sum {
    pub(super) const NONE: Sum = Sum {
        blocks: 0,
        bytes: 0,
    };

    pub(super) fn less(self, other: Sum) -> Sum {
        Sum {
            blocks: self.blocks.wrapping_sub(other.blocks),
            bytes: self.bytes.wrapping_sub(other.bytes),
        }
    }
}

/// What was allocated and freed on a thread while anybody wanted to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Totals {
    /// By the user's code.
    pub(super) allocated: Sum,
    /// Of blocks that are not the library's.
    pub(super) freed: Sum,
    /// By the library, for itself.
    pub(super) ours: Sum,
}

impl Totals {
    pub(super) fn less(self, other: Totals) -> Totals {
        Totals {
            allocated: self.allocated.less(other.allocated),
            freed: self.freed.less(other.freed),
            ours: self.ours.less(other.ours),
        }
    }
}

/// Whose affair it is what is allocated now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Users,
    /// The library's: told as `(measured)`, and charged to no stage and no closure.
    Ours,
    /// The tracker's, which would see itself: told to nobody.
    Trackers,
    /// The tracker's, which wants to know whether it would.
    Probe,
    /// The user's, who wants to know where the first block comes from.
    Guarded,
}

/// What a thread keeps for its allocations. It needs no destructor, so it is there
/// before the first and after the last line of the thread's code.
struct Here {
    ledger: Cell<Option<&'static Ledger>>,
    whose: Cell<Whose>,
    /// What [`Totals`] are made of.
    allocated: Cell<Sum>,
    freed: Cell<Sum>,
    ours: Cell<Sum>,
    draw: Draw,
    /// Where the first block was allocated that was guarded.
    first: Cell<Option<&'static Stack>>,
}

thread_local! {
    static HERE: Here = const {
        Here {
            ledger: Cell::new(None),
            whose: Cell::new(Whose::Users),
            allocated: Cell::new(Sum::NONE),
            freed: Cell::new(Sum::NONE),
            ours: Cell::new(Sum::NONE),
            draw: Draw::new(),
            first: Cell::new(None),
        }
    };
}

/// Nobody wants to know: one relaxed load.
#[inline(always)]
pub(super) fn is_idle() -> bool {
    WANTED.load(Relaxed) == 0
}

/// Nobody wants to know that a block with this tag is freed.
#[inline(always)]
pub(super) fn is_idle_about(tag: Tag) -> bool {
    tag.is_none_and_zero(WANTED.load(Relaxed))
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

/// What was allocated and freed on this thread so far, while anybody wanted to know.
pub(super) fn totals() -> Totals {
    HERE.with(|here| Totals {
        allocated: here.allocated.get(),
        freed: here.freed.get(),
        ours: here.ours.get(),
    })
}

/// Whether what `f` allocates comes by here.
pub(super) fn sees(f: impl FnOnce()) -> bool {
    counting(|| {
        allocating(Whose::Probe, || {
            f();
            HERE.with(|here| here.whose.get() != Whose::Probe)
        })
    })
}

/// Runs `f`, which allocates for the tracker itself.
pub(super) fn for_tracker<R>(f: impl FnOnce() -> R) -> R {
    allocating(Whose::Trackers, f)
}

/// Runs `f`, which allocates for the library.
pub(super) fn for_ourselves<R>(f: impl FnOnce() -> R) -> R {
    allocating(Whose::Ours, f)
}

/// Runs `f`, and says where the first of its blocks was allocated.
pub(super) fn guarding<R>(f: impl FnOnce() -> R) -> (R, Option<&'static Stack>) {
    let before = HERE.with(|here| here.first.take());
    let result = allocating(Whose::Guarded, f);
    (result, HERE.with(|here| here.first.replace(before)))
}

fn allocating<R>(whose: Whose, f: impl FnOnce() -> R) -> R {
    struct Restore(Whose);
    impl Drop for Restore {
        fn drop(&mut self) {
            HERE.with(|here| here.whose.set(self.0));
        }
    }
    let _restore = Restore(HERE.with(|here| here.whose.replace(whose)));
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
        let mut owner = Owner::running();
        if self.whose.get() == Whose::Users {
            Here::add(&self.allocated, bytes);
        } else {
            match self.not_just_the_users(owner, bytes) {
                Some(whose) => owner = whose,
                None => return Tag::NONE,
            }
        }
        let wanted = WANTED.load(Relaxed);
        if wanted & TRACKING == 0 {
            return Tag::uncounted(owner);
        }
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
        let is_the_users = matches!(self.whose.get(), Whose::Users | Whose::Guarded);
        if is_the_users && !tag.is_ours() {
            Here::add(&self.freed, bytes);
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

    #[inline(always)]
    fn add(to: &Cell<Sum>, bytes: u64) {
        let sum = to.get();
        to.set(Sum {
            blocks: sum.blocks.wrapping_add(1),
            bytes: sum.bytes.wrapping_add(bytes),
        });
    }

    /// Whose a block is, if anybody's, where it is not simply the user's.
    #[cold]
    #[inline(never)]
    fn not_just_the_users(&self, owner: Owner, bytes: u64) -> Option<Owner> {
        match self.whose.get() {
            Whose::Trackers => return None,
            Whose::Probe => {
                self.whose.set(Whose::Trackers);
                return None;
            }
            Whose::Ours => {
                Here::add(&self.ours, bytes);
                return Some(Owner::MEASURED);
            }
            Whose::Guarded => {
                self.whose.set(Whose::Users);
                self.first.set(for_tracker(|| places::stack(owner)));
            }
            Whose::Users => {}
        }
        Here::add(&self.allocated, bytes);
        Some(owner)
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

    /// By plain loads and stores it goes on with what an earlier thread at its address
    /// counted. That it sees all of that is the system's doing, which knows of the one
    /// thread's end before it gives its thread-locals' place to the other. Who brings
    /// memory of their own for threads, as with `pthread_attr_setstack`, joins the one
    /// before they start the other.
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
            let place = for_tracker(|| places::allocated(owner, rate, bytes))?;
            Some((place, rate))
        });
        Tag::new(owner, place)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_thread_keeps_needs_no_destructor() {
        assert!(!std::mem::needs_drop::<super::Here>());
    }
}
