//! hotpath's attribute, timing every call.

use std::path::PathBuf;
use std::{env, fs, process};

use hotpath::{Format, HotpathGuard, HotpathGuardBuilder};
use serde_json::Value;

use super::Profiled;
use super::tree::tree;

tree!([hotpath::measure]);

/// The row of the report that is not of the tree.
const CALLER: &str = "tree";

struct Reported {
    guard: Option<HotpathGuard>,
    report: PathBuf,
}

pub(crate) fn open() -> Box<dyn Profiled> {
    let report = env::temp_dir().join(format!("hotpath-{}.json", process::id()));
    let guard = HotpathGuardBuilder::new(CALLER)
        .format(Format::Json)
        .output_path(&report)
        .build();
    Box::new(Reported {
        guard: Some(guard),
        report,
    })
}

impl Profiled for Reported {
    fn calls(&mut self, branches: u64) -> u64 {
        root(branches)
    }

    /// hotpath tells its counts in the report that it writes when its guard is dropped.
    fn seen(&mut self) -> u64 {
        drop(self.guard.take());
        let report = fs::read(&self.report).expect("hotpath wrote its report");
        fs::remove_file(&self.report).expect("and nobody else wants it");
        let report: Value = serde_json::from_slice(&report).expect("in JSON, as asked");
        let functions = report["functions_timing"]["data"]
            .as_array()
            .expect("with functions");
        let tree = functions
            .iter()
            .filter(|function| function["name"] != CALLER);
        tree.filter_map(|function| function["calls"].as_u64()).sum()
    }
}
