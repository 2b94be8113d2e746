//! What we write as JSON, read back; and what is wrong with a file that holds none.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::error::Category;
use serde_json::{Map, Value};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// A thing of ours that is kept as JSON, for the messages about a file that holds something else.
pub(crate) struct Document {
    /// What it is called.
    pub(crate) noun: &'static str,
    /// How to have it again: `capture it anew`.
    pub(crate) verb: &'static str,
    /// How it came about: `captured`.
    pub(crate) participle: &'static str,
    pub(crate) written_by: &'static str,
    /// The version of its layout.
    pub(crate) schema: u32,
}

/// Why JSON of ours could not be read or written: one line that names the file, where
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

impl JsonError {
    fn of(file: &Path, problem: String) -> JsonError {
        JsonError {
            file: Some(file.to_owned()),
            problem,
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            // Quoted where it has to be: it may hold what moves a cursor, or nothing.
            let name = file.to_string_lossy();
            if name.is_empty() || name.chars().any(char::is_control) {
                write!(f, "{name:?}: ")?;
            } else {
                write!(f, "{name}: ")?;
            }
        }
        f.write_str(&self.problem)
    }
}

impl std::error::Error for JsonError {}

/// Indented, with a line feed at its end.
pub(crate) fn to_text(value: &impl Serialize) -> String {
    // Fails only for maps whose keys are no strings, and there are no maps.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

pub(crate) fn from_text<T: DeserializeOwned>(
    text: &str,
    document: &Document,
) -> Result<T, JsonError> {
    document.parse(text).map_err(|problem| JsonError {
        file: None,
        problem,
    })
}

pub(crate) fn read<T: DeserializeOwned>(path: &Path, document: &Document) -> Result<T, JsonError> {
    let in_file = |problem| JsonError::of(path, problem);
    let bytes = fs::read(path).map_err(|e| in_file(format!("cannot be read: {e}")))?;
    let text = std::str::from_utf8(&bytes).map_err(|e| {
        let at = e.valid_up_to() + 1;
        let Document {
            noun, written_by, ..
        } = document;
        in_file(format!(
            "no {noun}: byte {at} is not UTF-8 text; {written_by}"
        ))
    })?;
    document.parse(text).map_err(in_file)
}

pub(crate) fn write(path: &Path, text: &str) -> Result<(), JsonError> {
    fs::write(path, text).map_err(|e| JsonError::of(path, format!("cannot be written: {e}")))
}

/// What we keep as JSON: a key that only it has, what it is called, what reads it.
const OURS: [[&str; 3]; 2] = [
    [
        "stages",
        "report",
        "`Report::read` and `measured show` read it",
    ],
    ["functions", "profile", "`ProfileStats::read` reads it"],
];

/// What tells ours from other JSON, and its schema from others.
#[derive(Deserialize)]
struct Head {
    schema: Option<Value>,
}

impl Document {
    fn parse<T: DeserializeOwned>(&self, text: &str) -> Result<T, String> {
        // Some editors and shells put it in front of what they write.
        let text = text.trim_start_matches('\u{feff}');
        self.value(text)
            .map_err(|problem| self.mistaken(text).unwrap_or(problem))
    }

    fn value<T: DeserializeOwned>(&self, text: &str) -> Result<T, String> {
        let Document {
            noun,
            verb,
            participle,
            written_by,
            schema: known,
        } = self;
        if text.trim().is_empty() {
            return Err(format!(
                "empty, no {noun}: did the program that writes it end before it was {participle}? {written_by}"
            ));
        }
        let head: Head = serde_json::from_str(text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            match error.classify() {
                _ if was_cut(text, &error) => {
                    format!("cut short: line {line}, column {column} is in the middle of a {noun}; write it anew")
                }
                Category::Data => self.not_ours(),
                _ => format!("no JSON: {error}; {written_by}, one to a file"),
            }
        })?;
        let remedy = match &head.schema {
            Some(Value::Number(schema)) if schema.as_u64() == Some((*known).into()) => None,
            Some(Value::Number(schema)) if schema.as_u64() > Some((*known).into()) => {
                Some((schema, "upgrade it".to_owned()))
            }
            Some(Value::Number(schema)) => Some((schema, format!("{verb} it anew"))),
            _ => return Err(self.not_ours()),
        };
        if let Some((schema, remedy)) = remedy {
            return Err(format!(
                "a {noun} of schema {schema}, and this measured {} reads schema {known}: {remedy}",
                env!("CARGO_PKG_VERSION"),
            ));
        }
        serde_json::from_str(text)
            .map_err(|error| format!("no {noun} that can be read: {error}; {written_by}"))
    }

    /// Where it is something else of ours, what that is.
    fn mistaken(&self, text: &str) -> Option<String> {
        let keys: Map<String, Value> = serde_json::from_str(text).ok()?;
        let [_, noun, read_by] = OURS.iter().find(|[key, ..]| keys.contains_key(*key))?;
        let wanted = self.noun;
        (*noun != wanted).then(|| format!("a {noun}, no {wanted}: {read_by}"))
    }

    fn not_ours(&self) -> String {
        let Document {
            noun, written_by, ..
        } = self;
        format!("JSON, but no {noun}: there is no number \"schema\" in it; {written_by}")
    }
}

/// Whether it is right up to its end; half a number is wrong there, not just cut.
fn was_cut(text: &str, error: &serde_json::Error) -> bool {
    let is_last = |line: &str| error.line() == text.lines().count() && error.column() >= line.len();
    error.is_eof()
        || error.is_syntax() && text.starts_with('{') && text.lines().last().is_some_and(is_last)
}
