//! The OpenTelemetry SDK: a histogram of seconds per stage, or a span per record and stage with
//! a processor that adds their durations up instead of exporting them.

use super::pipeline::{Pipeline, Probe, STAGES, probed};
use opentelemetry::metrics::{Histogram, MeterProvider};
use opentelemetry::trace::{Span, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, HistogramDataPoint, MetricData, ScopeMetrics,
};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider, SpanData, SpanProcessor};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

struct Durations {
    histogram: Histogram<f64>,
    stages: [[KeyValue; 1]; 3],
    provider: SdkMeterProvider,
    exporter: InMemoryMetricExporter,
}

impl Probe for Durations {
    fn call<T>(&self, stage: usize, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let done = work();
        self.histogram
            .record(start.elapsed().as_secs_f64(), &self.stages[stage]);
        done
    }
}

impl Pipeline for Durations {
    fn drain(&mut self, records: u64) -> u64 {
        probed(self, records)
    }

    fn observed(&mut self) -> u64 {
        self.provider
            .force_flush()
            .expect("a reader in this process answers");
        let exports = self
            .exporter
            .get_finished_metrics()
            .expect("nobody panicked with the lock");
        let last = exports.last().expect("the flush exported");
        let metrics = last.scope_metrics().flat_map(ScopeMetrics::metrics);
        let points = metrics.flat_map(|metric| match metric.data() {
            AggregatedMetrics::F64(MetricData::Histogram(histogram)) => histogram.data_points(),
            other => unreachable!("only a histogram was made, not {other:?}"),
        });
        points.map(HistogramDataPoint::count).sum()
    }
}

pub(crate) fn histograms() -> Box<dyn Pipeline> {
    let exporter = InMemoryMetricExporter::default();
    let provider = SdkMeterProvider::builder()
        .with_periodic_exporter(exporter.clone())
        .build();
    let meter = provider.meter("pipeline");
    let histogram = meter.f64_histogram("stage.duration").with_unit("s").build();
    let stages = STAGES.map(|stage| [KeyValue::new("stage", stage)]);
    Box::new(Durations {
        histogram,
        stages,
        provider,
        exporter,
    })
}

/// What the stages' spans amount to.
#[derive(Debug, Default)]
struct Totals {
    spans: [AtomicU64; 3],
    nanos: [AtomicU64; 3],
}

#[derive(Debug)]
struct Adding(Arc<Totals>);

impl SpanProcessor for Adding {
    fn on_start(&self, _span: &mut opentelemetry_sdk::trace::Span, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        let Some(stage) = STAGES.iter().position(|name| *name == span.name) else {
            return;
        };
        let duration = span
            .end_time
            .duration_since(span.start_time)
            .unwrap_or_default();
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.0.spans[stage].fetch_add(1, Ordering::Relaxed);
        self.0.nanos[stage].fetch_add(nanos, Ordering::Relaxed);
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}

struct Spans {
    tracer: SdkTracer,
    totals: Arc<Totals>,
}

impl Probe for Spans {
    fn call<T>(&self, stage: usize, work: impl FnOnce() -> T) -> T {
        let mut span = self.tracer.start(STAGES[stage]);
        let done = work();
        span.end();
        done
    }
}

impl Pipeline for Spans {
    fn drain(&mut self, records: u64) -> u64 {
        probed(self, records)
    }

    fn observed(&mut self) -> u64 {
        self.totals
            .spans
            .iter()
            .map(|spans| spans.load(Ordering::Relaxed))
            .sum()
    }
}

pub(crate) fn spans() -> Box<dyn Pipeline> {
    let totals = Arc::new(Totals::default());
    let adding = Adding(Arc::clone(&totals));
    let provider = SdkTracerProvider::builder()
        .with_span_processor(adding)
        .build();
    Box::new(Spans {
        tracer: provider.tracer("pipeline"),
        totals,
    })
}
