//! How stages find each other.
//!
//! While an In is built it asks the iterator that it wraps for its `size_hint`
//! with a thread-local question open. An Out anywhere under it, through `map`,
//! `filter`, `Box<dyn Iterator>` or any adapter that passes the question on,
//! answers with its run. It costs nothing per record.

use super::run::Run;
use crate::watch::for_ourselves;
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};

/// A run whose output is under an iterator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feeder {
    pub(crate) run: &'static Run,
    /// It is reached through the input of another run only.
    pub(crate) is_beyond_an_input: bool,
}

/// What is found under an iterator.
#[derive(Debug, Default)]
pub(crate) struct Below {
    /// The runs that it pulls from; most inputs have one.
    pub(crate) feeding: SmallVec<[Feeder; 2]>,
    /// The run whose input it pulls: the iterator is within that run's function.
    pub(crate) around: Option<&'static Run>,
    /// Inputs that the question is being passed on by.
    inputs: u32,
    /// The iterator is itself the output of the run that it pulls from.
    pub(crate) directly: bool,
    /// An input that waits for a stage to name it.
    pub(crate) pending: Option<Pending>,
}

/// An input whose stage ends further down, if anywhere.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub(crate) run: &'static Run,
    /// Which of the runs found it pulls from.
    pub(crate) feeder: usize,
    /// Records that came through it before it was found, and that it has not told of.
    pub(crate) passed: u64,
}

impl Below {
    /// The run that the pending input pulls from, if that records anything.
    pub(crate) fn through_pending(&self) -> Option<&'static Run> {
        self.feeding.get(self.pending?.feeder).map(|it| it.run)
    }
}

thread_local! {
    static ASKED: Cell<bool> = const { Cell::new(false) };
    /// What the question that is open has found so far.
    static FOUND: RefCell<Below> = RefCell::default();
}

/// What `size_hint` returns.
type Hint = (usize, Option<usize>);

/// The answer to one who asks about runs; of no use as a hint, but one that every
/// adapter on the way up can do with.
const NO_HINT: Hint = (0, Some(0));

/// Closes a question, and puts back the one that it was asked within; also where the
/// iterator's `size_hint` panics.
struct Reopen(Option<Below>);

impl Drop for Reopen {
    fn drop(&mut self) {
        ASKED.set(self.0.is_some());
        let found = self.0.take().unwrap_or_default();
        let _ = FOUND.try_with(|open| open.replace(found));
    }
}

/// Asks what is under `records`.
///
/// `by_ref`, unlike `size_hint`, is passed on by no adapter: an Out that hears it
/// is the iterator that was asked.
pub(crate) fn below<I: Iterator>(records: &mut I) -> Below {
    let take = || with_found(std::mem::take);
    let _outer = Reopen(ASKED.replace(true).then(take));
    let _ = records.by_ref().size_hint();
    take()
}

/// An Out says that it is asked itself, if somebody asks.
#[inline]
pub(crate) fn answer_directly(run: &Run) {
    if ASKED.get() && !run.is_off() {
        with_found(|below| below.directly = true);
    }
}

/// An Out answers for its run if somebody asks, and asks no `deeper`: whoever is
/// further up feeds this run, not the one that asks. One that records nothing is
/// not there.
#[inline]
pub(crate) fn answer(run: &'static Run, deeper: impl FnOnce() -> Hint) -> Hint {
    if !ASKED.get() || run.is_off() {
        return deeper();
    }
    with_found(|below| {
        let feeder = Feeder {
            run,
            is_beyond_an_input: below.inputs > 0,
        };
        for_ourselves(|| below.feeding.push(feeder));
    });
    NO_HINT
}

/// An In is asked. It offers its run, if that is still nobody's; else whoever asks
/// is within its run's function. `deeper` is asked in any case. `passed`: records that
/// came through it and that the run has not been told of.
#[inline]
pub(crate) fn pass_on<R>(run: &'static Run, passed: u64, deeper: impl FnOnce() -> R) -> R {
    let begun = ASKED.get() && begins_to_pass(run, passed);
    let found = deeper();
    if begun {
        has_passed();
    }
    found
}

#[cold]
#[inline(never)]
extern "C" fn begins_to_pass(run: &'static Run, passed: u64) -> bool {
    with_found(|below| {
        if run.is_pending() {
            let feeder = below.feeding.len();
            let pending = Pending {
                run,
                feeder,
                passed,
            };
            below.pending.get_or_insert(pending);
            return false;
        }
        if run.is_going_on() {
            below.around.get_or_insert(run);
            below.inputs += 1;
        }
        run.is_going_on()
    })
}

#[cold]
#[inline(never)]
extern "C" fn has_passed() {
    with_found(|below| below.inputs = below.inputs.saturating_sub(1));
}

/// Nothing where the thread is being torn down.
fn with_found<R: Default>(f: impl FnOnce(&mut Below) -> R) -> R {
    FOUND
        .try_with(|found| f(&mut found.borrow_mut()))
        .unwrap_or_default()
}
