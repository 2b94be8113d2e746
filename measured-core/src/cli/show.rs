//! `measured show`.

use super::form::Form;
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
    format: Form,
}

impl Args {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let mut output = Output::standard();
        let reports = input::reports(&self.files)?;
        let several = reports.len() > 1;
        for (file, report) in self.files.iter().zip(&reports) {
            match self.format {
                Form::Table if several => output.table(heading(file))?,
                Form::Markdown if several => output.text(&heading(file).to_markdown())?,
                // A stream of JSON has nothing between one value and the next.
                _ => {}
            }
            self.format.write(report, &mut output)?;
            if several && self.format != Form::Json {
                output.text("\n")?;
            }
        }
        Ok(())
    }
}

fn heading(file: &Endpoint) -> Table {
    let name = Sentence::new("").name(file.as_input());
    Table::new().say(name.words(":").tone(Tone::Strong))
}
