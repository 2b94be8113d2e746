//! hotpath's attribute on a function per stage, timing every call or one in a hundred.

use std::path::PathBuf;
use std::{env, fs, process};

use hotpath::{Format, HotpathGuard, HotpathGuardBuilder};
use measured_benches::drain::For;
use measured_benches::work::{self, Average};
use serde_json::Value;

use super::pipeline::{Pipeline, called};

/// The row of the report that is not a stage.
const CALLER: &str = "pipeline";

#[hotpath::measure]
fn in_range(reading: f64) -> bool {
    work::in_range(reading)
}

#[hotpath::measure]
fn normalized(reading: f64) -> f64 {
    work::normalized(reading)
}

#[hotpath::measure]
fn smoothed(average: &mut Average, value: f64) -> f64 {
    average.of(value)
}

struct Profiled {
    guard: Option<HotpathGuard>,
    report: PathBuf,
}

impl Pipeline for Profiled {
    fn drain(&mut self, records: u64) -> u64 {
        called(
            work::readings::<For>(records),
            in_range,
            normalized,
            smoothed,
        )
    }

    /// hotpath tells its counts in the report that it writes when its guard is dropped.
    fn observed(&mut self) -> u64 {
        drop(self.guard.take());
        let report = fs::read(&self.report).expect("hotpath wrote its report");
        fs::remove_file(&self.report).expect("and nobody else wants it");
        let report: Value = serde_json::from_slice(&report).expect("in JSON, as asked");
        let functions = report["functions_timing"]["data"]
            .as_array()
            .expect("with functions");
        let stages = functions
            .iter()
            .filter(|function| function["name"] != CALLER);
        stages
            .filter_map(|function| function["calls"].as_u64())
            .sum()
    }
}

fn open(share: f64) -> Box<dyn Pipeline> {
    let report = env::temp_dir().join(format!("hotpath-{}.json", process::id()));
    let guard = HotpathGuardBuilder::new(CALLER)
        .time_sampling_rate(share)
        .format(Format::Json)
        .output_path(&report)
        .build();
    Box::new(Profiled {
        guard: Some(guard),
        report,
    })
}

pub(crate) fn every_call() -> Box<dyn Pipeline> {
    open(1.0)
}

pub(crate) fn one_in_hundred() -> Box<dyn Pipeline> {
    open(0.01)
}
