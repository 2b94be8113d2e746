//! Where the time went: the report of the run.

use std::io::{self, Write};

use measured_core::Report;

use super::args::{ReportAs, RunArgs};
use super::failure::Failure;

/// Where the report goes, opened before the run: after an hour it would be late to learn that it
/// cannot be written.
pub(crate) struct ReportTo {
    form: ReportAs,
    name: String,
    to: Box<dyn Write>,
}

impl ReportTo {
    pub(crate) fn open(args: &RunArgs) -> Result<Self, Failure> {
        let (name, to): (_, Box<dyn Write>) = match &args.report_file {
            Some(file) => (file.as_output(), file.create()?),
            None => ("standard error".to_owned(), Box::new(io::stderr())),
        };
        Ok(Self {
            form: args.report,
            name,
            to,
        })
    }

    pub(crate) fn write(mut self) -> Result<(), Failure> {
        let written = match self.form {
            ReportAs::Table => write!(self.to, "{}", Report::capture()),
            ReportAs::Json => serde_json::to_writer_pretty(&mut self.to, &Report::capture())
                .map_err(io::Error::from)
                .and_then(|()| writeln!(self.to)),
            ReportAs::None => Ok(()),
        };
        written
            .and_then(|()| self.to.flush())
            .map_err(|error| Failure::writing(&self.name, &error))
    }
}
