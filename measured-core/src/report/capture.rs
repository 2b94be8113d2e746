//! Registry → Report: ticks become nanoseconds, and the wall is divided.

use super::{LatencyReport, Report, StageReport, TimingReport};
use crate::metrics::StageMetrics;
use crate::registry::{Registry, Stage};
use crate::stage::clock_cost;
use crate::timing::Timing;
use std::sync::Arc;

/// The samples of a stage must account for its wall to within this part of it.
const CLOSURE: f64 = 0.05;

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
    /// Locks one stage at a time while it copies about 3 KiB. The first capture of
    /// a process may wait until the clock's rate is known to be good, 10 ms at most.
    #[must_use]
    pub fn capture() -> Report {
        Registry::current().capture()
    }
}

impl Registry {
    /// What its stages have done until now, as [`Report::capture`] does for the process.
    #[must_use]
    pub fn capture(&self) -> Report {
        let stages = in_pipeline_order(self.stages());
        let captured: Vec<Captured> = stages
            .iter()
            .map(|stage| Captured::of(stage, self))
            .collect();
        // Read after the stages, so that none has seen a later time than the wall.
        let wall = self.covered(self.clock().now());
        Conversion {
            ns_per_tick: self.clock().ns_per_tick(),
            wall: wall as f64,
        }
        .report(self, &captured)
    }
}

/// A stage as it was at one moment.
struct Captured {
    stage: Arc<Stage>,
    metrics: StageMetrics,
    inputs: Vec<usize>,
    /// Ticks since the longest silent of its active runs was heard of.
    silent: Option<u64>,
}

impl Captured {
    fn of(stage: &Arc<Stage>, registry: &Registry) -> Captured {
        let locked = stage.lock();
        let moment = registry.clock().now();
        let silent = locked
            .active()
            .iter()
            .map(|run| moment.saturating_sub(run.seen()))
            .max();
        Captured {
            stage: Arc::clone(stage),
            metrics: locked.snapshot(moment),
            inputs: locked.inputs.to_vec(),
            silent,
        }
    }
}

fn signed(ns: u64) -> i64 {
    i64::try_from(ns).unwrap_or(i64::MAX)
}

struct Conversion {
    ns_per_tick: f64,
    /// Ticks.
    wall: f64,
}

impl Conversion {
    fn ns(&self, ticks: f64) -> u64 {
        (ticks * self.ns_per_tick).round() as u64
    }

    fn report(&self, registry: &Registry, stages: &[Captured]) -> Report {
        let sum = |of: &dyn Fn(&Captured) -> f64| stages.iter().map(of).sum::<f64>();
        let source = sum(&|s| s.metrics.upstream_ticks() * s.metrics.place.sourced(s.metrics.runs));
        let probes = sum(&|s| s.metrics.instrumentation_ticks());
        // All that is not within a stage that ends a pipeline is the consumer's; of
        // the time since a run was last heard of nobody knows whose it is.
        let within = sum(&|s| {
            let m = &s.metrics;
            let within = m.self_ticks() + m.upstream_ticks() + m.instrumentation_ticks();
            (within + m.unheard as f64) * m.place.outermost(m.runs)
        });
        let anything_timed = stages.iter().any(|s| s.metrics.is_timed());
        let sink = if anything_timed {
            (self.wall - within).max(0.0)
        } else {
            0.0
        };

        // A stage that is timed is fenced off from the next, where the processor would
        // have worked at both at once. Where the estimates are together more than the
        // wall for that, they share it in proportion.
        let parts = source + sum(&|s| s.metrics.self_ticks());
        let room = (self.wall - sink - probes).max(0.0);
        let sampled = stages.iter().any(|s| s.metrics.was_sampled());
        let fit = if sampled && parts > room {
            room / parts
        } else {
            1.0
        };
        let source = source * fit;

        let reports: Vec<StageReport> = stages.iter().map(|s| self.stage(s, stages, fit)).collect();
        let wall_ns = self.ns(self.wall);
        let [source_ns, sink_ns, instrumentation_ns] =
            [source, sink, probes].map(|ticks| self.ns(ticks));
        let attributed = source_ns
            + sink_ns
            + instrumentation_ns
            + reports.iter().map(|s| s.self_ns).sum::<u64>();
        Report {
            schema: 1,
            wall_ns,
            source_ns,
            sink_ns,
            instrumentation_ns,
            unattributed_ns: signed(wall_ns) - signed(attributed),
            timing: self.timing(registry, stages, probes),
            stages: reports,
        }
    }

    fn timing(&self, registry: &Registry, stages: &[Captured], probes: f64) -> TimingReport {
        let timing = registry.timing();
        let pulls: u64 = stages
            .iter()
            .filter(|s| s.metrics.is_timed())
            .map(|s| s.metrics.pulls)
            .sum();
        let timed: u64 = stages.iter().map(|s| s.metrics.timed_pulls).sum();
        TimingReport {
            mode: match timing {
                Timing::Off => "off",
                Timing::Counts => "counts",
                Timing::Sampled { .. } => "sampled",
                Timing::Every => "every",
            }
            .to_owned(),
            one_in: (timed > 0).then(|| (pulls as f64 / timed as f64).max(1.0)),
            budget: if let Timing::Sampled { budget } = timing {
                budget.overhead()
            } else {
                None
            },
            overhead: if self.wall > 0.0 {
                probes / self.wall
            } else {
                0.0
            },
            clock: registry.clock().name().to_owned(),
            clock_ns: if timed > 0 {
                clock_cost(registry.clock()) * self.ns_per_tick
            } else {
                0.0
            },
            clock_steps_back: stages.iter().map(|s| s.metrics.clock_steps_back).sum(),
        }
    }

    fn stage(&self, captured: &Captured, all: &[Captured], fit: f64) -> StageReport {
        let m = &captured.metrics;
        let site = captured.stage.site;
        let own = m.self_ticks() * fit;
        let total_ns = self.ns(m.total_ticks() as f64);
        let quantile = |q| {
            m.latencies
                .quantile(q)
                .map_or(0, |ticks| self.ns(ticks.min(m.slowest) as f64))
        };
        let name_of = |number: &usize| {
            let input = all.iter().find(|other| other.stage.number == *number)?;
            Some(input.stage.site.name.to_owned())
        };
        let closure = m.closure();
        let of_wall = |ticks: f64| {
            if self.wall > 0.0 {
                ticks / self.wall
            } else {
                0.0
            }
        };
        StageReport {
            name: site.name.to_owned(),
            location: format!("{}:{}", site.file, site.line),
            inputs: captured.inputs.iter().filter_map(name_of).collect(),
            runs: m.runs,
            exhausted: m.exhausted,
            dropped: m.dropped,
            panicked: m.panicked,
            active: m.active(),
            records_in: m.records_in,
            records_out: m.records_out,
            records_err: m.records_err,
            pulls: m.pulls,
            timed_pulls: m.timed_pulls,
            self_ns: self.ns(own),
            upstream_ns: self.ns(m.upstream_ticks()),
            downstream_ns: self.ns(m.downstream_ticks()),
            total_ns,
            first_out_ns: (m.first_out.1 > 0)
                .then(|| self.ns(m.first_out.0 as f64 / m.first_out.1 as f64)),
            share: of_wall(own),
            share_ci: of_wall(2.0 * m.self_ticks_error()),
            closure,
            low_confidence: is_doubtful(m),
            throughput_rps: if total_ns > 0 {
                m.records_out as f64 * 1e9 / total_ns as f64
            } else {
                0.0
            },
            latency: LatencyReport {
                count: m.timed_pulls,
                mean_ns: if m.pulls > 0 {
                    own * self.ns_per_tick / m.pulls as f64
                } else {
                    0.0
                },
                p50_ns: quantile(0.5),
                p90_ns: quantile(0.9),
                p99_ns: quantile(0.99),
                p999_ns: quantile(0.999),
                max_ns: self.ns(m.slowest as f64),
            },
            recent_ns: m.recent().map(|ticks| self.ns(ticks as f64)).collect(),
            silent_ns: captured.silent.map(|ticks| self.ns(ticks as f64)),
        }
    }
}

/// A stage after those that it pulls from, else in the order of first runs;
/// stages that feed each other in a circle (recursion) stay in that order.
fn in_pipeline_order(mut waiting: Vec<Arc<Stage>>) -> Vec<Arc<Stage>> {
    let mut ordered: Vec<Arc<Stage>> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_ready = |stage: &Arc<Stage>| {
            let inputs = stage.lock().inputs.clone();
            inputs.iter().all(|&input| {
                input == stage.number || !waiting.iter().any(|other| other.number == input)
            })
        };
        let next = waiting.iter().position(is_ready).unwrap_or(0);
        ordered.push(waiting.remove(next));
    }
    ordered
}
