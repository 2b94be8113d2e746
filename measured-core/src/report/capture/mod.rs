//! Registry → Report: ticks become nanoseconds, and the wall is divided.

mod division;
mod stage;

use super::order::in_pipeline_order;
use super::{Origin, Report, SCHEMA, StageReport, TimingReport};
#[cfg(feature = "auto-register")]
use crate::metrics::StageMetrics;
use crate::registry::{Registry, Stage};
#[cfg(feature = "auto-register")]
use crate::site_id::SiteId;
use crate::stage::clock_cost;
use crate::timing::Timing;
use division::{Nesting, Part, Sums};
use smallvec::SmallVec;
use std::sync::Arc;

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

    /// The wall is in ticks.
    fn into_report(mut self, registry: &Registry, sequence: u64, wall: f64) -> Report {
        let rest = self.divide(wall);
        let mut report = Report {
            schema: SCHEMA,
            origin: Some(Origin::now(registry.number(), sequence)),
            wall_ns: self.ns(wall),
            source_ns: rest.source,
            sink_ns: rest.sink,
            instrumentation_ns: rest.instrumentation,
            unattributed_ns: 0,
            timing: self.timing(registry),
            stages: in_pipeline_order(self.stages, &self.inputs),
            merged_from: Vec::new(),
        };
        report.derive_figures();
        report.set_timeable_pulls(self.sums.timeable_pulls);
        report
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
