//! hotpath at work. It tells its counts in the report that it writes when its guard is dropped.

use hotpath::{Format, HotpathGuard, HotpathGuardBuilder};
use serde_json::Value;
use std::path::PathBuf;
use std::{env, fs, process};

/// The row of the report that is not of a function.
const CALLER: &str = "caller";

/// A guard, and where it will write.
pub struct Reporting {
    guard: Option<HotpathGuard>,
    report: PathBuf,
}

impl Reporting {
    /// Watches from here on, and times this share of the calls.
    #[must_use]
    pub fn of_calls(share: f64) -> Reporting {
        let report = env::temp_dir().join(format!("hotpath-{}.json", process::id()));
        let guard = HotpathGuardBuilder::new(CALLER)
            .time_sampling_rate(share)
            .format(Format::Json)
            .output_path(&report)
            .build();
        Reporting {
            guard: Some(guard),
            report,
        }
    }

    /// Ends it, and says how many calls it saw.
    ///
    /// # Panics
    ///
    /// When hotpath wrote no report, or one of another layout.
    pub fn calls(&mut self) -> u64 {
        drop(self.guard.take());
        let report = fs::read(&self.report).expect("hotpath wrote its report");
        fs::remove_file(&self.report).expect("and nobody else wants it");
        let report: Value = serde_json::from_slice(&report).expect("in JSON, as asked");
        let functions = report["functions_timing"]["data"]
            .as_array()
            .expect("with functions");
        functions
            .iter()
            .filter(|function| function["name"] != CALLER)
            .filter_map(|function| function["calls"].as_u64())
            .sum()
    }
}
