//! What whoever stops the profiler reads of a thread's tree, and the figures of a node.

use super::{CALLS, OWN, RECURSIVE, RESUMED, Tree};
use crate::running::Number;
use std::sync::atomic::Ordering::{Acquire, Relaxed};
use std::sync::atomic::fence;

/// What a node amounts to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::profile) struct Figures {
    pub(in crate::profile) calls: u64,
    pub(in crate::profile) recursive: u64,
    pub(in crate::profile) resumed: u64,
    pub(in crate::profile) own: u64,
}

impl Figures {
    /// How often it was entered.
    pub(in crate::profile) fn entries(self) -> u64 {
        self.calls + self.resumed
    }
}

impl Tree {
    /// Whether there is anything of this session in it.
    pub(in crate::profile) fn is_of(&self, session: u32) -> bool {
        self.session.load(Acquire) == session
    }

    /// All nodes, parents before their children: the parent, who was called, and what
    /// it amounts to, the time until `now` included where a call goes on.
    ///
    /// Its thread may call and return meanwhile. Then all is read again, some times; and
    /// at last, whoever runs is looked at behind the figures, so that no time is there twice.
    pub(in crate::profile) fn nodes(&self, now: u64) -> Vec<(u32, Number, Figures)> {
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
    pub(super) fn figures(&self) -> impl Iterator<Item = (u32, Number, Figures)> {
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
    pub(in crate::profile) fn unplaced(&self) -> u64 {
        self.unplaced.get()
    }

    /// For another thread.
    pub(in crate::profile) fn give_back(&self) {
        self.session.store(0, Relaxed);
        self.depth.store(0, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::super::ROOT;
    use super::*;
    use std::sync::Barrier;

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
