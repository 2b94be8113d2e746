//! Every shape of function that the attribute accepts, run, and its counts compared. Without the feature
//! `enable` there are none, but what the functions return is the same.

mod batches;
mod blocks;
mod disguised;
mod functions;
mod inputs;
mod lints;
mod options;
mod outputs;
mod parameters;
mod profiled;
mod reported;

use measured_core::Registry;

/// Runs something in a registry of its own, and expects that many records in and out of the one stage.
#[track_caller]
fn expect<R>(stage: &str, records: (u64, u64), run: impl FnOnce() -> R) -> R {
    let registry = Registry::new();
    let result = registry.scope(run);
    if !cfg!(feature = "enable") {
        return result;
    }
    let report = registry.capture();
    let stage = report
        .stage(stage)
        .unwrap_or_else(|| panic!("no stage `{stage}` in {report:?}"));
    assert_eq!(
        (stage.records_in, stage.records_out),
        records,
        "records in and out of `{}`",
        stage.name
    );
    result
}
