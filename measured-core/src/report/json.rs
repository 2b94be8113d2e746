//! Reports as JSON, and what is wrong with a file that holds none.

use super::{Report, SCHEMA};
use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

impl Report {
    /// As JSON, indented, with a line feed at its end.
    ///
    /// ```
    /// use measured_core::Report;
    ///
    /// let report = Report::capture();
    /// assert_eq!(Report::from_json(&report.to_json()), Ok(report));
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        // Fails only for maps whose keys are no strings, and there are no maps.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Reads what [`to_json`](Report::to_json) wrote. Keys that it does not know are
    /// passed over, so that other programs may add theirs.
    ///
    /// # Errors
    /// What is wrong, in one line: no JSON at all, JSON that was cut short, JSON of
    /// something else, a report of another schema.
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
        parse(text).map_err(|problem| JsonError {
            file: None,
            problem,
        })
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
        let path = path.as_ref();
        let in_file = |problem| JsonError {
            file: Some(path.to_owned()),
            problem,
        };
        let bytes = fs::read(path).map_err(|e| in_file(format!("cannot be read: {e}")))?;
        let text = std::str::from_utf8(&bytes).map_err(|e| {
            let at = e.valid_up_to() + 1;
            in_file(format!(
                "no report: byte {at} is not UTF-8 text; {WRITTEN_BY}"
            ))
        })?;
        parse(text).map_err(in_file)
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
        let path = path.as_ref();
        fs::write(path, self.to_json()).map_err(|e| JsonError {
            file: Some(path.to_owned()),
            problem: format!("cannot be written: {e}"),
        })
    }
}

/// Why a report could not be read or written: one line that names the file, where
/// there is one, the place in it and what to do.
///
/// ```
/// let error = measured_core::Report::from_json("").unwrap_err();
/// assert!(error.to_string().starts_with("empty, no report"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    file: Option<PathBuf>,
    problem: String,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            // Quoted where it has to be, as it may hold what moves a cursor.
            let name = file.to_string_lossy();
            if name.chars().any(char::is_control) {
                write!(f, "{name:?}: ")?;
            } else {
                write!(f, "{name}: ")?;
            }
        }
        f.write_str(&self.problem)
    }
}

impl std::error::Error for JsonError {}

const WRITTEN_BY: &str = "reports are written by `Report::write` and `Report::to_json`";

/// What tells a report from other JSON, and its schema from others.
#[derive(Deserialize)]
struct Head {
    schema: Option<Value>,
}

fn parse(text: &str) -> Result<Report, String> {
    // Some editors and shells put it in front of what they write.
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(format!(
            "empty, no report: did the program that writes it end before it was captured? {WRITTEN_BY}"
        ));
    }
    let head: Head = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        match error.classify() {
            _ if was_cut(text, &error) => {
                format!("cut short: line {line}, column {column} is in the middle of a report; write it anew")
            }
            Category::Data => not_ours(),
            _ => format!("no JSON: {error}; {WRITTEN_BY}, one to a file"),
        }
    })?;
    match head.schema {
        Some(Value::Number(schema)) if schema.as_u64() == Some(SCHEMA.into()) => {}
        Some(Value::Number(schema)) if schema.as_u64() > Some(SCHEMA.into()) => {
            return Err(format!(
                "a report of schema {schema}, and this measured {} reads schema {SCHEMA}: upgrade it",
                env!("CARGO_PKG_VERSION"),
            ));
        }
        Some(Value::Number(schema)) => {
            return Err(format!(
                "a report of schema {schema}, and this measured {} reads schema {SCHEMA}: capture it anew",
                env!("CARGO_PKG_VERSION"),
            ));
        }
        _ => return Err(not_ours()),
    }
    serde_json::from_str(text)
        .map_err(|error| format!("no report that can be read: {error}; {WRITTEN_BY}"))
}

/// Whether it is right up to its end; half a number is wrong there, not just cut.
fn was_cut(text: &str, error: &serde_json::Error) -> bool {
    let is_last = |line: &str| error.line() == text.lines().count() && error.column() >= line.len();
    error.is_eof()
        || error.is_syntax() && text.starts_with('{') && text.lines().last().is_some_and(is_last)
}

fn not_ours() -> String {
    format!("JSON, but no report: there is no number \"schema\" in it; {WRITTEN_BY}")
}
