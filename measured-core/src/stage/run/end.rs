//! The end of a run.

use super::{NOWHERE, Phase, Run, Timed};
use crate::metrics::Position;
use crate::registry::StageState;
use crate::stage::nesting;
use std::sync::atomic::Ordering::Relaxed;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Exhausted,
    Dropped,
    Panicked,
}

impl End {
    pub(super) fn early() -> End {
        if std::thread::panicking() {
            End::Panicked
        } else {
            End::Dropped
        }
    }
}

impl Run {
    pub(super) fn end(&'static self, how: End) {
        self.stop_watched();
        let now = self.now();
        let mut drain = Drain::default();
        if !self.is_clocked() {
            self.next_stretch(now, |metrics, ticks| metrics.untimed += ticks);
        } else if self.phase.is_one_of([Phase::Body, Phase::BodyPulls]) {
            self.close_body(now);
        } else if self.phase.is(Phase::Returned) {
            self.leave_idle(now);
        } else {
            drain = self.close_draining(now);
        }
        self.timed.set(Timed::Untimed);
        self.phase.set(Phase::Ended);
        self.let_upstream_go(now);
        self.with_session(|session| {
            let thread = self.thread.load(Relaxed);
            let others_go_on = session.registry.uncover(thread, now, !self.is_consumed());
            let mut state = session.stage.lock();
            // A batch that is not clocked has no cycles, but its records are here.
            self.hand_over_counts(&mut state);
            let metrics = &mut state.metrics;
            self.note_position(&mut metrics.position, &drain);
            *match how {
                End::Exhausted => &mut metrics.exhausted,
                End::Dropped => &mut metrics.dropped,
                End::Panicked => &mut metrics.panicked,
            } += 1;
            // Where it passes on, whoever pulls it is within the same stage.
            let within = if self.passes_on.load(Relaxed) {
                drain.ticks()
            } else {
                drain.alone()
            };
            state.drained(self.around.load(Relaxed), drain.ticks(), within);
            state.deactivate(&self.collector);
            if others_go_on {
                let cost = self.cost_of_run();
                state.metrics.run_probes += cost as f64;
                // Where it was within another stage, that was in that one's time.
                nesting::add(cost);
            }
        });
        nesting::forget_ended();
    }

    /// What starting it and giving it back takes, which is in no time of its own.
    fn cost_of_run(&self) -> i64 {
        let costs = self.costs(self.sampled.load(Relaxed));
        costs.map_or(0, |costs| costs.run)
    }

    fn close_draining(&'static self, now: u64) -> Drain {
        if self.is_in_timed_pull() {
            // The pull that ends the run: it found nothing, or it panicked.
            if self.collector.is_inside_input() {
                self.exit_input(0);
            }
            self.exit_output();
        }
        // Nothing came after the last record but the end.
        self.close_cycle(now);
        self.fold_now(now);
        let elsewhere = self.part_elsewhere();
        let stretch = self.next_stretch(now, |metrics, ticks| {
            metrics.drains.wall += ticks;
            metrics.drains.pulls += self.collector.pulls();
        });
        let (own, upstream) = self.end_stretch(stretch);
        let drain = Drain {
            own,
            upstream,
            elsewhere,
        };
        let is_known_within = self.around.load(Relaxed) != NOWHERE;
        if !is_known_within {
            // Whoever runs around this pipeline takes its untimed pulls off too, as
            // far as they can be estimated; the timed ones were when they ended.
            let estimated = drain.alone() as i64;
            nesting::add((estimated - self.claimed.get()).max(0));
        }
        drain
    }

    /// Adds up what the stretch that ends, of so many ticks, was spent on.
    pub(super) fn end_stretch(&self, ticks: u64) -> (f64, f64) {
        let [cycle, own, upstream] = [0, 1, 2].map(|at| self.stretch[at].get());
        self.stretch.iter().for_each(|sum| sum.set(0.0));
        let scale = if cycle > 0.0 {
            ticks as f64 / cycle
        } else {
            0.0
        };
        (own * scale, upstream * scale)
    }

    /// Tells the stage where in its pipeline this run's pulls were; its body has done
    /// so, before another stage got hold of the iterator.
    fn note_position(&self, position: &mut Position, drain: &Drain) {
        let is_within = self.around.load(Relaxed) != NOWHERE;
        let outermost = if is_within { 0.0 } else { drain.alone() };
        let fed = self.fed.load(Relaxed);
        position.note(drain.own, drain.upstream, outermost, fed);
        position.elsewhere -= f64::from(self.elsewhere.get());
        position.consumed = position
            .consumed
            .saturating_sub(u64::from(self.is_consumed()));
    }

    /// Adds the counters to the stage and starts them anew: what comes after the
    /// end, from an iterator that goes on after `None`, is added with the last holder.
    pub(super) fn hand_over_counts(&self, state: &mut StageState) {
        let metrics = &mut state.metrics;
        metrics.records_in += self.collector.records_in();
        metrics.records_out += self.collector.records_out();
        metrics.records_err += self.collector.records_err();
        metrics.pulls += self.collector.pulls();
        self.collector.clear_counts();
    }
}

/// The pulls of a run that is over, in ticks.
#[derive(Default)]
struct Drain {
    own: f64,
    upstream: f64,
    /// The part of them that other stages had.
    elsewhere: f64,
}

impl Drain {
    fn ticks(&self) -> f64 {
        self.own + self.upstream
    }

    /// Those that no other stage had.
    fn alone(&self) -> f64 {
        self.ticks() * (1.0 - self.elsewhere)
    }
}

#[cfg(test)]
mod tests {
    use crate::mark::Measured;
    use crate::registry::Registry;
    use crate::stage::costs::Costs;
    use crate::timing::Timing;

    #[test]
    fn what_runs_cost_is_charged_where_others_go_on() {
        const OUTER: u32 = 100;
        let registry = Registry::new().with_timing(Timing::Every);
        registry.scope(|| {
            let inner = |n| (n..n + 3).measured("inner");
            (0..OUTER).flat_map(inner).measured("outer").for_each(drop);
        });
        let charged = |stage| registry.metrics(stage).map(|metrics| metrics.run_probes);
        let costs = Costs::measured(registry.clock().kind(), false);
        let each = costs.expect("a clock that runs").run as f64;
        assert_eq!(charged("inner"), Some(f64::from(OUTER) * each));
        assert_eq!(charged("outer"), Some(0.0));
    }
}
