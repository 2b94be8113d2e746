//! Registry → Report: ticks become nanoseconds, and the wall is divided.

use super::latency::{Buckets, LatencyReport};
use super::order::in_pipeline_order;
use super::rounding::Rounding;
use super::{Origin, Report, SCHEMA, StageReport, TimingReport};
use crate::metrics::StageMetrics;
use crate::registry::{Registry, Stage};
use crate::site_id::SiteId;
use crate::stage::clock_cost;
use crate::timing::Timing;
use smallvec::SmallVec;
use std::sync::Arc;

/// The samples of a stage must account for its wall to within this part of it.
const CLOSURE: f64 = 0.05;

/// Where estimates that are together more than the wall are scaled by less than this to
/// fit it, it is not clear that fences alone have made them too long.
const CLOSE_FIT: f64 = 0.75;

/// Whether a stage's samples do not account for its wall.
///
/// Too little is what a rare and long pull leaves that was not seen; where the
/// number of samples leaves that open, their mean decides. Too much is
/// also what the probes leave: they disturb caches and predictors by more than
/// an empty stage can show, so that timed cycles come out longer by up to another
/// probe's cost. That much lengthens all parts of a cycle alike, and shares are
/// ratios. Where a cycle is shorter than half its probe, nothing can be said.
fn is_doubtful(m: &StageMetrics) -> bool {
    let closure = m.closure();
    let noise = CLOSURE.max(m.closure_noise());
    let probe = m.probe_per_cycle();
    m.timed_pulls > 0
        && m.was_sampled()
        && (closure < -noise || m.missed() > CLOSURE || closure > noise.max(probe) || probe > 2.0)
}

impl Report {
    /// What the stages of this process have done until now, the running ones
    /// included; inside [`Registry::scope`], those of that registry.
    ///
    /// Cost: about 1 KB and 4 µs a stage; each is locked while 3 KB of it are copied.
    /// The first capture of a process may wait until the clock's rate is known to be
    /// good, 10 ms at most.
    ///
    /// ```
    /// println!("{}", measured_core::Report::capture());
    /// ```
    #[must_use]
    pub fn capture() -> Report {
        Registry::current().capture()
    }
}

impl Registry {
    /// What its stages have done until now, as [`Report::capture`] does for the process.
    ///
    /// ```
    /// assert!(measured_core::Registry::new().capture().stages.is_empty());
    /// ```
    #[must_use]
    pub fn capture(&self) -> Report {
        let mut captures = self.captures();
        *captures += 1;
        let stages = self.stages();
        let mut capture = Capture::new(self.clock().ns_per_tick(), stages.len());
        for stage in &stages {
            capture.add(stage, &stages, self);
        }
        #[cfg(feature = "auto-register")]
        capture.add_never_run(&crate::stage::never_run(self, &stages));
        // Read after the stages, so that none has seen a later time than the wall.
        let wall = self.covered(self.clock().now());
        capture.into_report(self, *captures, wall as f64)
    }
}

/// The stages so far, turned into their reports one by one: their metrics are three
/// times as large.
struct Capture {
    ns_per_tick: f64,
    stages: Vec<StageReport>,
    /// Of each stage.
    parts: Vec<Part>,
    /// Of each stage the numbers of those that it pulls from.
    inputs: Vec<SmallVec<[usize; 2]>>,
    nestings: Vec<Nesting>,
    sums: Sums,
}

/// What is known of the pulls of one stage that are within another: ticks.
struct Nesting {
    inner: usize,
    outer: usize,
    /// What they took; with our probes.
    ticks: f64,
    probes: f64,
    /// What of that the stage around has not taken off when it was timed.
    unclaimed: f64,
    error: f64,
}

/// What a stage's report must wait for the wall with.
#[derive(Default)]
struct Part {
    /// Ticks, and their standard error.
    own: f64,
    error: f64,
    is_timed: bool,
    fed_elsewhere: bool,
    /// Ticks inside its inputs, and inside pipelines within its own code.
    upstream: f64,
    nested: f64,
    /// Ticks between its runs' pulls and their answers, and the part of them that is
    /// within no other stage.
    within: f64,
    outermost: f64,
}

impl Part {
    fn of(m: &StageMetrics) -> Part {
        // Of the time since a run was last heard of nobody knows whose it is.
        let probes = m.instrumentation_ticks() + m.unheard as f64;
        let (own, upstream) = (m.self_ticks(), m.upstream_ticks());
        Part {
            own,
            error: m.self_ticks_error(),
            is_timed: m.is_timed(),
            fed_elsewhere: m.fed_elsewhere,
            upstream,
            nested: m.nested_ticks(),
            within: own + upstream + probes,
            outermost: m
                .position
                .outermost(own + m.nested_ticks() + upstream, m.active()),
        }
    }
}

/// In ticks, over all stages.
#[derive(Default)]
struct Sums {
    own: f64,
    source: f64,
    probes: f64,
    is_timed: bool,
    was_sampled: bool,
    clock_steps_back: u64,
    /// Of stages of which some were timed.
    timeable_pulls: f64,
}

impl Sums {
    fn add(&mut self, m: &StageMetrics) {
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

impl Capture {
    fn new(ns_per_tick: f64, stages: usize) -> Capture {
        Capture {
            ns_per_tick,
            stages: Vec::with_capacity(stages),
            parts: Vec::with_capacity(stages),
            inputs: Vec::with_capacity(stages),
            nestings: Vec::new(),
            sums: Sums::default(),
        }
    }

    fn ns(&self, ticks: f64) -> u64 {
        (ticks * self.ns_per_tick).round() as u64
    }

    fn add(&mut self, stage: &Stage, all: &[Arc<Stage>], registry: &Registry) {
        let locked = stage.lock();
        let moment = registry.clock().now();
        let metrics = locked.snapshot(moment);
        let inputs: SmallVec<[_; 2]> = locked.inputs.iter().map(|&it| it as usize).collect();
        let around: SmallVec<[_; 1]> = locked.around.iter().copied().collect();
        let parts: SmallVec<[_; 1]> = around.iter().map(|it| locked.part_within(it)).collect();
        let active = locked.active().iter();
        let silent = active.map(|run| moment.saturating_sub(run.seen())).max();
        drop(locked);

        for (around, part) in around.iter().zip(parts) {
            let pulls = metrics.pulls_took(around.passes_on);
            self.nestings.push(Nesting {
                inner: stage.number as usize,
                outer: around.stage as usize,
                ticks: part * pulls.ticks,
                probes: part * metrics.instrumentation_ticks(),
                unclaimed: part * pulls.unclaimed,
                error: part * pulls.error,
            });
        }
        self.sums.add(&metrics);
        let mut report = self.stage(&stage.site, &metrics);
        report.inputs = inputs
            .iter()
            // One that has run for the first time since is in the next report.
            .filter_map(|&input| Some(all.get(input)?.site.name.to_owned()))
            .collect();
        report.silent_ns = silent.map(|ticks| self.ns(ticks as f64));
        self.stages.push(report);
        self.parts.push(Part::of(&metrics));
        self.inputs.push(inputs);
    }

    /// Stages of which nothing is known but where they are.
    #[cfg(feature = "auto-register")]
    fn add_never_run(&mut self, sites: &[SiteId]) {
        self.stages.reserve_exact(sites.len());
        for site in sites {
            self.stages.push(self.stage(site, &StageMetrics::new()));
            self.parts.push(Part::default());
            self.inputs.push(SmallVec::new());
        }
    }

    /// A stage's report without what depends on the other stages, and on the wall: its
    /// own time is nothing yet.
    fn stage(&self, site: &SiteId, m: &StageMetrics) -> StageReport {
        StageReport {
            name: site.name.to_owned(),
            // Not `format!`, which would set aside twice as much.
            location: [site.file, ":", &site.line.to_string()].concat(),
            inputs: Vec::new(),
            runs: m.runs,
            exhausted: m.exhausted,
            dropped: m.dropped,
            panicked: m.panicked,
            active: m.active(),
            records_in: m.records_in,
            records_out: m.records_out,
            records_err: m.records_err,
            pulls: m.calls(),
            allocations: (m.allocations.runs > 0).then_some(m.allocations),
            timed_pulls: m.timed_pulls,
            self_ns: 0,
            upstream_ns: 0,
            nested_ns: 0,
            downstream_ns: self.ns(m.downstream_ticks()),
            total_ns: self.ns(m.total_ticks() as f64),
            first_out_ns: (m.first_out.runs > 0)
                .then(|| self.ns(m.first_out.ticks as f64 / m.first_out.runs as f64)),
            first_outs: m.first_out.runs,
            share: 0.0,
            share_ci: 0.0,
            closure: m.closure(),
            low_confidence: is_doubtful(m)
                || m.fed_elsewhere
                || m.is_mixed_with_another && m.was_sampled(),
            fed_elsewhere: m.fed_elsewhere,
            throughput_rps: 0.0,
            latency: self.latency(m),
            recent: m.recent().map(|ticks| self.ns(ticks as f64)).collect(),
            silent_ns: None,
        }
    }

    fn latency(&self, m: &StageMetrics) -> LatencyReport {
        let fractions = [0.5, 0.9, 0.99, 0.999];
        let quantiles = m.latencies.quantiles(fractions).unwrap_or_default();
        let quantiles_ns = quantiles.map(|ticks| self.ns(ticks.min(m.slowest) as f64));
        LatencyReport {
            count: m.timed_pulls,
            mean_ns: 0.0,
            p50_ns: quantiles_ns[0],
            p90_ns: quantiles_ns[1],
            p99_ns: quantiles_ns[2],
            p999_ns: quantiles_ns[3],
            max_ns: self.ns(m.slowest as f64),
            buckets: Buckets::of(&m.latencies, self.ns_per_tick),
        }
    }

    /// Divides the wall, which is in ticks.
    fn into_report(mut self, registry: &Registry, sequence: u64, wall: f64) -> Report {
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
        let source_ns = rounding.part(source * fit);
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
        let sink_ns = rounding.part(sink);
        let instrumentation_ns = rounding.last(probes, wall);

        let mut report = Report {
            schema: SCHEMA,
            origin: Some(Origin::now(registry.number(), sequence)),
            wall_ns: self.ns(wall),
            source_ns,
            sink_ns,
            instrumentation_ns,
            unattributed_ns: 0,
            timing: self.timing(registry),
            stages: in_pipeline_order(self.stages, &self.inputs),
            merged_from: Vec::new(),
        };
        report.derive_figures();
        report.set_timeable_pulls(self.sums.timeable_pulls);
        report
    }

    /// Takes off each stage's own time what other stages are known to have spent within
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

    /// But for what follows from the figures.
    fn timing(&self, registry: &Registry) -> TimingReport {
        let timing = registry.timing();
        let was_timed = self.stages.iter().any(|stage| stage.timed_pulls > 0);
        TimingReport {
            mode: timing.into(),
            one_in: None,
            budget: if let Timing::Sampled { budget } = timing {
                budget.overhead()
            } else {
                None
            },
            overhead: 0.0,
            clock: registry.clock().name().to_owned(),
            clock_ns: if was_timed {
                clock_cost(registry.clock()) * self.ns_per_tick
            } else {
                0.0
            },
            clock_steps_back: self.sums.clock_steps_back,
        }
    }
}
