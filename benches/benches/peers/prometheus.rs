//! The Prometheus client: a histogram per stage and its timer around every record.

use super::pipeline::{Pipeline, Probe, STAGES, probed};
use prometheus::{Histogram, HistogramOpts, HistogramVec, Registry};

struct Histograms([Histogram; 3]);

impl Probe for Histograms {
    fn call<T>(&self, stage: usize, work: impl FnOnce() -> T) -> T {
        let timer = self.0[stage].start_timer();
        let done = work();
        timer.observe_duration();
        done
    }
}

impl Pipeline for Histograms {
    fn drain(&mut self, records: u64) -> u64 {
        probed(self, records)
    }

    fn observed(&mut self) -> u64 {
        self.0.iter().map(Histogram::get_sample_count).sum()
    }
}

pub(crate) fn open() -> Box<dyn Pipeline> {
    let options = HistogramOpts::new("stage_seconds", "time a stage takes for a record");
    let histograms = HistogramVec::new(options, &["stage"]).expect("a valid name and label");
    Registry::new()
        .register(Box::new(histograms.clone()))
        .expect("the first of its name");
    Box::new(Histograms(
        STAGES.map(|stage| histograms.with_label_values(&[stage])),
    ))
}
