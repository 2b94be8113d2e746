//! The options, their defaults, and what they may be.

use super::whole::whole;
use clap::{Args, Parser, Subcommand, ValueEnum};
use measured_core::Timing;
use measured_core::cli::{Endpoint, Failure, ReportArgs, refuse_shared};
use measured_core::profile::SortBy;
use sensor_pipeline::{ColumnNames, Method, Range, Settings};
use std::iter;
use std::num::NonZeroUsize;

/// A window of a million readings for each sensor is 24 MB.
const LONGEST_WINDOW: usize = 1_000_000;

/// Sensor readings parsed, filtered, normalised, given the mean and variance of their window,
/// and written: five stages, every one of them measured.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: RunArgs,
}

impl Cli {
    /// What is to be done: `run`, where nothing is named.
    pub(crate) fn command(self) -> Command {
        self.command.unwrap_or(Command::Run(self.run))
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the pipeline, and say where the time went (the default)
    Run(RunArgs),
    /// Run it, and say which function was expensive, and through whom
    #[command(mut_arg("report", |report| report.default_value("none")))]
    Profile(ProfileArgs),
    /// Run it, and say what each stage allocated and held
    #[command(mut_arg("report", |report| report.default_value("none")))]
    Memory(MemoryArgs),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct RunArgs {
    /// CSV with a header; without it, readings are generated
    #[arg(long, value_name = "FILE|-")]
    pub(crate) input: Option<Endpoint>,

    /// Where to write the readings as CSV; without it, they are not written
    #[arg(long, value_name = "FILE|-")]
    pub(crate) output: Option<Endpoint>,

    /// How many readings to generate
    #[arg(
        long,
        value_name = "N",
        default_value_t = 50_000,
        conflicts_with = "input",
        value_parser = whole::<u64, _>(1..),
        allow_negative_numbers = true
    )]
    pub(crate) records: u64,

    /// What to generate them from: the same seed gives the same readings
    #[arg(
        long,
        value_name = "N",
        default_value_t = 37,
        conflicts_with = "input",
        value_parser = whole::<u64, _>(0..),
        allow_negative_numbers = true
    )]
    pub(crate) seed: u64,

    /// Generate no missing values and no spikes
    #[arg(long, conflicts_with = "input")]
    pub(crate) clean: bool,

    /// The column of the time
    #[arg(
        long,
        value_name = "NAME",
        default_value = "timestamp",
        requires = "input"
    )]
    time_column: String,

    /// The column of the value
    #[arg(long, value_name = "NAME", default_value = "value", requires = "input")]
    value_column: String,

    /// The column of the sensor's name [default: sensor, if there is one]
    #[arg(long, value_name = "NAME", requires = "input")]
    sensor_column: Option<String>,

    /// The values to keep, and what becomes 0 and 1
    #[arg(
        long,
        value_name = "LO:HI",
        default_value = "0:100",
        allow_hyphen_values = true
    )]
    range: Range,

    /// How many readings of its sensor a reading's mean and variance are of
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        value_parser = whole::<usize, _>(1..=LONGEST_WINDOW),
        allow_negative_numbers = true
    )]
    window: usize,

    /// How to compute them: in a few operations, or summing the window for every reading
    #[arg(long, value_name = "HOW", default_value = "running")]
    features: Features,

    /// How much of the pipeline to time: off, counts, sampled, every, budget=2% for what sampling may
    /// cost, or one-in=1024 [default: sampled, or what MEASURED says]
    #[arg(long, value_name = "HOW")]
    pub(crate) timing: Option<Timing>,

    #[command(flatten)]
    pub(crate) report: ReportArgs,

    /// Where to copy rows that cannot be read
    #[arg(long, value_name = "FILE|-")]
    pub(crate) rejects: Option<Endpoint>,

    /// Stop at the first row that cannot be read
    #[arg(long)]
    pub(crate) strict: bool,

    /// Whether to show progress on standard error; auto: on a terminal
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) progress: ShowProgress,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ProfileArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,

    /// By what to order functions
    #[arg(long, value_name = "WHAT", default_value = "cumulative")]
    sort: Sort,

    /// How many functions to show
    #[arg(
        long,
        value_name = "N",
        default_value_t = 8,
        value_parser = whole::<usize, _>(0..),
        allow_negative_numbers = true
    )]
    pub(crate) top: usize,

    /// Where to write a flame graph, as SVG
    #[arg(long, value_name = "FILE")]
    pub(crate) flamegraph: Option<Endpoint>,

    /// Where to write the profile for <https://www.speedscope.app>
    #[arg(long, value_name = "FILE")]
    pub(crate) speedscope: Option<Endpoint>,

    /// Where to write the profile as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<Endpoint>,
}

impl ProfileArgs {
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.run.check(&[
            ("the profile", Some(&Endpoint::Standard)),
            ("--flamegraph", self.flamegraph.as_ref()),
            ("--speedscope", self.speedscope.as_ref()),
            ("--json", self.json.as_ref()),
        ])
    }

    pub(crate) fn sort(&self) -> SortBy {
        match self.sort {
            Sort::Cumulative => SortBy::Cumulative,
            Sort::Total => SortBy::Total,
            Sort::Calls => SortBy::Calls,
            Sort::Name => SortBy::Name,
        }
    }
}

#[derive(Clone, Debug, Args)]
pub(crate) struct MemoryArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,

    /// How many stages to show
    #[arg(
        long,
        value_name = "N",
        default_value_t = 8,
        value_parser = whole::<usize, _>(0..),
        allow_negative_numbers = true
    )]
    pub(crate) top: usize,

    /// Where to write all of it as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<Endpoint>,
}

impl MemoryArgs {
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.run.check(&[
            ("--json", self.json.as_ref()),
            ("the tables", Some(&Endpoint::Standard)),
        ])
    }
}

impl RunArgs {
    /// Refuses what no single option can know to be absurd, with what else is written.
    pub(crate) fn check(&self, more: &[(&str, Option<&Endpoint>)]) -> Result<(), Failure> {
        let compared = self
            .report
            .compare
            .iter()
            .map(|file| ("--compare", Some(file)));
        let inputs: Vec<_> = iter::once(("--input", self.input.as_ref()))
            .chain(compared)
            .collect();
        let outputs = [
            ("--output", self.output.as_ref()),
            ("--rejects", self.rejects.as_ref()),
            ("--report-file", self.report.file.as_ref()),
        ];
        let outputs = [&outputs[..], more].concat();
        refuse_shared(&inputs, &outputs)
    }

    pub(crate) fn columns(&self) -> ColumnNames {
        ColumnNames {
            time: self.time_column.clone(),
            value: self.value_column.clone(),
            sensor: self.sensor_column.clone(),
        }
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            range: self.range,
            window: NonZeroUsize::new(self.window)
                .expect("from 1 to LONGEST_WINDOW, says its parser"),
            method: match self.features {
                Features::Running => Method::Running,
                Features::Naive => Method::Naive,
            },
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Features {
    Running,
    Naive,
}

/// By what functions are ordered.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Sort {
    /// The time in it and in all that it called
    Cumulative,
    /// The time in itself
    Total,
    /// How often it was called
    Calls,
    /// Its name
    Name,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowProgress {
    Auto,
    Always,
    Never,
}
