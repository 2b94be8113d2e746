//! The call tree of one thread: who called whom, how often, and the ticks of each.
//!
//! Only its thread writes, and whoever stops the profiler reads, so that all of it
//! is atomics with one writer, and no call takes a lock. Time is kept by switching:
//! at each entry and each exit the ticks since the last one go to whoever ran. A
//! node's own ticks are all there is; cumulative ones are sums over a subtree, so
//! that they agree to the tick.
//!
//! Here is what every call does; its [`growth`] is rare, and so is [`reading`] it.

mod growth;
mod reading;

pub(super) use reading::Figures;

use super::clock;
use crate::running::Number;
use crate::single_writer::U64;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// Nodes come so many at once.
const CHUNK: usize = 256;
const CHUNKS: usize = 256;

/// How many callees are found at once, by caller and callee.
const KNOWN: usize = 1024;

/// Where all calls begin.
pub(super) const ROOT: u32 = 0;

/// In the place of a node.
const NONE: u32 = u32::MAX;

/// One thread's calls.
pub(super) struct Tree {
    /// Whose figures these are: those of the profiler that was started as this one.
    session: AtomicU32,
    /// Who runs, since when.
    current: AtomicU32,
    since: U64,
    /// Calls that have not returned.
    depth: AtomicU32,
    /// Those of them that are of an earlier session.
    before: AtomicU32,
    nodes: AtomicU32,
    unplaced: U64,
    known: [AtomicU32; KNOWN],
    /// The first chunk of nodes, which is all that most programs need: found at once.
    first: [Node; CHUNK],
    rest: [OnceLock<Box<[Node; CHUNK]>>; CHUNKS],
}

/// A call that has not returned: its depth and its caller, in one number that is
/// handed over in a register. It is kept by whoever waits for the call to return, so
/// that a tree needs no stack, and what was left open costs nothing to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Open(pub(crate) u64);

impl Open {
    /// Of nobody who was told.
    pub(crate) const NONE: Open = Open(0);

    fn new(depth: u32, caller: u32) -> Open {
        Open(u64::from(depth) << 32 | u64::from(caller))
    }

    fn depth(self) -> u32 {
        (self.0 >> 32) as u32
    }

    fn caller(self) -> u32 {
        self.0 as u32
    }
}

/// A function as called by one way. A line of the cache each.
#[derive(Default)]
#[repr(align(64))]
struct Node {
    number: AtomicU32,
    parent: AtomicU32,
    depth: AtomicU32,
    /// The rest of the parent's children; `ROOT`, which is nobody's child, ends them.
    next: AtomicU32,
    children: AtomicU32,
    figures: [U64; 4],
}

// `Node::figures`
const CALLS: usize = 0;
/// Calls that joined one that was still open.
const RECURSIVE: usize = 1;
/// A suspended call goes on.
const RESUMED: usize = 2;
const OWN: usize = 3;

impl Tree {
    pub(super) fn new() -> Tree {
        Tree {
            session: AtomicU32::new(0),
            current: AtomicU32::new(ROOT),
            since: U64::default(),
            depth: AtomicU32::new(0),
            before: AtomicU32::new(0),
            nodes: AtomicU32::new(0),
            unplaced: U64::default(),
            known: [const { AtomicU32::new(ROOT) }; KNOWN],
            first: std::array::from_fn(|_| Node::default()),
            rest: [const { OnceLock::new() }; CHUNKS],
        }
    }

    /// A function begins to run; `None` where that is not the usual call, by a caller
    /// that has called it before. It calls nobody then, which spares it a third of its
    /// instructions: those that save registers.
    #[inline(always)]
    pub(super) fn enter(&self, number: Number, session: u32) -> Option<Open> {
        let caller = self.current.load(Relaxed);
        let at = self.known[slot(caller, number)].load(Relaxed);
        let (from, to) = (self.near(caller)?, self.near(at)?);
        let is_known = to.number.load(Relaxed) == number
            && to.parent.load(Relaxed) == caller
            && self.session.load(Relaxed) == session;
        if !is_known {
            return None;
        }
        let now = clock::usual()?;
        Some(self.call([from, to], caller, at, now))
    }

    /// The same for any call.
    pub(super) fn enter_any(&self, number: Number, session: u32) -> Open {
        if self.session.load(Relaxed) != session {
            self.begin(session);
        }
        let caller = self.current.load(Relaxed);
        let found = self.find(caller, number);
        // What is nowhere runs on its caller's node.
        let at = found.unwrap_or(caller);
        let (Some(from), Some(to)) = (self.node(caller), self.node(at)) else {
            return Open::NONE;
        };
        let open = self.call([from, to], caller, at, clock::now());
        if found.is_none() {
            let calls = &from.figures[CALLS];
            calls.set(calls.get().saturating_sub(1));
            self.unplaced.add(1);
        }
        open
    }

    #[inline(always)]
    fn call(&self, [from, to]: [&Node; 2], caller: u32, at: u32, now: u64) -> Open {
        let depth = self.depth.load(Relaxed).wrapping_add(1);
        self.depth.store(depth, Relaxed);
        to.figures[CALLS].add(1);
        self.switch(from, at, now);
        Open::new(depth, caller)
    }

    /// It stops; `false` where that is not the usual return, of what was called last.
    #[inline(always)]
    pub(super) fn leave(&self, open: Open) -> bool {
        let depth = open.depth();
        if self.depth.load(Relaxed) != depth || self.before.load(Relaxed) >= depth {
            return false;
        }
        let Some(from) = self.near(self.current.load(Relaxed)) else {
            return false;
        };
        let Some(now) = clock::usual() else {
            return false;
        };
        self.depth.store(depth - 1, Relaxed);
        self.switch(from, open.caller(), now);
        true
    }

    /// The same for any return: what it called and that was left open stops as well.
    pub(super) fn leave_any(&self, open: Open, now: u64) {
        let (depth, mut caller) = (open.depth(), open.caller());
        if self.depth.load(Relaxed) < depth {
            // One that it was called by has stopped before.
            return;
        }
        if depth <= self.before.load(Relaxed) {
            // Of an earlier session, whose nodes are gone.
            self.before.store(depth - 1, Relaxed);
            caller = ROOT;
        }
        self.depth.store(depth - 1, Relaxed);
        if self.node(caller).is_none() {
            // Of another thread's tree.
            caller = ROOT;
        }
        if let Some(from) = self.node(self.current.load(Relaxed)) {
            self.switch(from, caller, now);
        }
    }

    /// What was entered last was no call: a suspended one went on.
    pub(super) fn it_was_resumed(&self) {
        let Some(Node { figures, .. }) = self.node(self.current.load(Relaxed)) else {
            return;
        };
        figures[CALLS].set(figures[CALLS].get().saturating_sub(1));
        figures[RESUMED].add(1);
    }

    #[inline(always)]
    fn switch(&self, from: &Node, to: u32, now: u64) {
        let ticks = now.saturating_sub(self.since.get());
        from.figures[OWN].add(ticks);
        self.since.set(now);
        self.current.store(to, Relaxed);
    }

    #[inline(always)]
    fn near(&self, at: u32) -> Option<&Node> {
        self.first.get(at as usize)
    }

    /// `None` where there is none of that number yet.
    fn node(&self, at: u32) -> Option<&Node> {
        let further = || {
            let nodes = self.rest.get(at as usize / CHUNK)?.get()?;
            nodes.get(at as usize % CHUNK)
        };
        self.near(at).or_else(further)
    }
}

/// Where a callee is looked for first.
#[inline(always)]
fn slot(caller: u32, number: Number) -> usize {
    // Fibonacci hashing (Knuth, volume 3, 6.4), the multiplier 2^32 / φ.
    let mixed = (caller.rotate_left(16) ^ number).wrapping_mul(0x9E37_79B9);
    (mixed >> (32 - KNOWN.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use super::growth::FULL;
    use super::*;

    /// Every call that the tree was told of is on a node, or among those that found none.
    pub(super) fn accounted_for(tree: &Tree) -> u64 {
        let calls: u64 = tree.figures().map(|(.., figures)| figures.calls).sum();
        calls + tree.unplaced()
    }

    pub(super) fn call(tree: &Tree, number: Number) -> Open {
        // As `super::super::enter` does it, on a tree of its own.
        match tree.enter(number, 1) {
            Some(open) => open,
            None => tree.enter_any(number, 1),
        }
    }

    #[test]
    fn a_call_of_another_tree_leaves_this_one_whole() {
        let tree = Tree::new();
        let outer = call(&tree, 1);
        tree.leave_any(Open::new(1, FULL - 1), 0);
        assert_eq!(tree.current.load(Relaxed), ROOT);
        tree.leave_any(outer, 0);
        let again = call(&tree, 1);
        tree.leave_any(again, 0);
        assert_eq!((tree.figures().count(), accounted_for(&tree)), (2, 2));
    }

    #[test]
    fn a_call_that_returns_late_closes_nothing_that_it_did_not_open() {
        let tree = Tree::new();
        let outer = call(&tree, 1);
        let forgotten = call(&tree, 2);
        tree.leave_any(outer, 0);
        assert_eq!(tree.current.load(Relaxed), ROOT);
        tree.leave_any(forgotten, 0);
        assert_eq!(
            (tree.current.load(Relaxed), tree.depth.load(Relaxed)),
            (ROOT, 0)
        );
    }
}
