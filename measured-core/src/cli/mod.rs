//! The command line `measured`, and what other programs' command lines share with it.
//!
//! ```text
//! measured show FILE…                     what stages did and where the time went
//! measured show --dataflow FILE…          the same as starved, busy and blocked
//! measured compare BEFORE AFTER           what became faster, slower, or other than it was
//! measured what-if FILE STAGE=TIMES…      what a fix would buy
//! measured html FILE [-o FILE]             a page to look at
//! measured merge FILE… [-o FILE]          one report of several processes
//! ```
//!
//! `FILE` is a report as JSON, whatever program wrote it; `-` is standard input. It is
//! installed with `cargo install measured-core --features cli`. Where standard output is
//! closed (`>&-`) it is as if it were `/dev/null`, which Rust's runtime opens in its place.
//!
//! A program with a command line of its own, by clap, flattens [`ReportArgs`] into it
//! and has the same formats of a report, comparisons and rules:
//!
//! ```
//! use clap::Parser;
//! use measured_core::Report;
//! use measured_core::cli::{Failure, ReportArgs};
//!
//! #[derive(Parser)]
//! struct Args {
//!     #[command(flatten)]
//!     report: ReportArgs,
//! }
//!
//! fn run(args: &Args) -> Result<(), Failure> {
//!     let report = args.report.open()?; // what cannot be read or written is found out now
//!     // … the pipeline …
//!     report.write(&Report::capture())
//! }
//! # run(&Args::parse_from(["program", "--report", "none"])).unwrap();
//! ```

mod compare;
mod endpoint;
mod failure;
mod format;
mod html;
mod input;
mod judged;
mod merge;
mod output;
mod report_args;
mod show;
mod what_if;

pub use endpoint::{Endpoint, refuse_shared};
pub use failure::{Failure, tell};
pub use output::Output;
pub use report_args::{ReportArgs, ReportFormat, ReportTo};

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Shows the reports of measured pipelines, compares them, and says what a fix would buy.
#[derive(Debug, Parser)]
#[command(
    name = "measured",
    version,
    subcommand_required = true,
    arg_required_else_help = false
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What the stages did, where the time went, and who is the bottleneck
    Show(show::Args),
    /// What became faster, slower, or other than it was
    Compare(compare::Args),
    /// What it would buy if stages were faster
    WhatIf(what_if::Args),
    /// A page to look at: one file, which asks nothing of any network
    Html(html::Args),
    /// One report of several, of which each is counted once
    Merge(merge::Args),
}

impl Command {
    fn run(&self) -> Result<(), Failure> {
        match self {
            Command::Show(args) => args.run(),
            Command::Compare(args) => args.run(),
            Command::WhatIf(args) => args.run(),
            Command::Html(args) => args.run(),
            Command::Merge(args) => args.run(),
        }
    }
}

/// The program `measured`: reads the command line, does what it says, and gives the
/// exit code. 0 is fine, 1 a machine that failed, 2 something asked for that cannot be
/// had, 3 a rule that does not hold.
#[must_use]
pub fn main() -> ExitCode {
    let done = Cli::try_parse()
        .map_err(Failure::from)
        .and_then(|cli| cli.command.run());
    Failure::exit_code("measured", done)
}
