//! The formats in which a command shows what it found.

use super::Failure;
use super::output::Output;
use crate::grid::Table;
use crate::report::Report;
use clap::ValueEnum;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Aligned text; in colour on a terminal
    Table,
    /// A table for a pull request or an issue
    Markdown,
    /// For machines
    Json,
}

/// What has all these formats.
pub(super) trait Shown {
    fn table(&self) -> Table;
    fn json(&self) -> String;

    fn markdown(&self) -> String {
        self.table().to_markdown()
    }
}

impl Shown for Report {
    fn table(&self) -> Table {
        Report::table(self)
    }

    fn json(&self) -> String {
        self.to_json()
    }
}

impl Format {
    pub(super) fn write(self, what: &impl Shown, to: &mut Output) -> Result<(), Failure> {
        match self {
            Format::Table => to.table(what.table()),
            Format::Markdown => to.text(&what.markdown()),
            Format::Json => to.text(&what.json()),
        }
    }
}
