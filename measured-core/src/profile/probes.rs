//! What profiling a call costs, found out at each start and taken off.
//!
//! Of the time between two readings of the clock, some is our own. An empty function
//! shows how much: all of its own time is ours, and what a caller of many such needs
//! more than one that calls nobody is ours as well.

use super::threads;
use super::tree::Tree;
use crate::clock::Clock;
use crate::running::Number;
use std::hint::black_box;

/// Ticks by which a call reads too much.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Probes {
    /// In the own time of the function that is called.
    pub(super) callee: f64,
    /// In the own time of the one that calls.
    pub(super) caller: f64,
}

/// Functions that do nothing, for a tree that nobody reads.
const CALLER: Number = 1;
const EMPTY: Number = 2;

impl Probes {
    /// With the clock that the profiler was given, in a tree that nobody needs; about
    /// a millisecond.
    pub(super) fn of(clock: &Clock, tree: &'static Tree) -> Probes {
        const CALLS: u32 = 256;
        const ROUNDS: usize = 31;
        if matches!(clock, Clock::Mock(_)) {
            return Probes::default();
        }
        let mut rounds: Vec<[f64; 2]> = (0..ROUNDS)
            .map(|_| threads::lend(tree, || round(tree, clock, CALLS)))
            .collect();
        // The median, so that a round that was interrupted does not show.
        let mut a_call = |figure: usize| {
            rounds.sort_by(|a, b| a[figure].total_cmp(&b[figure]));
            (rounds[ROUNDS / 2][figure] / f64::from(CALLS)).max(0.0)
        };
        Probes {
            callee: a_call(0),
            caller: a_call(1),
        }
    }

    /// Of a function that was entered and that entered others so many times.
    pub(super) fn taken(self, entered: u64, entering: u64) -> f64 {
        self.callee * entered as f64 + self.caller * entering as f64
    }
}

/// Ticks of so many empty calls, and of their caller.
fn round(tree: &Tree, clock: &Clock, calls: u32) -> [f64; 2] {
    let own = |number| {
        let now = clock.now();
        let nodes = tree.nodes(now).filter(|(_, other, _)| *other == number);
        nodes.map(|(.., figures)| figures.own).sum::<u64>() as f64
    };
    let before = [own(EMPTY), own(CALLER)];
    let caller = super::enter(CALLER);
    for call in 0..calls {
        empty(black_box(call));
    }
    super::leave(caller);
    let after = [own(EMPTY), own(CALLER)];
    let begun = clock.now();
    for call in 0..calls {
        nothing(black_box(call));
    }
    let bare = clock.now().saturating_sub(begun) as f64;
    [after[0] - before[0], after[1] - before[1] - bare]
}

#[inline(never)]
fn empty(call: u32) -> u32 {
    let open = super::enter(EMPTY);
    let call = black_box(call);
    super::leave(open);
    call
}

#[inline(never)]
fn nothing(call: u32) -> u32 {
    black_box(call)
}
