//! What profiling costs, found out at each start and taken off.
//!
//! Of the time between two readings of the clock, some is our own. An empty function
//! shows how much: all of its own time is ours, and what a caller of many such needs
//! more than one that calls nobody is ours as well. A stage's pull costs more than a call,
//! as an empty stage shows in the same way.

use super::threads;
use super::tree::{ROOT, Tree};
use crate::clock::Clock;
use crate::running::Number;
use std::hint::black_box;

/// Ticks by which a call, or a pull, reads too much.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Probes {
    /// In the own time of the function that is called.
    pub(super) callee: f64,
    /// In the own time of the one that calls.
    pub(super) caller: f64,
}

// Of no site: functions that do nothing, for a tree that nobody reads.
const CALLER: Number = Number::MAX - 1;
const EMPTY: Number = Number::MAX - 2;

impl Probes {
    /// Those of a call, in a tree that nobody needs; about a millisecond.
    pub(super) fn of_a_call(clock: &Clock, tree: &'static Tree) -> Probes {
        Probes::of(clock, tree, || (empty as fn(), nothing as fn()))
    }

    /// Those of what is called by the first of the functions that `made` makes, against
    /// the second, which does the same untold.
    pub(super) fn of<W: FnMut(), B: FnMut()>(
        clock: &Clock,
        tree: &'static Tree,
        made: impl FnOnce() -> (W, B),
    ) -> Probes {
        const CALLS: u32 = 256;
        const ROUNDS: usize = 31;
        if matches!(clock, Clock::Mock(_)) {
            return Probes::default();
        }
        let mut rounds: Vec<[f64; 2]> = threads::lend(tree, || {
            let (mut told, mut untold) = made();
            let round = || round(tree, clock, CALLS, &mut told, &mut untold);
            std::iter::repeat_with(round).take(ROUNDS).collect()
        });
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
}

/// Ticks of so many calls, and of their caller.
fn round(
    tree: &Tree,
    clock: &Clock,
    calls: u32,
    told: &mut impl FnMut(),
    untold: &mut impl FnMut(),
) -> [f64; 2] {
    let before = own(tree, clock);
    let caller = super::enter(CALLER);
    for _ in 0..calls {
        told();
    }
    super::leave(caller);
    let after = own(tree, clock);
    let begun = clock.now();
    for _ in 0..calls {
        untold();
    }
    let bare = clock.now().saturating_sub(begun) as f64;
    [after[0] - before[0], after[1] - before[1] - bare]
}

/// Ticks of the caller's callees, and its own.
fn own(tree: &Tree, clock: &Clock) -> [f64; 2] {
    let mut sums = [0.0; 2];
    let mut caller = None;
    for (at, (parent, number, figures)) in (ROOT..).zip(tree.nodes(clock.now())) {
        if number == CALLER {
            caller = Some(at);
            sums[1] += figures.own as f64;
        } else if caller == Some(parent) {
            sums[0] += figures.own as f64;
        }
    }
    sums
}

#[inline(never)]
fn empty() {
    let open = super::enter(EMPTY);
    black_box(());
    super::leave(open);
}

#[inline(never)]
fn nothing() {
    black_box(());
}
