//! Reports as JSON.

use super::{Report, SCHEMA};
use crate::json::{self, Document, JsonError};
use serde::de::{Deserialize, Deserializer, Error};
use std::path::Path;

const REPORT: Document = Document {
    noun: "report",
    verb: "capture",
    participle: "captured",
    written_by: "reports are written by `Report::write` and `Report::to_json`",
    schema: SCHEMA,
};

/// A report whose figures can be those of one.
struct Sound(Report);

impl<'de> Deserialize<'de> for Sound {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Sound, D::Error> {
        let report = Report::deserialize(from)?;
        match report.flaw() {
            None => Ok(Sound(report)),
            Some(flaw) => Err(D::Error::custom(format!("{flaw}: capture it anew"))),
        }
    }
}

impl Report {
    /// As JSON, indented, with a line feed at its end. Takes time in proportion to the
    /// stages and the filled buckets of their histograms.
    ///
    /// ```
    /// use measured_core::Report;
    ///
    /// let report = Report::capture();
    /// assert_eq!(Report::from_json(&report.to_json()), Ok(report));
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        json::to_text(self)
    }

    /// Reads what [`to_json`](Report::to_json) wrote. Keys that it does not know are
    /// passed over, so that other programs may add theirs.
    ///
    /// # Errors
    /// What is wrong, in one line: no JSON at all, JSON that was cut short, JSON of
    /// something else, a report of another schema, one whose figures contradict each
    /// other.
    ///
    /// ```
    /// use measured_core::Report;
    ///
    /// let error = Report::from_json(r#"{"schema": 1, "stages": ["#).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "cut short: line 1, column 25 is in the middle of a report; write it anew",
    /// );
    /// ```
    pub fn from_json(text: &str) -> Result<Report, JsonError> {
        json::from_text(text, &REPORT).map(|Sound(report)| report)
    }

    /// Reads a file that [`write`](Report::write) wrote.
    ///
    /// # Errors
    /// As [`from_json`](Report::from_json), and what the system says; both name the file.
    ///
    /// ```
    /// use measured_core::Report;
    ///
    /// let error = Report::read("no/such/report.json").unwrap_err().to_string();
    /// assert!(error.starts_with("no/such/report.json: cannot be read: "));
    /// ```
    pub fn read(path: impl AsRef<Path>) -> Result<Report, JsonError> {
        json::read(path.as_ref(), &REPORT).map(|Sound(report)| report)
    }

    /// Writes it to a file as [`to_json`](Report::to_json) has it, in the place of
    /// what was there.
    ///
    /// # Errors
    /// What the system says, and the file's name.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::JsonError> {
    /// use measured_core::Report;
    ///
    /// let file = std::env::temp_dir().join("measured-example.json");
    /// Report::capture().write(&file)?;
    /// assert_eq!(Report::read(&file)?.schema, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), JsonError> {
        json::write(path.as_ref(), &self.to_json())
    }
}
