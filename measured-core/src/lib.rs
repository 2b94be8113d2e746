//! Per-stage records, throughput and time of iterator pipelines: which stage spends the
//! time, and what making it faster would buy.
//!
//! ```
//! use measured_core::{Report, measured_stage};
//!
//! #[measured_stage("valid")]
//! fn valid(readings: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
//!     readings.filter(|celsius| (-50.0..60.0).contains(celsius))
//! }
//!
//! let readings = [21.5, -999.0, 22.4];
//! assert_eq!(valid(readings.into_iter()).count(), 2);
//! println!("{}", Report::capture());
//! ```
//!
//! The attribute leaves the function, its callers and what it yields as they are.
//! From then on [`Report::capture`] knows, for every stage, the records in and out,
//! how long it worked itself, how long it waited for its input and how long its
//! output kept it waiting, the distribution of its latency, and how it ended. Of a
//! pipeline of two stages (`cargo run --release -p measured-core --example ten_lines`):
//!
//! ```text
//! hottest: 21.87
//! stage                   in      out     kept       self        share  ns/record
//! -------------------------------------------------------------------------------
//! parse              200,000  150,000   75.0 %    3.11 ms   6.6 % ±5.0       15.5
//! smooth             150,000  150,000  100.0 %   43.01 ms  91.5 % ±4.5      286.8
//! -------------------------------------------------------------------------------
//! (source)                                      241.73 µs        0.5 %
//! (sink)                                        300.23 µs        0.6 %
//! (instrumentation)                             366.95 µs        0.8 %
//! (unattributed)                                     0 ns        0.0 %
//!
//! Bottleneck: smooth, 91.5 % ±4.5 of the wall; the next is parse with 6.6 % ±5.0.
//! Twice as fast, it saves 45.7 % of the time (+84.3 % throughput); no fix saves
//! more than 91.5 % (+1,071.4 % throughput).
//! wall 47.03 ms, one pull in 153 timed (tsc), measuring took 0.8 % of it
//! ```
//!
//! Go on with [Getting started](guide::getting_started), or with any other of the [guides](guide).
//!
//! # Where to look
//!
//! | to measure | |
//! |---|---|
//! | [`measured_stage`], [`measured_stages`], [`not_measured`] | the attributes; all shapes in [Putting it on your functions](guide::attribute) |
//! | [`Measured`] | `.measured("name")`, for a part of a chain that is no function |
//! | [`Timing`], [`Budget`], [`set_timing`] | how closely to look: `off`, `counts`, `sampled`, `every` |
//! | [`Registry`] | a part of the program, or one test, on its own |
//! | [`Clock`], [`MockClock`] | where time comes from; time by hand, for tests |
//!
//! | to read | |
//! |---|---|
//! | [`Report`], [`StageReport`] | what came of it; every figure in [What the numbers mean](guide::what_the_numbers_mean) |
//! | [`Table`] | a report as text: in colour, in another width, in Markdown |
//! | [`Periodic`], [`report_on_drop`], [`Skew`] | at intervals, at the end of a scope, of several processes: [More than one report](guide::more_than_one_report) |
//! | [`StageMetrics`], [`MetricsCollector`], [`Histogram`], [`Latency`] | what reports are made of |
//!
//! | to decide | |
//! |---|---|
//! | [`WhatIf`], [`FilterCost`] | what a fix would buy, and in which order to filter: [What a fix would buy](guide::what_if) |
//! | [`Comparison`], [`Rule`] | what a fix has bought, and rules for machines: [More than one report](guide::more_than_one_report) |
//!
//! | to look inside a stage | |
//! |---|---|
//! | [`profiled`], [`profile`] | which function, and through whom (feature `profile`): [Profiling](guide::profiling) |
//! | `memory`, `assert_no_alloc!` | who holds memory and who keeps asking for it (feature `alloc`): [Memory](guide::memory) |
//!
//! # Features
//!
//! - `enable` (on by default): there is something to measure with. Without it the
//!   attributes emit the function as it is, the types have the same face and
//!   nothing behind it, and there is no dependency but the macro. Libraries depend on
//!   this crate with `default-features = false`; the application turns it on.
//! - `serde`: [`Report`] can be serialised and deserialised.
//! - `html`: reports are written as a page, [`Report::to_html`](Report).
//! - `json`: reports are written and read as JSON, [`Report::to_json`](Report) and the like.
//! - `auto-register`: stages that nothing calls are in the report of the process
//!   ([how](guide::attribute)).
//! - `cli`: the program `measured`, which shows them, and what a program with a command
//!   line of its own shares with it.
//! - `profile`: the [`profile`]r. Without it [`profiled`] and `scope!` are nothing.
//! - `alloc`: the allocation profiler, `memory`, and `assert_no_alloc!`. It brings the crate
//!   backtrace, and an allocator that is yours to install.
//! - `flamegraph`: a profile as a flame graph, drawn by inferno, which is under the CDDL.
//!
//! # Cost
//!
//! By default counts are exact and one pull in N is timed, N from a budget of 1 % of
//! the time. Each record costs a check per stage, a stage at most 4 KiB, a run at most
//! 512 bytes, whatever the number of records. [What measuring costs](guide::costs) has
//! the figures, each table under the command that made it.
//!
//! Rust 1.85 or later, on targets with atomics of 64 bits and a clock: on
//! `wasm32-unknown-unknown` [`std::time::Instant`] panics, and so would the first stage
//! that is measured.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(feature = "enable"),
    allow(
        dead_code,
        reason = "what nothing is measured with when nothing is measured"
    )
)]

mod allocations;
#[cfg(feature = "alloc")]
mod assert_no_alloc;
#[cfg(feature = "cli")]
pub mod cli;
mod clock;
mod collector;
mod figures;
#[cfg(any(feature = "profile", feature = "alloc"))]
mod function;
mod grid;
pub mod guide;
mod histogram;
#[cfg(feature = "json")]
mod json;
mod mark;
#[cfg(feature = "alloc")]
pub mod memory;
#[cfg(all(feature = "profile", not(feature = "alloc")))]
#[path = "memory/off.rs"]
mod memory;
mod metrics;
#[cfg(feature = "enable")]
#[doc(hidden)]
pub mod private;
#[cfg(feature = "profile")]
pub mod profile;
#[cfg(not(feature = "profile"))]
#[path = "profile/off.rs"]
pub mod profile;
#[cfg(feature = "enable")]
mod registry;
#[cfg(not(feature = "enable"))]
#[path = "registry/off.rs"]
mod registry;
mod report;
#[cfg(any(feature = "profile", feature = "alloc"))]
mod running;
mod scope;
mod single_writer;
mod site_id;
#[cfg(feature = "enable")]
mod stage;
mod timing;
#[cfg(all(feature = "enable", not(any(feature = "profile", feature = "alloc"))))]
#[path = "watch/off.rs"]
mod watch;
#[cfg(any(feature = "profile", feature = "alloc"))]
mod watch;
mod xorshift;

pub use allocations::StageAllocations;
pub use clock::{Clock, MockClock};
pub use collector::MetricsCollector;
pub use grid::Table;
pub use histogram::{Histogram, Latency};
#[cfg(feature = "json")]
pub use json::JsonError;
pub use mark::{Marked, Measured};
pub use metrics::StageMetrics;
pub use registry::{Registry, set_timing};
pub use report::{
    AllocationsPerRecord, Change, Comparison, Difference, FilterCost, LatencyBucket, LatencyReport,
    MergeError, NoSuchStage, Origin, Periodic, PeriodicThread, Report, ReportOnDrop, Rule,
    RuleError, SinceError, Skew, Spread, StageComparison, StageReport, StageSkew, TimingMode,
    TimingReport, Verdict, Violation, WhatIf, WhatIfError, report_on_drop,
};
pub use timing::{Budget, Timing, TimingError};

pub use measured_macros::{measured_stage, measured_stages, not_measured, profiled};
