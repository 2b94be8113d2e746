//! Stages that run inside another stage's own code: a pipeline drained in a
//! closure, a stage that hands its input to another, a stage that calls itself.
//!
//! A thread-local total of the ticks spent inside such pipelines lets whoever is
//! around them take them off its own time. It is touched in timed pulls and at
//! the ends of runs only.
//!
//! What is taken off is whole pulls. Where the pipeline inside pulls, in its turn,
//! the inputs of the stage around it, their time is in the whole pull and is no
//! time of the pipeline's: an input that is entered at a greater depth than its
//! stage's output has that added again.

use super::run::Run;
use crate::watch::for_ourselves;
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};

#[derive(Debug)]
struct Begun {
    bodies: u32,
    /// With their generations.
    runs: Vec<(&'static Run, u32)>,
}

impl Begun {
    const fn new() -> Begun {
        Begun {
            bodies: 0,
            runs: Vec::new(),
        }
    }
}

thread_local! {
    static TICKS: Cell<i64> = const { Cell::new(0) };
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    /// Whose pull was the last that was claimed whole.
    static LAST_CLAIM: Cell<Option<&'static Run>> = const { Cell::new(None) };
    /// Runs that began in the bodies that are going on, and have not ended.
    static BEGUN: RefCell<Begun> = const { RefCell::new(Begun::new()) };
}

/// Ticks spent inside pipelines of this thread that nobody else has claimed.
#[inline(always)]
pub(crate) fn ticks() -> i64 {
    TICKS.with(Cell::get)
}

/// Sets the total back to what it was before a time that is claimed whole.
#[inline(always)]
pub(crate) fn set(ticks: i64) {
    TICKS.with(|total| total.set(ticks));
}

pub(crate) fn add(ticks: i64) {
    set(self::ticks() + ticks);
}

/// A pull of `run` has been claimed whole.
#[inline(always)]
pub(crate) fn note_claim(run: &'static Run) {
    LAST_CLAIM.set(Some(run));
}

pub(crate) fn last_claim() -> Option<&'static Run> {
    LAST_CLAIM.get()
}

/// How many bodies and timed pulls of this thread are going on that will be claimed
/// whole.
#[inline(always)]
pub(crate) fn depth() -> u32 {
    DEPTH.with(Cell::get)
}

#[inline(always)]
pub(crate) fn set_depth(depth: u32) {
    DEPTH.with(|at| at.set(depth));
}

/// A body begins. Returns its place among those that are going on.
#[cold]
#[inline(never)]
pub(crate) extern "C" fn begin_body() -> usize {
    with_begun(|begun| {
        begun.bodies += 1;
        begun.runs.len()
    })
}

/// The body of `run` ends that began at `place`: those that began in it, have not
/// ended and are nobody else's are within the run.
#[cold]
#[inline(never)]
pub(crate) extern "C" fn end_body(place: usize, run: &'static Run) {
    let inside: SmallVec<[(&'static Run, u32); 4]> = with_begun(|begun| {
        begun.bodies = begun.bodies.saturating_sub(1);
        let inside = if begun.runs.len() > place {
            begun.runs.drain(place..).collect()
        } else {
            SmallVec::new()
        };
        if begun.bodies > 0 && run.is_going_on() {
            for_ourselves(|| begun.runs.push((run, run.generation())));
        }
        inside
    });
    for (inner, generation) in inside {
        if inner.generation() == generation {
            inner.note_within(run);
        }
    }
}

/// A run has ended: usually the last that began.
pub(crate) fn forget_ended() {
    with_begun(|begun| {
        while begun.runs.last().is_some_and(|(run, _)| !run.is_going_on()) {
            begun.runs.pop();
        }
    });
}

/// Nothing where the thread is being torn down.
fn with_begun<R: Default>(f: impl FnOnce(&mut Begun) -> R) -> R {
    BEGUN
        .try_with(|begun| f(&mut begun.borrow_mut()))
        .unwrap_or_default()
}
