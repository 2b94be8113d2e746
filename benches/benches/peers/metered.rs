//! metered's attribute on a method per stage.

use super::pipeline::{Pipeline, called};
use measured_benches::drain::For;
use measured_benches::work::{self, Average};
use metered::{HitCount, ResponseTime, metered};

#[derive(Default)]
struct Counted {
    metrics: CountedMetrics,
}

#[metered(registry = CountedMetrics)]
impl Counted {
    #[measure(HitCount)]
    fn in_range(&self, reading: f64) -> bool {
        work::in_range(reading)
    }

    #[measure(HitCount)]
    fn normalized(&self, reading: f64) -> f64 {
        work::normalized(reading)
    }

    #[measure(HitCount)]
    fn smoothed(&self, average: &mut Average, value: f64) -> f64 {
        average.of(value)
    }
}

impl Pipeline for Counted {
    fn drain(&mut self, records: u64) -> u64 {
        called(
            work::readings::<For>(records),
            |reading| self.in_range(reading),
            |reading| self.normalized(reading),
            |average, value| self.smoothed(average, value),
        )
    }

    fn observed(&mut self) -> u64 {
        let CountedMetrics {
            in_range,
            normalized,
            smoothed,
        } = &self.metrics;
        in_range.hit_count.get() + normalized.hit_count.get() + smoothed.hit_count.get()
    }
}

pub(crate) fn hit_count() -> Box<dyn Pipeline> {
    Box::new(Counted::default())
}

#[derive(Default)]
struct Timed {
    metrics: TimedMetrics,
}

#[metered(registry = TimedMetrics)]
impl Timed {
    #[measure(ResponseTime)]
    fn in_range(&self, reading: f64) -> bool {
        work::in_range(reading)
    }

    #[measure(ResponseTime)]
    fn normalized(&self, reading: f64) -> f64 {
        work::normalized(reading)
    }

    #[measure(ResponseTime)]
    fn smoothed(&self, average: &mut Average, value: f64) -> f64 {
        average.of(value)
    }
}

impl Pipeline for Timed {
    fn drain(&mut self, records: u64) -> u64 {
        called(
            work::readings::<For>(records),
            |reading| self.in_range(reading),
            |reading| self.normalized(reading),
            |average, value| self.smoothed(average, value),
        )
    }

    fn observed(&mut self) -> u64 {
        let TimedMetrics {
            in_range,
            normalized,
            smoothed,
        } = &self.metrics;
        [
            &in_range.response_time,
            &normalized.response_time,
            &smoothed.response_time,
        ]
        .map(|time| time.histogram().len())
        .iter()
        .sum()
    }
}

pub(crate) fn response_time() -> Box<dyn Pipeline> {
    Box::new(Timed::default())
}
