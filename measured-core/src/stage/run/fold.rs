//! Folding a run's samples into its stage.

use super::{Phase, Run, Session, WARM_UP};
use crate::collector::RECENT;
use crate::registry::StageState;
use crate::timing::Timing;
use std::sync::atomic::Ordering::Relaxed;

/// After how many nanoseconds samples are folded into the stage, if there are any.
const FOLD_AFTER_NS: f64 = 20e6;

/// A stage is taken to have at least this much of a cycle when its budget is
/// computed: below, samples would be noise, and taking fewer of them does not
/// make the run measurably faster.
const SHORTEST_PART_NS: f64 = 10.0;

/// What timing a pull costs a stage that works, in terms of what it costs an
/// empty one: caches and predictors are disturbed too. Taken from the reference
/// pipeline: with 1 it used some 1.5 % more processor time under a budget of 1 %,
/// start-up excepted, with 2 about 1 %.
const DISTURBANCE: f64 = 2.0;

impl Run {
    pub(super) fn fold_if_due(&self, now: u64) {
        let batch = self.collector.timed_pulls();
        // The first 50 pulls of a stage stand for themselves only and are not to be mixed
        // with those that stand for more; of later runs the first one, see `stand_alone`.
        let stands_alone =
            self.sampled.load(Relaxed) && !self.warm.load(Relaxed) && u64::from(batch) >= WARM_UP;
        if !(stands_alone || batch as usize >= RECENT || now >= self.fold_at.get()) {
            return;
        }
        // Whoever reads the stage has it locked; the next sample tries again. The
        // sums wait; of the latencies the last hundred do.
        self.with_session(|session| {
            if let Some(mut state) = session.stage.try_lock() {
                self.fold(session, &mut state, now);
            }
        });
    }

    pub(super) fn set_fold_at(&self, session: &Session, now: u64) {
        let ticks = FOLD_AFTER_NS / session.registry.ns_per_tick_roughly();
        self.fold_at.set(now.saturating_add(ticks as u64));
    }

    /// The next timed pull is the first, and is folded by itself.
    pub(super) fn stand_alone(&self) {
        self.collector.set_weight(1);
        if self.sampled.load(Relaxed) && self.warm.load(Relaxed) {
            self.fold_at.set(0);
        }
    }

    pub(super) fn fold_now(&self, now: u64) {
        self.with_session(|session| self.fold(session, &mut session.stage.lock(), now));
    }

    fn fold(&self, session: &Session, state: &mut StageState, now: u64) {
        let collector = &self.collector;
        let timed = collector.timed_pulls();
        let weight = collector.weight();
        let mut batch = collector.batch();
        batch.squares = [0, 1, 2].map(|at| f64::from(self.squares[at].get()));
        batch.nested = f64::from(self.nested.get());
        let inside = batch.own + batch.nested;
        batch.claimed = match (self.claims(), self.passes_on.load(Relaxed)) {
            (false, _) => 0.0,
            (true, true) => inside,
            (true, false) => inside + batch.upstream,
        };
        let weighted = [batch.cycle, inside, batch.upstream].map(|sum| sum * f64::from(weight));
        self.stretch
            .iter()
            .zip(weighted)
            .for_each(|(sum, part)| sum.add(part));
        let probes = f64::from(self.probes.get());
        let metrics = &mut state.metrics;
        metrics
            .stretch(self.phase.is(Phase::Draining))
            .add(weight, &batch, probes);
        metrics.timed_pulls += u64::from(timed);
        metrics.has_strides |= self.sampled.load(Relaxed);
        metrics.note_latencies(weight, collector.recent());
        if timed > 0 {
            state.learn_cycle(batch.cycle / f64::from(timed), timed);
        }
        self.usual_cycle.set(state.usual_cycle() as f32);
        self.clear_batch();
        self.set_fold_at(session, now);
        self.warm
            .store(state.metrics.timed_pulls >= WARM_UP, Relaxed);
        let probes_of_one = probes / f64::from(timed.max(1));
        collector.set_weight(self.next_weight(session, state, probes_of_one));
    }

    /// How many pulls the next timed ones stand for: from past cycles only, or the
    /// estimate would be biased. So many ticks each of the last ones cost, which may have
    /// had many inputs.
    fn next_weight(&self, session: &Session, state: &StageState, probes: f64) -> u32 {
        let Timing::Sampled { budget } = session.timing else {
            return 1;
        };
        if !self.warm.load(Relaxed) {
            return 1;
        }
        let shortest = SHORTEST_PART_NS / session.registry.ns_per_tick_roughly();
        // The budget is the pipeline's; the runs of its stages share it.
        let runs = session.registry.open_runs(self.thread.load(Relaxed));
        let part = state.usual_cycle() / runs.max(1) as f64;
        let cost = self
            .costs(true)
            .map_or(0.0, |costs| costs.pull().max(probes));
        budget.gap(DISTURBANCE * cost, part.max(shortest))
    }

    pub(super) fn clear_batch(&self) {
        self.collector.clear_batch();
        self.squares.iter().for_each(|square| square.set(0.0));
        self.nested.set(0.0);
        self.probes.set(0.0);
    }
}
