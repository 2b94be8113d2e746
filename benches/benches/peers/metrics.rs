//! The metrics facade with the Prometheus exporter's recorder in process: a counter, or a
//! histogram of seconds, per stage. The handles are kept, as its documentation advises.

use super::pipeline::{Pipeline, Probe, STAGES, probed};
use metrics::{Counter, Histogram, counter, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::time::Instant;

/// A pipeline and the recorder that its handles write to.
struct Recorded<P> {
    probe: P,
    recorder: PrometheusHandle,
}

fn recorded<P: Probe + 'static>(probe: impl FnOnce() -> P) -> Box<dyn Pipeline>
where
    Recorded<P>: Pipeline,
{
    let builder = PrometheusBuilder::new();
    let recorder = builder
        .install_recorder()
        .expect("the first recorder of this process");
    Box::new(Recorded {
        probe: probe(),
        recorder,
    })
}

impl<P: Probe> Pipeline for Recorded<P> {
    fn drain(&mut self, records: u64) -> u64 {
        probed(&self.probe, records)
    }

    fn observed(&mut self) -> u64 {
        let text = self.recorder.render();
        let counts = text.lines().filter(|line| {
            line.starts_with("stage_records{") || line.starts_with("stage_seconds_count{")
        });
        counts
            .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
            .sum()
    }
}

struct Counters([Counter; 3]);

impl Probe for Counters {
    fn call<T>(&self, stage: usize, work: impl FnOnce() -> T) -> T {
        self.0[stage].increment(1);
        work()
    }
}

pub(crate) fn counters() -> Box<dyn Pipeline> {
    recorded(|| Counters(STAGES.map(|stage| counter!("stage_records", "stage" => stage))))
}

struct Histograms([Histogram; 3]);

impl Probe for Histograms {
    fn call<T>(&self, stage: usize, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        self.0[stage].record(start.elapsed());
        done
    }
}

pub(crate) fn histograms() -> Box<dyn Pipeline> {
    recorded(|| Histograms(STAGES.map(|stage| histogram!("stage_seconds", "stage" => stage))))
}
