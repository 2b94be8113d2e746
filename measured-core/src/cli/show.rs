//! `measured show`.

use super::format::Format;
use super::output::Output;
use super::{Endpoint, Failure, input};
use crate::grid::{Sentence, Table, Tone};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Reports as JSON; several are shown one below the other
    #[arg(value_name = "FILE|-", required = true)]
    files: Vec<Endpoint>,

    /// How to show them
    #[arg(long, value_name = "HOW", default_value = "table")]
    format: Format,

    /// In the words of dataflow engines: starved, busy, blocked, and what a record that survives
    /// a stage has cost
    #[arg(long)]
    dataflow: bool,
}

impl Args {
    pub(super) fn run(&self) -> Result<(), Failure> {
        if self.dataflow && self.format == Format::Json {
            return Err(Failure::Usage(
                "--dataflow goes with --format table or markdown: the JSON has all that it shows"
                    .to_owned(),
            ));
        }
        let mut output = Output::standard();
        let reports = input::reports(&self.files)?;
        let several = reports.len() > 1;
        for (file, report) in self.files.iter().zip(&reports) {
            if self.format == Format::Json {
                // A stream of JSON has nothing between one value and the next.
                self.format.write(report, &mut output)?;
                continue;
            }
            if several {
                self.write(heading(file), &mut output)?;
            }
            let table = if self.dataflow {
                report.dataflow()
            } else {
                report.table()
            };
            self.write(table, &mut output)?;
            if several {
                output.text("\n")?;
            }
        }
        Ok(())
    }

    fn write(&self, table: Table, output: &mut Output) -> Result<(), Failure> {
        match self.format {
            Format::Markdown => output.text(&table.to_markdown()),
            _ => output.table(table),
        }
    }
}

fn heading(file: &Endpoint) -> Table {
    let name = Sentence::new("").name(file.input_name());
    Table::new().say(name.words(":").tone(Tone::Strong))
}
