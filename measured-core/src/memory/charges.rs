//! What a stage is charged for: what was allocated on its thread from when it began to
//! run until it stopped, without what other stages have been charged for in between.
//!
//! Not by owner, as the ledgers count: two registries may run the same stage, and a
//! stage may run within itself. Stretches are on a stack, as pulls are.

use super::events::{self, Sum};
use crate::allocations::StageAllocations;
use crate::running::{self, Watcher};
use std::cell::{Cell, RefCell};

/// Whose a stretch is: an address that no other run has.
pub(crate) type Key = usize;

thread_local! {
    static OPEN: RefCell<Vec<Stretch>> = const { RefCell::new(Vec::new()) };
    /// All that stages have been charged for.
    static CHARGED: Cell<Sum> = const { Cell::new(Sum::NONE) };
}

#[derive(Debug)]
struct Stretch {
    key: Key,
    /// What nobody was charged for when it began: that is the affair of whoever ran then.
    uncharged: Sum,
    /// What had been allocated when the stage began to wait for its input.
    at_input: Sum,
}

/// Whether anybody wants to know what stages allocate.
pub(crate) fn are_wanted() -> bool {
    running::is_watched_by(Watcher::Memory)
}

/// Calls `f`, whose allocations are the library's own: no stage is charged for them.
pub(crate) fn for_ourselves<R>(f: impl FnOnce() -> R) -> R {
    events::for_ourselves(f)
}

/// By this thread, but for what is the library's own.
fn allocated() -> Sum {
    events::totals().allocated
}

/// What no stage has been charged for.
fn uncharged() -> Sum {
    allocated().less(CHARGED.get())
}

/// A stage begins to run.
pub(crate) fn begin(key: Key) {
    let began = events::for_tracker(|| {
        OPEN.try_with(|open| {
            let mut open = open.borrow_mut();
            // One that a panic left open, if the run went on elsewhere, and came back.
            open.retain(|stretch| stretch.key != key);
            open.push(Stretch {
                key,
                uncharged: uncharged(),
                at_input: allocated(),
            });
        })
    });
    // On a thread that is about to end nobody is charged.
    began.unwrap_or_default();
}

/// It stops: what it is charged for.
pub(crate) fn end(key: Key) -> StageAllocations {
    with_open(key, |open, at| {
        // Above it are those that a panic left open.
        open.truncate(at + 1);
        open.pop().map(|stretch| own(&stretch))
    })
}

/// It begins to wait for its input: what it is charged for.
pub(crate) fn begin_input(key: Key) -> StageAllocations {
    with_open(key, |open, at| {
        let stretch = open.get_mut(at)?;
        stretch.at_input = allocated();
        Some(own(stretch))
    })
}

/// Its input has answered: what was allocated there, by whomever. What no stage was
/// charged for is the source's, which is none.
pub(crate) fn end_input(key: Key) -> StageAllocations {
    with_open(key, |open, at| {
        let stretch = open.get(at)?;
        let upstream = allocated().less(stretch.at_input);
        CHARGED.set(allocated().less(stretch.uncharged));
        Some(StageAllocations {
            upstream_count: upstream.blocks,
            upstream_size: upstream.bytes,
            ..StageAllocations::NONE
        })
    })
}

/// Calls `f` with the stretch's place on the stack; nothing where it is not there: it
/// is another thread's, or an outer one has ended it after a panic.
fn with_open(
    key: Key,
    f: impl FnOnce(&mut Vec<Stretch>, usize) -> Option<StageAllocations>,
) -> StageAllocations {
    let found = OPEN.try_with(|open| {
        let mut open = open.borrow_mut();
        let at = open.iter().rposition(|stretch| stretch.key == key)?;
        f(&mut open, at)
    });
    found.ok().flatten().unwrap_or(StageAllocations::NONE)
}

/// What was allocated since the stretch began and nobody was charged for yet.
fn own(stretch: &Stretch) -> StageAllocations {
    let own = uncharged().less(stretch.uncharged);
    CHARGED.set(allocated().less(stretch.uncharged));
    StageAllocations {
        count: own.blocks,
        size: own.bytes,
        ..StageAllocations::NONE
    }
}
