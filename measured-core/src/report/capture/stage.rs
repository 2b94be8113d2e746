//! One stage's report, but for what depends on the others.

use super::Capture;
use crate::metrics::StageMetrics;
use crate::report::StageReport;
use crate::report::latency::{Buckets, LatencyReport};
use crate::report::resolution::CLOSURE;
use crate::site_id::SiteId;

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
    let misses = closure < -noise || m.missed() > CLOSURE;
    let exceeds = closure > noise.max(probe) || probe > 2.0;
    m.untimed_part() > CLOSURE || m.timed_pulls > 0 && m.was_sampled() && (misses || exceeds)
}

impl Capture {
    /// A stage's report without what depends on the other stages, and on the wall: its
    /// self time is nothing yet.
    pub(super) fn stage(&self, site: &SiteId, m: &StageMetrics) -> StageReport {
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
            closure: (1.0 + m.closure()) * (1.0 - m.untimed_part()) - 1.0,
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
}
