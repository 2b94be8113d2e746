//! The calls of several threads as one tree, in plain data.

use super::tree::{Figures, Tree};
use crate::running::{NOBODY, Number};
use std::collections::HashMap;

/// The most nodes that it has, whatever the number of threads that have been.
const FULL: usize = 1 << 18;

/// Who called whom; the first node is the root, parents stand before their children.
#[derive(Debug)]
pub(super) struct CallTree {
    pub(super) nodes: Vec<Node>,
    callees: HashMap<(usize, Number), usize>,
    /// How many threads' calls these are.
    pub(super) threads: u64,
    /// Calls that found no room: their time is their callers'.
    pub(super) unplaced: u64,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) parent: usize,
    pub(super) number: Number,
    pub(super) figures: Figures,
}

impl Default for CallTree {
    fn default() -> CallTree {
        let root = Node {
            parent: 0,
            number: NOBODY,
            figures: Figures::default(),
        };
        CallTree {
            nodes: vec![root],
            callees: HashMap::new(),
            threads: 0,
            unplaced: 0,
        }
    }
}

impl CallTree {
    /// Adds the calls of a thread, with the time until `now` of those that go on.
    pub(super) fn absorb(&mut self, tree: &Tree, now: u64) {
        self.threads += 1;
        self.unplaced += tree.unplaced();
        // Where each node of the thread's went.
        let mut here: Vec<usize> = Vec::new();
        for (parent, number, figures) in tree.nodes(now) {
            let caller = here.get(parent as usize).copied();
            let placed = match caller {
                Some(caller) => self.callee(caller, number),
                None => Some(0),
            };
            let at = placed.or(caller).unwrap_or(0);
            here.push(at);
            let sums = &mut self.nodes[at].figures;
            sums.own += figures.own;
            if placed.is_some() {
                sums.calls += figures.calls;
                sums.recursive += figures.recursive;
                sums.resumed += figures.resumed;
            } else {
                self.unplaced += figures.calls;
            }
        }
    }

    /// The node of a callee; `None` where there is no room for it.
    fn callee(&mut self, parent: usize, number: Number) -> Option<usize> {
        if let Some(&at) = self.callees.get(&(parent, number)) {
            return Some(at);
        }
        if self.nodes.len() >= FULL {
            return None;
        }
        let at = self.nodes.len();
        self.nodes.push(Node {
            parent,
            number,
            figures: Figures::default(),
        });
        self.callees.insert((parent, number), at);
        Some(at)
    }
}
