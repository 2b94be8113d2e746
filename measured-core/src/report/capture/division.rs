//! Whose the wall was: the stages', the source's, the consumer's or the measuring's.

use super::Capture;
use crate::metrics::StageMetrics;
use crate::report::rounding::Rounding;
use smallvec::SmallVec;

/// Where estimates that are together more than the wall are scaled by less than this to
/// fit it, it is not clear that fences alone have made them too long.
const CLOSE_FIT: f64 = 0.75;

/// What is known of the pulls of one stage that are within another: ticks.
pub(super) struct Nesting {
    pub(super) inner: usize,
    pub(super) outer: usize,
    /// What they took; with our probes.
    pub(super) ticks: f64,
    pub(super) probes: f64,
    /// What of that the stage around has not taken off when it was timed.
    pub(super) unclaimed: f64,
    pub(super) error: f64,
}

/// What a stage's report must wait for the wall with.
#[derive(Default)]
pub(super) struct Part {
    /// Ticks, and their standard error.
    pub(super) own: f64,
    pub(super) error: f64,
    pub(super) is_timed: bool,
    pub(super) fed_elsewhere: bool,
    /// Ticks inside its inputs, and inside pipelines within its own code.
    pub(super) upstream: f64,
    pub(super) nested: f64,
    /// Ticks between its runs' pulls and their answers, and the part of them that is
    /// within no other stage.
    pub(super) within: f64,
    pub(super) outermost: f64,
}

impl Part {
    pub(super) fn of(m: &StageMetrics) -> Part {
        // Of the time since a run was last heard of nobody knows whose it is, nor of that of
        // runs without a clock.
        let untimed = m.untimed_part() * m.total as f64;
        let unknown = m.unheard as f64 + untimed;
        let (own, upstream) = (m.self_ticks(), m.upstream_ticks());
        Part {
            own,
            error: m.self_ticks_error(),
            is_timed: m.is_timed(),
            fed_elsewhere: m.fed_elsewhere,
            upstream,
            nested: m.nested_ticks(),
            within: own + upstream + m.instrumentation_ticks() + unknown,
            outermost: m
                .position
                .outermost(own + m.nested_ticks() + upstream, m.active()),
        }
    }
}

/// In ticks, over all stages.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) own: f64,
    pub(super) source: f64,
    pub(super) probes: f64,
    pub(super) is_timed: bool,
    pub(super) was_sampled: bool,
    pub(super) clock_steps_back: u64,
    /// Of stages of which some were timed.
    pub(super) timeable_pulls: f64,
}

impl Sums {
    pub(super) fn add(&mut self, m: &StageMetrics) {
        self.source += m.upstream_ticks() * m.position.sourced(m.runs);
        self.probes += m.instrumentation_ticks();
        self.is_timed |= m.is_timed();
        self.was_sampled |= m.was_sampled();
        self.clock_steps_back += m.clock_steps_back;
        if m.timed_pulls > 0 {
            // More were timed than there were records, where one found none.
            self.timeable_pulls += m.timeable_pulls().max(m.timed_pulls) as f64;
        }
    }
}

/// What is no stage's of the wall, in nanoseconds.
pub(super) struct Rest {
    pub(super) source: u64,
    pub(super) sink: u64,
    pub(super) instrumentation: u64,
}

impl Capture {
    /// Divides the wall, which is in ticks.
    pub(super) fn divide(&mut self, wall: f64) -> Rest {
        self.take_off_what_is_within();
        let Sums {
            own,
            source,
            probes,
            ..
        } = self.sums;
        let sink = if self.sums.is_timed {
            (wall - self.within()).max(0.0)
        } else {
            0.0
        };

        // A stage that is timed is fenced off from the next, where the processor would
        // have worked at both at once. Where the estimates are together more than the
        // wall for that, they share it in proportion.
        let room = (wall - sink - probes).max(0.0);
        let fit = if self.sums.was_sampled && source + own > room {
            room / (source + own)
        } else {
            1.0
        };
        // What the probes cost is a model, and no more than what is left for it.
        let left = wall - sink - (source + own) * fit;
        let probes = probes.min(left.max(0.0));

        let mut rounding = Rounding::new(self.ns_per_tick);
        let source = rounding.part(source * fit);
        for (stage, part) in self.stages.iter_mut().zip(&self.parts) {
            stage.low_confidence |= fit < CLOSE_FIT && stage.timed_pulls > 0;
            let own = part.own * fit;
            stage.self_ns = rounding.part(own);
            stage.upstream_ns = (part.upstream * self.ns_per_tick).round() as u64;
            stage.nested_ns = (part.nested * self.ns_per_tick).round() as u64;
            // How much of what did not fit was this stage's is a guess, by two errors.
            let guessed = (part.own - own) / 2.0;
            stage.share_ci = part.error.hypot(guessed) * self.ns_per_tick;
        }
        Rest {
            source,
            sink: rounding.part(sink),
            instrumentation: rounding.last(probes, wall),
        }
    }

    /// Takes off each stage's self time what other stages are known to have spent within
    /// it, as far as that was not done pull by pull. It is the stage's upstream where
    /// it stands on them.
    fn take_off_what_is_within(&mut self) {
        for nesting in &self.nestings {
            let stands_on = |inputs: &SmallVec<_>| inputs.contains(&nesting.inner);
            let is_upstream = self.inputs.get(nesting.outer).is_some_and(stands_on);
            let part = self.parts.get_mut(nesting.outer);
            let Some(part) = part.filter(|part| !part.fed_elsewhere) else {
                continue;
            };
            part.own -= nesting.unclaimed;
            part.nested += nesting.unclaimed;
            part.error = part.error.hypot(nesting.error);
            if is_upstream {
                part.upstream += nesting.ticks;
                part.nested -= nesting.ticks;
            }
            part.within += nesting.ticks + nesting.probes - nesting.unclaimed;
        }
        for part in &mut self.parts {
            part.own = part.own.max(0.0);
            part.nested = part.nested.max(0.0);
        }
        self.sums.own = self.parts.iter().map(|part| part.own).sum();
    }

    /// Ticks within the stages that end a pipeline: all else is the consumer's. Stages
    /// that are only counted have none, and those before them end it.
    fn within(&self) -> f64 {
        let feeds_timed = self.feeds_timed();
        let parts = self.parts.iter().zip(feeds_timed);
        let within = parts.map(|(part, feeds_timed)| {
            part.within * if feeds_timed { part.outermost } else { 1.0 }
        });
        within.sum()
    }

    /// Whether a stage that is timed pulls from each on its own thread, be it through
    /// others that are not timed.
    fn feeds_timed(&self) -> Vec<bool> {
        let mut feeds = vec![false; self.parts.len()];
        let pulls_itself = |part: &Part| part.is_timed && !part.fed_elsewhere;
        let timed = (0..self.parts.len()).filter(|&stage| pulls_itself(&self.parts[stage]));
        let mut waiting: Vec<usize> = timed.collect();
        while let Some(stage) = waiting.pop() {
            let nested = self.nestings.iter().filter(|it| it.outer == stage);
            let inputs = self.inputs[stage].iter().copied();
            for input in inputs.chain(nested.map(|it| it.inner)) {
                if let Some(unknown @ false) = feeds.get_mut(input) {
                    *unknown = true;
                    waiting.push(input);
                }
            }
        }
        feeds
    }
}
