//! Cycles: from the start of one timed pull to the start of the next pull.

use super::{Phase, Run};
use crate::stage::nesting;
use crate::timing::{Batch, Gaps};
use crate::watch::for_ourselves;
use std::sync::atomic::Ordering::Relaxed;

/// A cycle of more than so many usual ones is kept apart.
const OUTLIER: f32 = 16.0;

impl Run {
    /// Adds up the cycle that ends `now`, if one is open, and draws how many pulls
    /// go by untimed; zero where this one is to be timed.
    #[inline(always)]
    pub(super) fn next_gap(&self, now: u64) -> u64 {
        if !self.cycle_open.load(Relaxed) {
            // A gap is over, or this is the first pull, which is always timed.
            return 0;
        }
        self.close_cycle(now);
        self.fold_if_due(now);
        let weight = self.collector.weight();
        if weight == 1 {
            return 0;
        }
        self.draw(weight) - 1
    }

    pub(super) fn draw(&self, mean: u32) -> u64 {
        let mut gaps = Gaps::resumed(self.gaps.load(Relaxed));
        let gap = gaps.draw(mean);
        self.gaps.store(gaps.state(), Relaxed);
        gap
    }

    /// Begins a cycle, if `timed`. What this entry took since `entered` was ours.
    pub(super) fn open_cycle(&self, entered: u64, timed: bool) {
        self.cycle_open.store(timed, Relaxed);
        self.inputs.store(0, Relaxed);
        self.inside_inputs.set(0);
        self.own.set(0);
        self.nested_then.set(nesting::ticks());
        let now = if self.continues() {
            entered
        } else {
            let now = self.now();
            self.probes.add(now.saturating_sub(entered) as f32);
            now
        };
        self.opened.set(now);
        self.collector.see(now);
    }

    /// Whether the reading that ended the last cycle begins the next: where every
    /// pull is timed, an entry does the same each time, is within the cycle, and is
    /// taken off with the rest of what timing it costs. Not where it has folded the
    /// batch, which takes as long as a hundred of these.
    fn continues(&self) -> bool {
        self.collector.weight() == 1
            && self.collector.timed_pulls() > 0
            && self.phase.is(Phase::Draining)
    }

    /// Adds up the open cycle, which ends `now`.
    #[inline(always)]
    pub(super) fn close_cycle(&self, now: u64) {
        if !self.cycle_open.load(Relaxed) {
            return;
        }
        self.cycle_open.store(false, Relaxed);
        let weight = self.collector.weight();
        let cycle = self.between(self.opened.get(), now) as i64;
        let inside_inputs = self.inside_inputs.get();
        let (own, busy) = if self.phase.is(Phase::Draining) {
            if !self.yielded.load(Relaxed) {
                self.note_first_record();
            }
            let pull = self.collector.seen().saturating_sub(self.opened.get());
            (self.own.get(), pull as i64)
        } else {
            let own = cycle - inside_inputs - self.nested() + self.own.get();
            (own, cycle)
        };
        let nested = busy - inside_inputs - own;
        let cost = self.cost_of_cycle(weight > 1);
        let (x, y) = (cycle - cost.cycle, own - cost.own);
        let upstream = inside_inputs - cost.upstream;
        // The first one makes room for all of them.
        for_ourselves(|| self.collector.timed(y.max(0) as u64));
        self.probes.add(cost.cycle as f32);
        if weight > 1 {
            if self.is_outlier(x) && self.add_outlier(weight, [x, y, upstream, nested]) {
                return;
            }
            let [x, y] = [x, y].map(|ticks| ticks as f32);
            for (sum, square) in self.squares.iter().zip([y * y, x * y, x * x]) {
                sum.add(square);
            }
        }
        self.collector.add_cycle(x, y, upstream);
        if nested != 0 {
            self.nested.add(nested as f32);
        }
    }

    /// Notes how long the first record took, if there is one.
    #[cold]
    #[inline(never)]
    fn note_first_record(&self) {
        if self.collector.records_out() == 0 {
            return;
        }
        self.yielded.store(true, Relaxed);
        let first_out = self.between(self.started.get(), self.collector.seen());
        self.with_stage(|state| {
            state.metrics.first_out.ticks += first_out;
            state.metrics.first_out.runs += 1;
        });
    }

    /// Whether a cycle is so much longer than usual that a few of its kind would
    /// decide the estimate.
    fn is_outlier(&self, cycle: i64) -> bool {
        let usual = self.usual_cycle.get();
        usual > 0.0 && cycle as f32 > OUTLIER * usual
    }

    /// Hands the stage a cycle to be kept apart from the others; not where somebody
    /// reads the stage just now.
    #[cold]
    #[inline(never)]
    fn add_outlier(&self, weight: u32, parts: [i64; 4]) -> bool {
        let taken = self.with_session(|session| {
            let mut locked = session.stage.try_lock()?;
            let state = &mut *locked;
            let [x, y, upstream, nested] = parts.map(|ticks| ticks as f64);
            state
                .metrics
                .stretch(self.phase.is(Phase::Draining))
                .add_outlier(
                    weight,
                    &Batch {
                        // It is among the pulls of the batch that is being gathered.
                        pulls: 0.0,
                        cycle: x,
                        own: y,
                        upstream,
                        nested,
                        claimed: 0.0,
                        squares: [y * y, x * y, x * x],
                    },
                );
            // Where such cycles become the usual ones, they are soon no outliers.
            let usual = state.usual_cycle();
            state.learn_cycle(f64::from(OUTLIER) * usual, 1);
            self.usual_cycle.set(state.usual_cycle() as f32);
            for (sum, part) in self.stretch.iter().zip([x, y + nested, upstream]) {
                sum.add(f64::from(weight) * part);
            }
            Some(())
        });
        taken.flatten().is_some()
    }

    /// What timing the open cycle has added to it.
    fn cost_of_cycle(&self, sampled: bool) -> Parts {
        let Some(costs) = self.costs(sampled) else {
            return Parts::default();
        };
        let inputs = i64::from(self.inputs.load(Relaxed));
        let (per_input, upstream) = if self.shares_inputs() {
            (costs.own_per_shared_input, 0)
        } else {
            (costs.own_per_input, inputs * costs.upstream)
        };
        let (pull, downstream) = match (self.phase.is(Phase::Draining), self.shares_output()) {
            (false, _) => (0, 0),
            (true, false) => (costs.own, costs.downstream),
            (true, true) => (costs.own_shared, costs.downstream),
        };
        let own = pull + inputs * per_input;
        Parts {
            cycle: own + upstream + downstream,
            own,
            upstream,
        }
    }
}

/// Ticks of a cycle, and of its parts.
#[derive(Default)]
struct Parts {
    cycle: i64,
    own: i64,
    upstream: i64,
}
