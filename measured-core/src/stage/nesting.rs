//! Stages that run inside another stage's own code: a pipeline drained in a
//! closure, a stage that hands its input to another, a stage that calls itself.
//!
//! A thread-local total of the ticks spent inside such pipelines lets whoever is
//! around them take them off its self time. It is touched in timed pulls and at
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
    /// How many bodies are going on.
    bodies: u32,
    /// Those of outer bodies first.
    runs: Vec<Inside>,
}

/// A run that began in a body.
#[derive(Clone, Copy, Debug)]
struct Inside {
    run: &'static Run,
    generation: u32,
    /// How many bodies it is in.
    bodies: u32,
}

impl Begun {
    const fn new() -> Begun {
        Begun {
            bodies: 0,
            runs: Vec::new(),
        }
    }

    /// Adds a run; those that have ended make room first, as a body may begin any number.
    fn push(&mut self, inside: Inside) {
        if self.runs.len() == self.runs.capacity() {
            self.runs.retain(Inside::goes_on);
            self.runs.reserve(self.runs.len() + 1);
        }
        self.runs.push(inside);
    }
}

impl Inside {
    fn goes_on(&self) -> bool {
        self.run.generation() == self.generation && self.run.is_going_on()
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

/// A body begins. Returns how many are going on, this one included.
#[cold]
#[inline(never)]
pub(crate) extern "C" fn begin_body() -> u32 {
    with_begun(|begun| {
        begun.bodies += 1;
        begun.bodies
    })
}

/// The body of `run` ends, which was one of so many `bodies`: the runs that began in it,
/// have not ended and are nobody else's are within the run.
#[cold]
#[inline(never)]
pub(crate) extern "C" fn end_body(bodies: u32, run: &'static Run) {
    let inside: SmallVec<[Inside; 4]> = with_begun(|begun| {
        begun.bodies = bodies.saturating_sub(1);
        let before = begun.runs.iter().rposition(|it| it.bodies < bodies);
        let inside = begun.runs.drain(before.map_or(0, |at| at + 1)..).collect();
        if begun.bodies > 0 && run.is_going_on() {
            let run = Inside {
                run,
                generation: run.generation(),
                bodies: begun.bodies,
            };
            for_ourselves(|| begun.push(run));
        }
        inside
    });
    for inner in inside {
        if inner.run.generation() == inner.generation {
            inner.run.note_within(run);
        }
    }
}

/// A run has ended: usually the last that began.
pub(crate) fn forget_ended() {
    with_begun(|begun| {
        while begun.runs.last().is_some_and(|it| !it.goes_on()) {
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
