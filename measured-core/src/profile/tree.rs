//! The call tree of one thread: who called whom, how often, and the ticks of each.
//!
//! Only its thread writes, and whoever stops the profiler reads, so that all of it
//! is atomics with one writer, and no call takes a lock. Time is kept by switching:
//! at each entry and each exit the ticks since the last one go to whoever ran. A
//! node's own ticks are all there is; cumulative ones are sums over a subtree, so
//! that they agree to the tick.

use super::clock;
use crate::running::{NOBODY, Number};
use crate::single_writer::Whole;
use std::sync::OnceLock;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU32, fence};

/// From here on a call joins an earlier one of the same function, where there is one
/// on its way: recursion has no end, and a tree must have one.
const DEEP: u32 = 128;

/// Nodes come so many at once.
const CHUNK: usize = 256;
const CHUNKS: usize = 256;

/// Above this many nodes calls join earlier ones too, and the room that is left is for
/// functions that nobody on the way has called before.
const CROWDED: u32 = (CHUNK * CHUNKS / 2) as u32;
const FULL: u32 = (CHUNK * CHUNKS) as u32;

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
    since: Whole,
    /// Calls that have not returned.
    depth: AtomicU32,
    /// Those of them that are of an earlier session.
    before: AtomicU32,
    nodes: AtomicU32,
    unplaced: Whole,
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
    figures: [Whole; 4],
}

// `Node::figures`
const CALLS: usize = 0;
/// Calls that joined one that was still open.
const RECURSIVE: usize = 1;
/// A suspended call goes on.
const RESUMED: usize = 2;
const OWN: usize = 3;

/// Where a call goes.
enum Place {
    Own(u32),
    /// That of an earlier call by another way; whether that one is still open.
    Joined(u32, bool),
    Nowhere,
}

/// What a node amounts to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) calls: u64,
    pub(super) recursive: u64,
    pub(super) resumed: u64,
    pub(super) own: u64,
}

impl Figures {
    /// How often it was entered.
    pub(super) fn entries(self) -> u64 {
        self.calls + self.resumed
    }
}

impl Tree {
    pub(super) fn new() -> Tree {
        Tree {
            session: AtomicU32::new(0),
            current: AtomicU32::new(ROOT),
            since: Whole::default(),
            depth: AtomicU32::new(0),
            before: AtomicU32::new(0),
            nodes: AtomicU32::new(0),
            unplaced: Whole::default(),
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

/// What happens rarely.
impl Tree {
    /// The first call of a session. What is still open is of earlier ones.
    fn begin(&self, session: u32) {
        self.nodes.store(0, Relaxed);
        let _ = self.add(NOBODY, NONE, 0);
        self.unplaced.set(0);
        self.known
            .iter()
            .for_each(|known| known.store(ROOT, Relaxed));
        self.before.store(self.depth.load(Relaxed), Relaxed);
        self.current.store(ROOT, Relaxed);
        self.since.set(clock::now());
        self.session.store(session, Release);
    }

    /// The node for a call of `number`, which may be that of another call; `None` where
    /// there is no room for it.
    fn find(&self, caller: u32, number: Number) -> Option<u32> {
        match self.place(caller, number) {
            Place::Own(at) => {
                self.known[slot(caller, number)].store(at, Relaxed);
                Some(at)
            }
            Place::Joined(at, open) => {
                self.node(at)?.figures[RECURSIVE].add(u64::from(open));
                Some(at)
            }
            Place::Nowhere => None,
        }
    }

    fn place(&self, caller: u32, number: Number) -> Place {
        if let Some(at) = self.callee(caller, number) {
            return Place::Own(at);
        }
        let nodes = self.nodes.load(Relaxed);
        let Some(Node { depth, .. }) = self.node(caller) else {
            return Place::Nowhere;
        };
        let depth = depth.load(Relaxed);
        if depth >= DEEP || nodes >= CROWDED {
            let mut via = caller;
            while via != ROOT {
                let Some(Node { parent, .. }) = self.node(via) else {
                    return Place::Nowhere;
                };
                let above = parent.load(Relaxed);
                if let Some(at) = self.callee(above, number) {
                    return Place::Joined(at, at == via);
                }
                via = above;
            }
        }
        let own = match nodes {
            ..CROWDED => self.add(number, caller, depth + 1).map(Place::Own),
            // Then each function has one at least, as if nobody had called it.
            CROWDED..FULL => self.add(number, ROOT, 1).map(|at| Place::Joined(at, false)),
            FULL.. => None,
        };
        own.unwrap_or(Place::Nowhere)
    }

    /// The node of `caller`'s callee, if there is one.
    fn callee(&self, caller: u32, number: Number) -> Option<u32> {
        let mut at = self.node(caller)?.children.load(Relaxed);
        while at != ROOT {
            let node = self.node(at)?;
            if node.number.load(Relaxed) == number {
                return Some(at);
            }
            at = node.next.load(Relaxed);
        }
        None
    }

    /// `None` where there is no room, or no such parent.
    fn add(&self, number: Number, parent: u32, depth: u32) -> Option<u32> {
        let at = self.nodes.load(Relaxed);
        if self.near(at).is_none() {
            self.rest
                .get(at as usize / CHUNK)?
                .get_or_init(|| Box::new(std::array::from_fn(|_| Node::default())));
        }
        let node = self.node(at)?;
        node.number.store(number, Relaxed);
        node.parent.store(parent, Relaxed);
        node.depth.store(depth, Relaxed);
        node.children.store(ROOT, Relaxed);
        node.figures.iter().for_each(|figure| figure.set(0));
        if parent != NONE {
            let siblings = &self.node(parent)?.children;
            node.next.store(siblings.load(Relaxed), Relaxed);
            siblings.store(at, Relaxed);
        }
        // So that whoever sees the node sees what is in it.
        self.nodes.store(at + 1, Release);
        Some(at)
    }
}

/// For whoever reads.
impl Tree {
    /// Whether there is anything of this session in it.
    pub(super) fn is_of(&self, session: u32) -> bool {
        self.session.load(Acquire) == session
    }

    /// All nodes, parents before their children: the parent, who was called, and what
    /// it amounts to, the time until `now` included where a call goes on.
    ///
    /// Its thread may call and return meanwhile. Then all is read again, some times; and
    /// at last, whoever runs is looked at behind the figures, so that no time is there twice.
    pub(super) fn nodes(&self, now: u64) -> Vec<(u32, Number, Figures)> {
        const TRIES: u32 = 4;
        let mut tries = 0;
        loop {
            tries += 1;
            let since = self.since.get();
            let mut nodes: Vec<_> = self.figures().collect();
            fence(Acquire);
            let switched = self.since.get();
            if switched == since || tries == TRIES {
                let running = nodes.get_mut(self.current.load(Relaxed) as usize);
                if let Some((.., figures)) = running {
                    figures.own += now.saturating_sub(switched);
                }
                return nodes;
            }
        }
    }

    /// Without the time of what goes on.
    fn figures(&self) -> impl Iterator<Item = (u32, Number, Figures)> {
        (0..self.nodes.load(Acquire)).map_while(|at| {
            let node = self.node(at)?;
            let [calls, recursive, resumed, own] =
                [CALLS, RECURSIVE, RESUMED, OWN].map(|figure| node.figures[figure].get());
            let figures = Figures {
                calls,
                recursive,
                resumed,
                own,
            };
            Some((
                node.parent.load(Relaxed),
                node.number.load(Relaxed),
                figures,
            ))
        })
    }

    /// Calls that found no room: their time is their callers'.
    pub(super) fn unplaced(&self) -> u64 {
        self.unplaced.get()
    }

    /// For another thread.
    pub(super) fn give_back(&self) {
        self.session.store(0, Relaxed);
        self.depth.store(0, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    /// Every call that the tree was told of is on a node, or among those that found none.
    fn accounted_for(tree: &Tree) -> u64 {
        let calls: u64 = tree.figures().map(|(.., figures)| figures.calls).sum();
        calls + tree.unplaced()
    }

    fn call(tree: &Tree, number: Number) -> Open {
        // As `super::super::enter` does it, on a tree of its own.
        match tree.enter(number, 1) {
            Some(open) => open,
            None => tree.enter_any(number, 1),
        }
    }

    #[test]
    fn a_tree_has_no_more_nodes_than_it_may_have() {
        let tree = Tree::new();
        let mut made = 0;
        // 400 functions that call all of each other: 400 × 400 × 2 ways.
        for outer in 1..=400 {
            let open = call(&tree, outer);
            for middle in 1..=400 {
                let below = call(&tree, middle);
                let leaf = call(&tree, 401);
                tree.leave_any(leaf, 0);
                tree.leave_any(below, 0);
                made += 2;
            }
            tree.leave_any(open, 0);
            made += 1;
        }
        assert_eq!(accounted_for(&tree), made);
        assert!(tree.figures().count() <= FULL as usize);
        assert_eq!(tree.current.load(Relaxed), ROOT);
        // None is lost: they are on their function's nodes further up.
        assert_eq!(tree.unplaced(), 0);
        let leaves = tree.figures().filter(|(_, number, _)| *number == 401);
        assert_eq!(leaves.map(|(.., it)| it.calls).sum::<u64>(), 400 * 400);
    }

    #[test]
    fn what_finds_no_room_is_counted() {
        let tree = Tree::new();
        tree.begin(1);
        // As if there had been so many functions: to find each anew takes a while.
        let last = u64::from(FULL - 1);
        while tree.nodes.load(Relaxed) < FULL {
            let node = tree.add(7, ROOT, 1).and_then(|at| tree.node(at));
            node.expect("there is room").figures[CALLS].set(1);
        }
        let open = call(&tree, 7);
        for _ in 0..3 {
            let below = call(&tree, 8);
            tree.leave_any(below, 0);
        }
        tree.leave_any(open, 0);
        assert_eq!((tree.unplaced(), accounted_for(&tree)), (3, last + 4));
        assert_eq!(tree.current.load(Relaxed), ROOT);
    }

    #[test]
    fn a_recursion_of_a_million_is_a_hundred_nodes() {
        let tree = Tree::new();
        let open: Vec<Open> = (0..1_000_000).map(|n| call(&tree, 1 + n % 3)).collect();
        assert!(tree.figures().count() <= DEEP as usize + 4);
        assert_eq!(accounted_for(&tree), 1_000_000);
        for open in open.into_iter().rev() {
            tree.leave_any(open, 0);
        }
        assert_eq!(
            (tree.current.load(Relaxed), tree.depth.load(Relaxed)),
            (ROOT, 0)
        );
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

    #[test]
    fn no_time_is_there_twice_where_a_call_returns_while_the_tree_is_read() {
        const TICKS: u64 = 1_000;
        let tree = Tree::new();
        tree.begin(1);
        tree.since.set(0);
        // The one whose call returns is read last.
        let last = (0..5_000).filter_map(|_| tree.add(7, ROOT, 1)).last();
        let last = last.expect("there is room");
        let rounds = 1..=500;
        let gate = Barrier::new(2);
        // Said at the end: one who fails must not leave the other waiting.
        let right = std::thread::scope(|threads| {
            threads.spawn(|| {
                for round in rounds.clone() {
                    tree.current.store(last, Relaxed);
                    gate.wait();
                    (0..round).for_each(|_| std::hint::spin_loop());
                    let from = tree.node(last).expect("it is there");
                    tree.switch(from, ROOT, round * TICKS);
                    gate.wait();
                }
            });
            let is_right = |round: &u64| {
                gate.wait();
                let nodes = tree.nodes(round * TICKS);
                gate.wait();
                let own: u64 = nodes.iter().map(|(.., figures)| figures.own).sum();
                own == round * TICKS
            };
            rounds.clone().filter(is_right).count()
        });
        assert_eq!(right as u64, *rounds.end());
    }
}
