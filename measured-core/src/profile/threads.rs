//! Whose tree is whose: each thread's own, found without a lock.
//!
//! Trees are never freed, so that a thread holds its own by a plain reference, and
//! whoever stops the profiler may read it at any time. That of a thread which has
//! ended goes to the next one that begins.

use super::session;
use super::tree::Tree;
use std::cell::Cell;

thread_local! {
    /// Without a destructor, so that it is there as long as the thread runs.
    static TREE: Cell<Option<&'static Tree>> = const { Cell::new(None) };
    static END: End = const { End };
}

/// Dropped when its thread ends.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        if let Some(tree) = TREE.take() {
            session::thread_ends(tree);
        }
    }
}

/// This thread's tree, if it has one.
#[inline(always)]
pub(super) fn tree() -> Option<&'static Tree> {
    TREE.get()
}

/// The same, and there is one; `None` where the thread is about to end.
pub(super) fn tree_anyway() -> Option<&'static Tree> {
    if let Some(tree) = TREE.get() {
        return Some(tree);
    }
    END.try_with(|_| ()).ok()?;
    let tree = session::thread_begins();
    TREE.set(Some(tree));
    Some(tree)
}

/// Runs `f` with that tree in the place of this thread's.
pub(super) fn lend<R>(tree: &'static Tree, f: impl FnOnce() -> R) -> R {
    let own = TREE.replace(Some(tree));
    let result = f();
    TREE.set(own);
    result
}
