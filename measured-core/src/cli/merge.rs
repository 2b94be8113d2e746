//! `measured merge`.

use super::format::Format;
use super::output::Output;
use super::{Endpoint, Failure, input};
use crate::report::Report;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Reports as JSON, of one process or of several; one that comes twice is counted once
    #[arg(value_name = "FILE|-", required = true)]
    files: Vec<Endpoint>,

    /// Where to write the merged report as JSON; it may be one of the files
    #[arg(short, long, value_name = "FILE|-", default_value = "-")]
    output: Endpoint,
}

impl Args {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let merged = Report::merge(input::reports(&self.files)?)
            .map_err(|error| Failure::Usage(error.to_string()))?;
        Format::Json.write(&merged, &mut Output::to(&self.output)?)
    }
}
