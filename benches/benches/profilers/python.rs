//! Python's cProfile, where there is a `python3`.

use super::CALLS;
use serde::Deserialize;
use std::error::Error;
use std::io::ErrorKind;
use std::process::Command;

/// What `cprofile.py` prints: seconds, and how many calls cProfile saw.
#[derive(Deserialize)]
pub(crate) struct Run {
    pub(crate) version: String,
    pub(crate) bare: f64,
    pub(crate) profiled: f64,
    calls: f64,
}

/// The tree of calls, in nanoseconds per call.
pub(crate) struct Calls {
    pub(crate) version: String,
    pub(crate) bare: f64,
    pub(crate) profiled: f64,
    pub(crate) seen: f64,
}

pub(crate) fn calls(branches: u64) -> Result<Option<Calls>, Box<dyn Error>> {
    let calls = (CALLS * branches) as f64;
    Ok(run("calls", branches)?.map(|run| Calls {
        version: run.version,
        bare: 1e9 * run.bare / calls,
        profiled: 1e9 * run.profiled / calls,
        // The root, and the call that stops it, are cProfile's alone.
        seen: (run.calls - 2.0) / calls,
    }))
}

/// The lecture's pipeline.
pub(crate) fn pipeline(records: u64) -> Result<Option<Run>, Box<dyn Error>> {
    run("pipeline", records)
}

fn run(what: &str, count: u64) -> Result<Option<Run>, Box<dyn Error>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/python/cprofile.py");
    let output = match Command::new("python3")
        .args([script, what, &count.to_string()])
        .output()
    {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        output => output?,
    };
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{script} failed, {}: {errors}", output.status).into());
    }
    Ok(Some(serde_json::from_slice(&output.stdout)?))
}
