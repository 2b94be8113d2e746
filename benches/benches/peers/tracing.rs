//! A tracing span per record and stage, and a layer that times them: one that does no more than
//! add the durations up, or tracing-timing with its histograms.

use super::pipeline::{Pipeline, STAGES, called};
use measured_benches::drain::For;
use measured_benches::work::{self, Average};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tracing::span::{Attributes, Id};
use tracing::{Dispatch, Subscriber, dispatcher, instrument};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_timing::{Builder, Histogram, TimingLayer};

#[instrument(level = "trace", skip_all)]
fn filter(reading: f64) -> bool {
    work::in_range(reading)
}

#[instrument(level = "trace", skip_all)]
fn normalize(reading: f64) -> f64 {
    work::normalized(reading)
}

#[instrument(level = "trace", skip_all)]
fn smooth(average: &mut Average, value: f64) -> f64 {
    average.of(value)
}

/// The spans of the stages, and how many of them the layer has timed.
struct Spans<F>(F);

impl<F: FnMut() -> u64> Pipeline for Spans<F> {
    fn drain(&mut self, records: u64) -> u64 {
        called(work::readings::<For>(records), filter, normalize, smooth)
    }

    fn observed(&mut self) -> u64 {
        (self.0)()
    }
}

/// What the stages' spans amount to.
#[derive(Default)]
struct Totals {
    spans: [AtomicU64; 3],
    nanos: [AtomicU64; 3],
}

struct Adding(Arc<Totals>);

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for Adding {
    fn on_new_span(&self, _attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let span = context.span(id).expect("a new span is registered");
        span.extensions_mut().insert(Instant::now());
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context
            .span(&id)
            .expect("a closing span is still registered");
        let Some(stage) = STAGES.iter().position(|name| *name == span.name()) else {
            return;
        };
        let Some(elapsed) = span.extensions().get().map(Instant::elapsed) else {
            return;
        };
        let nanos = u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX);
        self.0.spans[stage].fetch_add(1, Ordering::Relaxed);
        self.0.nanos[stage].fetch_add(nanos, Ordering::Relaxed);
    }
}

pub(crate) fn adding() -> Box<dyn Pipeline> {
    let totals = Arc::new(Totals::default());
    let layer = Adding(Arc::clone(&totals));
    let subscriber = Registry::default().with(layer);
    dispatcher::set_global_default(subscriber.into()).expect("the first of this process");
    Box::new(Spans(move || {
        totals
            .spans
            .iter()
            .map(|spans| spans.load(Ordering::Relaxed))
            .sum()
    }))
}

pub(crate) fn timing() -> Box<dyn Pipeline> {
    let histogram = || Histogram::new_with_max(1_000_000_000, 2).expect("valid bounds");
    let layer = Builder::default()
        .no_span_recursion()
        .span_close_events()
        .layer(histogram);
    let dispatch = Dispatch::new(Registry::default().with(layer));
    dispatcher::set_global_default(dispatch.clone()).expect("the first of this process");
    Box::new(Spans(move || {
        let layer: &TimingLayer = dispatch.downcast_ref().expect("the layer just installed");
        layer.force_synchronize();
        layer.with_histograms(|spans| {
            let histograms = spans.values().flat_map(|events| events.values());
            histograms.map(|histogram| histogram.len()).sum()
        })
    }))
}
