//! Cycles: from the start of one timed pull to the start of the next pull.

use super::{DRAINING, Run};
use crate::stage::costs::Costs;
use crate::stage::nesting;
use crate::timing::Gaps;
use std::sync::atomic::Ordering::Relaxed;

impl Run {
    /// Adds up the cycle that ends `now`, if one is open, and draws how many pulls
    /// go by untimed; zero where this one is to be timed.
    pub(super) fn next_gap(&self, now: u64) -> u64 {
        if !self.cycle_open.load(Relaxed) {
            // A gap is over, or this is the first pull, which is always timed.
            return 0;
        }
        self.close_cycle(now);
        self.fold_if_due(now);
        let mut gaps = Gaps::resumed(self.gaps.load(Relaxed));
        let gap = gaps.draw(self.collector.weight());
        self.gaps.store(gaps.state(), Relaxed);
        gap - 1
    }

    /// Begins a cycle, if `timed`; what this entry took since `entered` was ours.
    ///
    /// Where the last cycle `continues` into this one, the clock was just read and
    /// is not read again: the entry is then within the cycle, and taken off as one
    /// more cost whose size is known.
    pub(super) fn open_cycle(&self, entered: u64, timed: bool, continues: bool) {
        let continues = timed && continues && self.calibrated.load(Relaxed);
        self.cycle_open.store(timed, Relaxed);
        self.continues.store(continues, Relaxed);
        self.inputs.store(0, Relaxed);
        self.collector.begin_cycle();
        self.nested_then.set(nesting::ticks());
        let now = if continues { entered } else { self.now() };
        self.probes.add(now.saturating_sub(entered) as f32);
        self.opened.set(now);
        self.collector.see(now);
    }

    /// Adds up the open cycle, which ends `now`.
    pub(super) fn close_cycle(&self, now: u64) {
        if !self.cycle_open.load(Relaxed) {
            return;
        }
        self.cycle_open.store(false, Relaxed);
        let inside_inputs = self.collector.inside_inputs() as f64;
        let cycle = self.between(self.opened.get(), now) as f64;
        let own = if self.phase() == DRAINING {
            let returned = self.collector.seen();
            let pull = self.between(self.opened.get(), returned);
            if !self.yielded.load(Relaxed) && self.collector.records_out() > 0 {
                let first_out = self.between(self.started.get(), returned);
                self.yielded.store(true, Relaxed);
                self.with_stage(|state| {
                    state.metrics.first_out.0 += first_out;
                    state.metrics.first_out.1 += 1;
                });
            }
            pull as f64 - inside_inputs - (self.nested_at_exit.get() - self.nested_then.get())
        } else {
            cycle - inside_inputs - self.nested()
        };
        let costs = self.costs();
        let inputs = f64::from(self.inputs.load(Relaxed));
        let cost = self.cost_of_cycle(costs, inputs);
        let (x, y) = (cycle - cost, own - self.own_cost(costs, inputs));
        let upstream = inside_inputs - inputs * costs.upstream;
        self.collector.timed(y.max(0.0) as u64);
        self.probes.add(cost as f32);
        if self.stands_for_itself(x, now) {
            self.add_exactly(x, y, upstream);
            return;
        }
        self.collector.add_cycle(x, y, upstream);
        for (sum, square) in self.squares.iter().zip([y * y, x * y, x * x]) {
            sum.add(square as f32);
        }
    }

    /// Whether a cycle is so much longer than usual, and of so large a part of the
    /// wall when weighted, that the estimate would be about it alone. As nobody can
    /// say how many of its kind went by unseen, it is taken to be the only one (the
    /// large units of Hidiroglou and Srinath, 1981); where it was not, the rest
    /// does not add up to the wall, and the report says so.
    fn stands_for_itself(&self, cycle: f64, now: u64) -> bool {
        let weight = f64::from(self.collector.weight());
        let wall = now.saturating_sub(self.collector.since()) as f64;
        weight > 1.0
            && weight * cycle > 0.02 * wall
            && self
                .with_stage(|state| cycle > 16.0 * state.usual_cycle())
                .unwrap_or(false)
    }

    /// Takes a cycle out of what is estimated.
    fn add_exactly(&self, cycle: f64, own: f64, upstream: f64) {
        self.own_so_far.add(own as f32);
        self.upstream_so_far.add(upstream as f32);
        self.with_stage(|state| {
            self.collector.set_aside(cycle);
            state.metrics.total += cycle as u64;
            state.metrics.exact_own += own;
            state.metrics.exact_upstream += upstream as u64;
            state.metrics.exact_downstream += (cycle - own - upstream).max(0.0) as u64;
        });
    }

    fn costs(&self) -> &'static Costs {
        if self.calibrated.load(Relaxed) {
            Costs::measured(self.collector.weight() > 1)
        } else {
            &Costs::NONE
        }
    }

    fn own_cost(&self, costs: &Costs, inputs: f64) -> f64 {
        let pull = if self.phase() == DRAINING {
            costs.own
        } else {
            0.0
        };
        let entry = if self.continues.load(Relaxed) {
            costs.entry
        } else {
            0.0
        };
        pull + entry + inputs * costs.own_per_input
    }

    fn cost_of_cycle(&self, costs: &Costs, inputs: f64) -> f64 {
        let downstream = if self.phase() == DRAINING {
            costs.downstream
        } else {
            0.0
        };
        self.own_cost(costs, inputs) + inputs * costs.upstream + downstream
    }
}
