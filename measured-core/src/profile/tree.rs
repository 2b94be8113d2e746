//! The call tree of one thread: who called whom, how often, and the ticks of each.
//!
//! Only its thread writes, and whoever stops the profiler reads, so that all of it
//! is atomics with one writer, and no call takes a lock. Time is kept by switching:
//! at each entry and each exit the ticks since the last one go to whoever ran. A
//! node's own ticks are all there is; cumulative ones are sums over a subtree, so
//! that they agree to the tick.

use super::clock;
use crate::running::{Entry, NOBODY, Number};
use crate::single_writer::Whole;
use parking_lot::Mutex;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// From here on a call joins an earlier one of the same function, where there is one
/// on its way: recursion has no end, and a tree must have one.
const DEEP: u32 = 128;

/// Nodes come so many at once.
const CHUNK: usize = 256;
const CHUNKS: usize = 256;

/// Above this many nodes calls join earlier ones too, so that there is room left for
/// functions that were not called before.
const CROWDED: u32 = (CHUNK * CHUNKS / 2) as u32;
const FULL: u32 = (CHUNK * CHUNKS) as u32;

/// How many callees are found at once, by caller and callee.
const KNOWN: usize = 1024;

/// Where all calls begin.
pub(super) const ROOT: u32 = 0;

/// In the place of a node or a depth.
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
    chunks: [OnceLock<Box<[Node]>>; CHUNKS],
    /// The depth of the last of the `joined`; `NONE` where there is none.
    joined_at: AtomicU32,
    joined: Mutex<Vec<Joined>>,
}

/// A function as called by one way.
#[derive(Default)]
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

/// A call that runs on a node whose parent did not call it.
struct Joined {
    depth: u32,
    caller: u32,
}

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
            chunks: [const { OnceLock::new() }; CHUNKS],
            joined_at: AtomicU32::new(NONE),
            joined: Mutex::default(),
        }
    }

    /// A function begins to run: the depth at which it does.
    #[inline(always)]
    pub(super) fn enter(&self, number: Number, entry: Entry, session: u32) -> u32 {
        if self.session.load(Relaxed) != session {
            self.begin(session);
        }
        let caller = self.current.load(Relaxed);
        let depth = self.depth.load(Relaxed).wrapping_add(1);
        let known = &self.known[slot(caller, number)];
        let mut at = known.load(Relaxed);
        let node = self.node(at);
        if node.number.load(Relaxed) != number || node.parent.load(Relaxed) != caller {
            at = self.find(caller, number, depth, known);
        }
        self.node(at).figures[match entry {
            Entry::Call => CALLS,
            Entry::Resumed => RESUMED,
        }]
        .add(1);
        self.depth.store(depth, Relaxed);
        self.switch(caller, at);
        depth
    }

    /// What began at `depth` stops, with all that it called and that was left open.
    #[inline(always)]
    pub(super) fn leave(&self, depth: u32) {
        let open = self.depth.load(Relaxed);
        let current = self.current.load(Relaxed);
        if open == depth
            && depth != self.joined_at.load(Relaxed)
            && depth > self.before.load(Relaxed)
        {
            self.depth.store(depth - 1, Relaxed);
            self.switch(current, self.node(current).parent.load(Relaxed));
        } else if open >= depth {
            self.unwind(depth);
        }
    }

    #[inline(always)]
    fn switch(&self, from: u32, to: u32) {
        let now = clock::now();
        let ticks = now.saturating_sub(self.since.get());
        self.node(from).figures[OWN].add(ticks);
        self.since.set(now);
        self.current.store(to, Relaxed);
    }

    #[inline(always)]
    fn node(&self, at: u32) -> &Node {
        static NOBODYS: Node = Node {
            number: AtomicU32::new(NOBODY),
            parent: AtomicU32::new(NONE),
            depth: AtomicU32::new(0),
            next: AtomicU32::new(ROOT),
            children: AtomicU32::new(ROOT),
            figures: [const { Whole::new(0) }; 4],
        };
        let chunk = self.chunks[at as usize / CHUNK % CHUNKS].get();
        chunk.map_or(&NOBODYS, |nodes| &nodes[at as usize % CHUNK])
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
    #[cold]
    #[inline(never)]
    fn begin(&self, session: u32) {
        self.nodes.store(0, Relaxed);
        self.add(NOBODY, NONE, 0);
        self.unplaced.set(0);
        self.known
            .iter()
            .for_each(|known| known.store(ROOT, Relaxed));
        self.joined.lock().clear();
        self.joined_at.store(NONE, Relaxed);
        self.before.store(self.depth.load(Relaxed), Relaxed);
        self.current.store(ROOT, Relaxed);
        self.since.set(clock::now());
        self.session.store(session, Release);
    }

    /// The node for a call of `number`, which may be that of another call.
    #[cold]
    #[inline(never)]
    fn find(&self, caller: u32, number: Number, depth: u32, known: &AtomicU32) -> u32 {
        match self.place(caller, number) {
            Place::Own(at) => {
                known.store(at, Relaxed);
                at
            }
            Place::Joined(at, open) => {
                self.join(caller, depth);
                if open {
                    self.node(at).figures[RECURSIVE].add(1);
                }
                at
            }
            Place::Nowhere => {
                self.join(caller, depth);
                self.unplaced.add(1);
                caller
            }
        }
    }

    fn place(&self, caller: u32, number: Number) -> Place {
        if let Some(at) = self.callee(caller, number) {
            return Place::Own(at);
        }
        let nodes = self.nodes.load(Relaxed);
        let depth = self.node(caller).depth.load(Relaxed);
        if depth >= DEEP || nodes >= CROWDED {
            let mut via = caller;
            while via != ROOT {
                let above = self.node(via).parent.load(Relaxed);
                if let Some(at) = self.callee(above, number) {
                    return Place::Joined(at, at == via);
                }
                via = above;
            }
        }
        if nodes < FULL {
            Place::Own(self.add(number, caller, depth + 1))
        } else {
            Place::Nowhere
        }
    }

    /// The node of `caller`'s callee, if there is one.
    fn callee(&self, caller: u32, number: Number) -> Option<u32> {
        let mut at = self.node(caller).children.load(Relaxed);
        while at != ROOT {
            let node = self.node(at);
            if node.number.load(Relaxed) == number {
                return Some(at);
            }
            at = node.next.load(Relaxed);
        }
        None
    }

    fn add(&self, number: Number, parent: u32, depth: u32) -> u32 {
        let at = self.nodes.load(Relaxed);
        self.chunks[at as usize / CHUNK]
            .get_or_init(|| (0..CHUNK).map(|_| Node::default()).collect());
        let node = self.node(at);
        node.number.store(number, Relaxed);
        node.parent.store(parent, Relaxed);
        node.depth.store(depth, Relaxed);
        node.children.store(ROOT, Relaxed);
        node.figures.iter().for_each(|figure| figure.set(0));
        if parent != NONE {
            let siblings = &self.node(parent).children;
            node.next.store(siblings.load(Relaxed), Relaxed);
            siblings.store(at, Relaxed);
        }
        // So that whoever sees the node sees what is in it.
        self.nodes.store(at + 1, Release);
        at
    }

    /// The call that begins at `depth` was made by `caller`, whatever its node says.
    fn join(&self, caller: u32, depth: u32) {
        self.joined.lock().push(Joined { depth, caller });
        self.joined_at.store(depth, Relaxed);
    }

    /// Closes all that is open down to `depth`.
    #[cold]
    #[inline(never)]
    fn unwind(&self, depth: u32) {
        let current = self.current.load(Relaxed);
        let mut to = current;
        let mut open = self.depth.load(Relaxed);
        while open >= depth {
            if open <= self.before.load(Relaxed) {
                // Of an earlier session, whose nodes are gone.
                self.before.store(open - 1, Relaxed);
                to = ROOT;
            } else if open == self.joined_at.load(Relaxed) {
                let mut joined = self.joined.lock();
                to = joined.pop().map_or(ROOT, |last| last.caller);
                let next = joined.last().map_or(NONE, |last| last.depth);
                self.joined_at.store(next, Relaxed);
            } else {
                to = self.node(to).parent.load(Relaxed);
            }
            open -= 1;
        }
        self.depth.store(open, Relaxed);
        self.switch(current, to);
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
    pub(super) fn nodes(&self, now: u64) -> impl Iterator<Item = (u32, Number, Figures)> + '_ {
        let running = self.current.load(Relaxed);
        let meanwhile = now.saturating_sub(self.since.get());
        (0..self.nodes.load(Acquire)).map(move |at| {
            let node = self.node(at);
            let [calls, recursive, resumed, own] =
                [CALLS, RECURSIVE, RESUMED, OWN].map(|figure| node.figures[figure].get());
            let going_on = if at == running { meanwhile } else { 0 };
            let figures = Figures {
                calls,
                recursive,
                resumed,
                own: own + going_on,
            };
            (
                node.parent.load(Relaxed),
                node.number.load(Relaxed),
                figures,
            )
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
