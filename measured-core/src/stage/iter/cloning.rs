//! How the inputs within a cloned stage find the run that they now belong to.

use crate::stage::run::Run;
use crate::watch::for_ourselves;
use std::cell::RefCell;

thread_local! {
    /// Runs that are being cloned, with the runs of their clones.
    static PAIRS: RefCell<Vec<(*const Run, &'static Run)>> = const { RefCell::new(Vec::new()) };
}

/// A stage that is being cloned: over when it is dropped, as by a panic.
pub(super) struct Cloning(());

impl Cloning {
    /// None where the thread is about to end.
    pub(super) fn begin(run: &'static Run, clone: &'static Run) -> Option<Cloning> {
        let pair = (std::ptr::from_ref(run), clone);
        PAIRS
            .try_with(|pairs| for_ourselves(|| pairs.borrow_mut().push(pair)))
            .ok()
            .map(|()| Cloning(()))
    }
}

impl Drop for Cloning {
    fn drop(&mut self) {
        let _ = PAIRS.try_with(|pairs| pairs.borrow_mut().pop());
    }
}

/// The run of the clone, if the stage of this run is being cloned.
pub(super) fn clone_of(run: &'static Run) -> Option<&'static Run> {
    let clone = PAIRS.try_with(|pairs| {
        let pairs = pairs.borrow();
        let mut innermost_first = pairs.iter().rev();
        innermost_first
            .find(|&&(original, _)| std::ptr::eq(original, run))
            .map(|&(_, clone)| clone)
    });
    clone.ok().flatten()
}
