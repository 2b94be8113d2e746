//! What profiling costs, found out at each stop and taken off.
//!
//! Of the time between two readings of the clock, some is our own. An empty function
//! shows how much: all of its self time is ours, and what a caller of many such needs
//! more than one of the same unprofiled is ours as well. A stage's pull costs more than a
//! call, as an empty stage shows in the same way. They are written by whoever has functions
//! and stages, and handed over here.

use super::threads;
use super::tree::{ROOT, Tree};
use crate::clock::Clock;
use crate::running::Number;
use std::sync::OnceLock;

/// Makes what does nothing and is profiled, and the same unprofiled, to be called.
pub(crate) type Empty = fn() -> [Box<dyn FnMut()>; 2];

/// What there is only where a function, or a stage, has run while a profiler did.
pub(super) static FUNCTION: OnceLock<Empty> = OnceLock::new();
pub(super) static STAGE: OnceLock<Empty> = OnceLock::new();

/// Ticks by which a call reads too much.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Probes {
    /// In the self time of the function that is called.
    pub(super) callee: f64,
    /// In the self time of the one that calls.
    pub(super) caller: f64,
}

/// Of no site, in a tree that nobody reads.
const CALLER: Number = Number::MAX - 1;

impl Probes {
    /// Those of a call of one of these, while the profiler still runs, in a tree that
    /// nobody needs; some half of a millisecond.
    pub(super) fn of(empty: &OnceLock<Empty>, clock: &Clock, tree: &'static Tree) -> Probes {
        const CALLS: u32 = 256;
        const ROUNDS: usize = 31;
        let Some(empty) = empty.get().filter(|_| !matches!(clock, Clock::Mock(_))) else {
            return Probes::default();
        };
        let mut rounds: Vec<[f64; 2]> = threads::lend(tree, || {
            let [mut profiled, mut bare] = empty();
            let round = || round(tree, clock, CALLS, &mut profiled, &mut bare);
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
    profiled: &mut dyn FnMut(),
    bare: &mut dyn FnMut(),
) -> [f64; 2] {
    let before = own(tree, clock);
    let caller = super::enter(CALLER);
    for _ in 0..calls {
        profiled();
    }
    super::leave(caller);
    let after = own(tree, clock);
    let begun = clock.now();
    for _ in 0..calls {
        bare();
    }
    let unprofiled = clock.now().saturating_sub(begun) as f64;
    [after[0] - before[0], after[1] - before[1] - unprofiled]
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
