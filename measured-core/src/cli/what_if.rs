//! `measured what-if`.

use super::format::{Format, Shown};
use super::output::Output;
use super::{Endpoint, Failure, input};
use crate::grid::Table;
use crate::json;
use crate::report::{WhatIf, WhatIfError};
use std::str::FromStr;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A report as JSON
    #[arg(value_name = "FILE|-")]
    file: Endpoint,

    /// Which stage, and how many times as fast it is to be; inf: it takes no time at all
    #[arg(value_name = "STAGE=TIMES", required = true)]
    speedups: Vec<Speedup>,

    /// How to show it
    #[arg(long, value_name = "HOW", default_value = "table")]
    format: Format,
}

/// A stage, and how many times as fast it is to be.
#[derive(Clone, Debug)]
struct Speedup {
    stage: String,
    times: f64,
}

impl FromStr for Speedup {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Speedup, Self::Err> {
        const WANTED: &str = "a stage and how many times as fast it is to be, as in features=2";
        // A name may hold a `=`, and a number none.
        let (stage, times) = text.rsplit_once('=').ok_or(WANTED)?;
        Ok(Speedup {
            stage: stage.to_owned(),
            times: times.parse().map_err(|_| WANTED)?,
        })
    }
}

impl Args {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let report = input::report(&self.file)?;
        let speedups: Vec<(&str, f64)> = self
            .speedups
            .iter()
            .map(|speedup| (speedup.stage.as_str(), speedup.times))
            .collect();
        let answer = report.what_if_all(&speedups).map_err(|error| {
            let (file, hint) = (self.file.input_name(), hint(&error));
            Failure::Usage(format!("{file}: {error}{hint}"))
        })?;
        self.format.write(&answer, &mut Output::standard())
    }
}

impl Shown for WhatIf {
    fn table(&self) -> Table {
        WhatIf::table(self)
    }

    /// No limit, as of a stage that takes no time at all, is `null`.
    fn json(&self) -> String {
        json::to_text(self)
    }
}

/// What else may have been meant by a name that no stage has.
fn hint(error: &WhatIfError) -> &'static str {
    match error {
        WhatIfError::NoSuchStage(none) if none.asked.contains('=') => {
            "; blanks separate several, as in features=2 filter=2"
        }
        _ => "",
    }
}
