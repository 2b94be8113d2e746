//! How stages find each other.
//!
//! While an In is built it asks the iterator that it wraps for its `size_hint`
//! with a thread-local question open. An Out anywhere under it, through `map`,
//! `filter`, `Box<dyn Iterator>` or any adapter that passes the question on,
//! answers with its run. It costs nothing per record.

use super::run::Run;
use smallvec::SmallVec;
use std::cell::RefCell;

/// The runs that answered; most inputs have one stage under them.
pub(crate) type Answers = SmallVec<[&'static Run; 2]>;

thread_local! {
    /// `None`: nobody is asking.
    static QUESTION: RefCell<Option<Answers>> = const { RefCell::new(None) };
}

/// Closes the question again, also where the iterator's `size_hint` panics.
struct Asking(Option<Answers>);

impl Asking {
    fn replace(question: Option<Answers>) -> Option<Answers> {
        QUESTION.with(|open| open.replace(question))
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        Asking::replace(self.0.take());
    }
}

/// The runs that `records` pulls from.
pub(crate) fn upstream_of<I: Iterator>(records: &I) -> Answers {
    let outer = Asking(Asking::replace(Some(Answers::new())));
    let _ = records.size_hint();
    let answers = Asking::replace(None).unwrap_or_default();
    drop(outer);
    answers
}

/// Answers for `run` if somebody asks, then calls `deeper` with the question
/// closed: whoever is further up feeds this run, not the one that asks.
#[inline]
pub(crate) fn answer<R>(run: &'static Run, deeper: impl FnOnce() -> R) -> R {
    let Some(mut answers) = Asking::replace(None) else { return deeper() };
    answers.push(run);
    let _reopen = Asking(Some(answers));
    deeper()
}
