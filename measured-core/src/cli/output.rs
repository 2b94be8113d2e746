//! Where a result goes, and the forms that it can have there.

use super::endpoint::create;
use super::{Endpoint, Failure};
use crate::grid::Table;
use std::fs::File;
use std::io::{self, Write};

/// A stream or a file, opened before there is anything to write: after an hour it would
/// be late to learn that it cannot be written.
pub(super) struct Output {
    name: String,
    to: Sink,
}

enum Sink {
    Standard(io::Stdout),
    Error(io::Stderr),
    File(File),
}

impl Output {
    pub(super) fn standard() -> Output {
        Output {
            name: "standard output".to_owned(),
            to: Sink::Standard(io::stdout()),
        }
    }

    pub(super) fn error() -> Output {
        Output {
            name: "standard error".to_owned(),
            to: Sink::Error(io::stderr()),
        }
    }

    pub(super) fn to(endpoint: &Endpoint) -> Result<Output, Failure> {
        match endpoint {
            Endpoint::Standard => Ok(Output::standard()),
            Endpoint::File(path) => Ok(Output {
                name: endpoint.as_output(),
                to: Sink::File(create(path)?),
            }),
        }
    }

    /// A table, as wide and as colourful as it can be there.
    pub(super) fn table(&mut self, table: Table) -> Result<(), Failure> {
        let fitted = match &self.to {
            Sink::Standard(stream) => table.fitted_to(stream),
            Sink::Error(stream) => table.fitted_to(stream),
            Sink::File(file) => table.fitted_to(file),
        };
        self.text(&fitted.to_string())
    }

    pub(super) fn text(&mut self, text: &str) -> Result<(), Failure> {
        let to: &mut dyn Write = match &mut self.to {
            Sink::Standard(stream) => stream,
            Sink::Error(stream) => stream,
            Sink::File(file) => file,
        };
        to.write_all(text.as_bytes())
            .and_then(|()| to.flush())
            .map_err(|error| Failure::writing(&self.name, &error))
    }
}
