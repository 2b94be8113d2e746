//! How stages find each other.
//!
//! While an In is built it asks the iterator that it wraps for its `size_hint`
//! with a thread-local question open. An Out anywhere under it, through `map`,
//! `filter`, `Box<dyn Iterator>` or any adapter that passes the question on,
//! answers with its run. It costs nothing per record.

use super::run::Run;
use smallvec::SmallVec;
use std::cell::RefCell;

/// Most inputs have one stage under them.
pub(crate) type Runs = SmallVec<[&'static Run; 2]>;

/// What is found under an iterator.
#[derive(Debug, Default)]
pub(crate) struct Below {
    /// The runs that it pulls from.
    pub(crate) feeding: Runs,
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
}

impl Below {
    /// The run that the pending input pulls from, if that records anything.
    pub(crate) fn through_pending(&self) -> Option<&'static Run> {
        self.feeding.get(self.pending?.feeder).copied()
    }
}

thread_local! {
    /// `None`: nobody is asking.
    static QUESTION: RefCell<Option<Below>> = const { RefCell::new(None) };
}

/// What `size_hint` returns.
type Hint = (usize, Option<usize>);

/// The answer to one who asks about runs; of no use as a hint, but one that every
/// adapter on the way up can do with.
const NO_HINT: Hint = (0, Some(0));

/// `None` also where the thread is being torn down.
fn replace(question: Option<Below>) -> Option<Below> {
    let put = QUESTION.try_with(|open| open.replace(question));
    put.ok().flatten()
}

/// Puts a question back, also where the iterator's `size_hint` panics.
struct Reopen(Option<Below>);

impl Drop for Reopen {
    fn drop(&mut self) {
        replace(self.0.take());
    }
}

/// Asks what is under `records`.
///
/// `by_ref`, unlike `size_hint`, is passed on by no adapter: an Out that hears it
/// is the iterator that was asked.
pub(crate) fn below<I: Iterator>(records: &mut I) -> Below {
    let _outer = Reopen(replace(Some(Below::default())));
    let _ = records.by_ref().size_hint();
    replace(None).unwrap_or_default()
}

/// An Out says that it is asked itself, if somebody asks.
#[inline]
pub(crate) fn is_asked_directly(run: &Run) {
    if !run.is_off() {
        let _ = QUESTION.try_with(|open| {
            if let Some(below) = &mut *open.borrow_mut() {
                below.directly = true;
            }
        });
    }
}

/// An Out answers for its run if somebody asks, and asks no `deeper`: whoever is
/// further up feeds this run, not the one that asks. One that records nothing is
/// not there.
#[inline]
pub(crate) fn answer(run: &'static Run, deeper: impl FnOnce() -> Hint) -> Hint {
    if run.is_off() {
        return deeper();
    }
    let Some(mut below) = replace(None) else {
        return deeper();
    };
    below.feeding.push(run);
    replace(Some(below));
    NO_HINT
}

/// An In offers its run, if that is still nobody's.
#[inline]
pub(crate) fn offer(run: &'static Run) {
    if run.is_pending() {
        let _ = QUESTION.try_with(|open| {
            if let Some(below) = &mut *open.borrow_mut() {
                let feeder = below.feeding.len();
                below.pending.get_or_insert(Pending { run, feeder });
            }
        });
    }
}
