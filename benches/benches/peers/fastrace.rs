//! A fastrace span per record and stage, a root span per thousand records above them, and a
//! reporter that adds their durations up instead of sending them anywhere.

use super::pipeline::{Pipeline, STAGES, called};
use fastrace::Span;
use fastrace::collector::{Config, Reporter, SpanContext, SpanRecord};
use fastrace::local::LocalParentGuard;
use measured_benches::drain::For;
use measured_benches::work::{self, Average};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[fastrace::trace(short_name = true)]
fn filter(reading: f64) -> bool {
    work::in_range(reading)
}

#[fastrace::trace(short_name = true)]
fn normalize(reading: f64) -> f64 {
    work::normalized(reading)
}

#[fastrace::trace(short_name = true)]
fn smooth(average: &mut Average, value: f64) -> f64 {
    average.of(value)
}

/// What the stages' spans amount to.
#[derive(Default)]
struct Totals {
    spans: [AtomicU64; 3],
    nanos: [AtomicU64; 3],
}

struct Adding(Arc<Totals>);

impl Reporter for Adding {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        for span in spans {
            let Some(stage) = STAGES.iter().position(|name| *name == span.name) else {
                continue;
            };
            self.0.spans[stage].fetch_add(1, Ordering::Relaxed);
            self.0.nanos[stage].fetch_add(span.duration_ns, Ordering::Relaxed);
        }
    }
}

/// The span that the stages' spans belong to, and the guard that makes them.
#[derive(Default)]
struct Root {
    records: u64,
    open: Option<(LocalParentGuard, Span)>,
}

impl Root {
    /// A trace must end to be reported, and a thread keeps about ten thousand spans of one.
    fn next_record(&mut self) {
        if self.records.is_multiple_of(1000) {
            self.open = None;
            let root = Span::root("thousand records", SpanContext::random());
            self.open = Some((root.set_local_parent(), root));
        }
        self.records += 1;
    }
}

struct Traced(Arc<Totals>);

impl Pipeline for Traced {
    fn drain(&mut self, records: u64) -> u64 {
        let mut root = Root::default();
        let readings = work::readings::<For>(records).inspect(move |_| root.next_record());
        called(readings, filter, normalize, smooth)
    }

    fn observed(&mut self) -> u64 {
        fastrace::flush();
        self.0
            .spans
            .iter()
            .map(|spans| spans.load(Ordering::Relaxed))
            .sum()
    }
}

pub(crate) fn open() -> Box<dyn Pipeline> {
    let totals = Arc::new(Totals::default());
    fastrace::set_reporter(Adding(Arc::clone(&totals)), Config::default());
    Box::new(Traced(totals))
}
