//! Where calls go that are not the usual ones: to nodes that are found, joined or added.

use super::{CHUNK, CHUNKS, NONE, Node, RECURSIVE, ROOT, Tree, slot};
use crate::profile::clock;
use crate::running::{NOBODY, Number};
use std::sync::atomic::Ordering::{Relaxed, Release};

/// From here on a call joins an earlier one of the same function, where there is one
/// on its way: recursion has no end, and a tree must have one.
const DEEP: u32 = 128;

/// Above this many nodes calls join earlier ones too, and the room that is left is for
/// functions that nobody on the way has called before.
const CROWDED: u32 = (CHUNK * CHUNKS / 2) as u32;
pub(super) const FULL: u32 = (CHUNK * CHUNKS) as u32;

/// Where a call goes.
enum Place {
    Own(u32),
    /// That of an earlier call by another way; whether that one is still open.
    Joined(u32, bool),
    Nowhere,
}

impl Tree {
    /// The first call of a session. What is still open is of earlier ones.
    pub(super) fn begin(&self, session: u32) {
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
    pub(super) fn find(&self, caller: u32, number: Number) -> Option<u32> {
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
    pub(super) fn add(&self, number: Number, parent: u32, depth: u32) -> Option<u32> {
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

#[cfg(test)]
mod tests {
    use super::super::tests::{accounted_for, call};
    use super::super::{CALLS, Open};
    use super::*;

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
}
