//! Profiles as JSON.

use super::stats::{Calls, Place, ProfileStats};
use crate::json::{self, JsonError, Kind};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::Path;

const PROFILE: Kind = Kind {
    noun: "profile",
    verb: "profile",
    written_by: "profiles are written by `ProfileStats::write` and `ProfileStats::to_json`",
    schema: SCHEMA,
};

/// The version of the layout.
const SCHEMA: u32 = 1;

/// The layout.
#[derive(Serialize, Deserialize)]
struct Layout {
    schema: u32,
    wall_ns: u64,
    threads: u64,
    instrumentation_ns: u64,
    unplaced_calls: u64,
    functions: Vec<Function>,
    calls: Vec<Call>,
}

/// The figures are for other programs: we read the calls, which they are made of.
#[derive(Serialize, Deserialize)]
struct Function {
    name: String,
    module: String,
    file: String,
    line: u32,
    #[serde(skip_deserializing)]
    calls: u64,
    #[serde(skip_deserializing)]
    primitive_calls: u64,
    #[serde(skip_deserializing)]
    self_ns: u64,
    #[serde(skip_deserializing)]
    cumulative_ns: u64,
}

/// A function as called by one way: its number among the functions, and that of its
/// caller among the calls before it.
#[derive(Serialize, Deserialize)]
struct Call {
    function: usize,
    parent: Option<usize>,
    calls: u64,
    #[serde(default)]
    recursive_calls: u64,
    self_ns: u64,
}

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
        json::to_text(&Layout::of(self))
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

impl<'de> Deserialize<'de> for ProfileStats {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<ProfileStats, D::Error> {
        let layout = Layout::deserialize(from)?;
        layout.stats().map_err(serde::de::Error::custom)
    }
}

impl Layout {
    fn of(stats: &ProfileStats) -> Layout {
        let figures: HashMap<Place, _> = stats
            .functions()
            .into_iter()
            .map(|function| (Place::of(&function), function))
            .collect();
        let functions = stats.functions.iter().map(|place| {
            let figures = &figures[place];
            Function {
                name: place.name.clone(),
                module: place.module.clone(),
                file: place.file.clone(),
                line: place.line,
                calls: figures.calls,
                primitive_calls: figures.primitive_calls,
                self_ns: figures.self_ns,
                cumulative_ns: figures.cumulative_ns,
            }
        });
        let calls = stats.calls.iter().map(|call| Call {
            function: call.function,
            parent: call.parent,
            calls: call.calls,
            recursive_calls: call.recursive_calls,
            self_ns: call.self_ns,
        });
        Layout {
            schema: SCHEMA,
            wall_ns: stats.wall_ns,
            threads: stats.threads,
            instrumentation_ns: stats.instrumentation_ns,
            unplaced_calls: stats.unplaced_calls,
            functions: functions.collect(),
            calls: calls.collect(),
        }
    }

    fn stats(self) -> Result<ProfileStats, String> {
        let places = self.functions.into_iter().map(|function| Place {
            name: function.name,
            module: function.module,
            file: function.file,
            line: function.line,
        });
        let places: Vec<Place> = places.collect();
        let mut calls = Calls::default();
        let mut here: Vec<usize> = Vec::new();
        for (at, call) in self.calls.into_iter().enumerate() {
            let place = places.get(call.function).ok_or_else(|| {
                let functions = places.len();
                format!(
                    "calls[{at}] is of function {}, and there are {functions}",
                    call.function
                )
            })?;
            let parent = match call.parent {
                Some(parent) => Some(*here.get(parent).ok_or_else(|| {
                    format!("calls[{at}] has the parent {parent}, which does not stand before it")
                })?),
                None => None,
            };
            let (all, recursive) = (call.calls, call.recursive_calls);
            if recursive > all {
                return Err(format!(
                    "calls[{at}] has {recursive} recursive calls of {all} calls"
                ));
            }
            here.push(calls.add(parent, place.clone(), all, recursive, call.self_ns));
        }
        Ok(ProfileStats {
            wall_ns: self.wall_ns,
            threads: self.threads,
            instrumentation_ns: self.instrumentation_ns,
            unplaced_calls: self.unplaced_calls,
            ..calls.in_order()
        })
    }
}
