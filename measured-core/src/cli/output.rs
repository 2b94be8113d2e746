//! Where a result goes, and the formats that it can have there.

use super::{Endpoint, Failure};
use crate::grid::Table;
use std::fs::File;
use std::io::{self, Write};

/// A stream or a file that has been opened, and its name for messages.
///
/// It is opened before there is anything to write: after an hour it would be late to
/// learn that it cannot be written.
///
/// ```
/// use measured_core::Report;
/// use measured_core::cli::{Endpoint, Output};
///
/// let mut output = Output::to(&Endpoint::Standard)?;
/// output.table(Report::capture().table())?;
/// # Ok::<(), measured_core::cli::Failure>(())
/// ```
#[derive(Debug)]
pub struct Output {
    name: String,
    to: Sink,
}

#[derive(Debug)]
enum Sink {
    Standard(io::Stdout),
    Error(io::Stderr),
    File(File),
}

impl Output {
    /// Standard output, or a file, which is emptied if it was there.
    ///
    /// # Errors
    /// [`Failure::Usage`] where the file cannot be created.
    ///
    /// ```
    /// use measured_core::cli::{Endpoint, Output};
    ///
    /// let nowhere = Endpoint::File("no/such/folder/profile.json".into());
    /// assert!(Output::to(&nowhere).is_err());
    /// ```
    pub fn to(endpoint: &Endpoint) -> Result<Output, Failure> {
        let to = match endpoint {
            Endpoint::Standard => Sink::Standard(io::stdout()),
            Endpoint::File(path) => Sink::File(File::create(path).map_err(|error| {
                Failure::Usage(format!("cannot write {}: {error}", endpoint.output_name()))
            })?),
        };
        Ok(Output {
            name: endpoint.output_name(),
            to,
        })
    }

    /// Standard output.
    ///
    /// ```
    /// measured_core::cli::Output::standard().text("three stages\n")?;
    /// # Ok::<(), measured_core::cli::Failure>(())
    /// ```
    #[must_use]
    pub fn standard() -> Output {
        Output {
            name: Endpoint::Standard.output_name(),
            to: Sink::Standard(io::stdout()),
        }
    }

    pub(super) fn error() -> Output {
        Output {
            name: "standard error".to_owned(),
            to: Sink::Error(io::stderr()),
        }
    }

    /// Writes a table, as wide and as colourful as it can be there.
    ///
    /// # Errors
    /// [`Failure::ClosedPipe`] where nobody reads it, [`Failure::Data`] where it cannot be
    /// written.
    ///
    /// ```
    /// use measured_core::{Report, cli::Output};
    ///
    /// Output::standard().table(Report::capture().table())?;
    /// # Ok::<(), measured_core::cli::Failure>(())
    /// ```
    pub fn table(&mut self, table: Table) -> Result<(), Failure> {
        let fitted = match &self.to {
            Sink::Standard(stream) => table.fitted_to(stream),
            Sink::Error(stream) => table.fitted_to(stream),
            Sink::File(file) => table.fitted_to(file),
        };
        self.text(&fitted.to_string())
    }

    /// Writes text as it is.
    ///
    /// # Errors
    /// As [`table`](Output::table).
    ///
    /// ```
    /// measured_core::cli::Output::standard().text("three stages\n")?;
    /// # Ok::<(), measured_core::cli::Failure>(())
    /// ```
    pub fn text(&mut self, text: &str) -> Result<(), Failure> {
        self.write_all(text.as_bytes())
            .and_then(|()| self.flush())
            .map_err(|error| Failure::writing(&self.name, &error))
    }

    fn stream(&mut self) -> &mut dyn Write {
        match &mut self.to {
            Sink::Standard(stream) => stream,
            Sink::Error(stream) => stream,
            Sink::File(file) => file,
        }
    }
}

/// For what is written piece by piece; not buffered, but for the lines of standard output.
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream().flush()
    }
}
