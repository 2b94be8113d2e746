//! Profiles as JSON.

use super::ProfileStats;
use super::layout::SCHEMA;
use crate::json::{self, Document, JsonError};
use std::path::Path;

const PROFILE: Document = Document {
    noun: "profile",
    verb: "profile",
    participle: "profiled",
    written_by: "profiles are written by `ProfileStats::write` and `ProfileStats::to_json`",
    schema: SCHEMA,
};

impl ProfileStats {
    /// As JSON, indented, with a line feed at its end.
    ///
    /// ```
    /// use measured_core::profile::{ProfileStats, Profiler, scope};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let (_, stats) = Profiler::run(|| {
    ///     scope!("once");
    /// })?;
    /// assert_eq!(ProfileStats::from_json(&stats.to_json())?, stats);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        json::to_text(self)
    }

    /// Reads what [`to_json`](ProfileStats::to_json) wrote.
    ///
    /// # Errors
    /// What is wrong, in one line.
    ///
    /// ```
    /// use measured_core::profile::ProfileStats;
    ///
    /// let error = ProfileStats::from_json("{}").unwrap_err().to_string();
    /// assert!(error.starts_with("JSON, but no profile"));
    /// ```
    pub fn from_json(text: &str) -> Result<ProfileStats, JsonError> {
        json::from_text(text, &PROFILE)
    }

    /// Reads a file that [`write`](ProfileStats::write) wrote.
    ///
    /// # Errors
    /// As [`from_json`](ProfileStats::from_json), and what the system says; both name the
    /// file.
    ///
    /// ```
    /// use measured_core::profile::ProfileStats;
    ///
    /// let error = ProfileStats::read("no/such/profile.json").unwrap_err().to_string();
    /// assert!(error.starts_with("no/such/profile.json: cannot be read: "));
    /// ```
    pub fn read(path: impl AsRef<Path>) -> Result<ProfileStats, JsonError> {
        json::read(path.as_ref(), &PROFILE)
    }

    /// Writes it to a file as [`to_json`](ProfileStats::to_json) has it, in the place of
    /// what was there.
    ///
    /// # Errors
    /// What the system says, and the file's name.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::JsonError> {
    /// use measured_core::profile::ProfileStats;
    ///
    /// let file = std::env::temp_dir().join("measured-example-profile.json");
    /// ProfileStats::default().write(&file)?;
    /// assert_eq!(ProfileStats::read(&file)?.calls(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), JsonError> {
        json::write(path.as_ref(), &self.to_json())
    }
}
