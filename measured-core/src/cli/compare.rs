//! `measured compare`.

use super::format::Format;
use super::judged::Judged;
use super::output::Output;
use super::{Endpoint, Failure, input};
use crate::report::Rule;

#[derive(Debug, clap::Args)]
#[command(override_usage = "measured compare [OPTIONS] BEFORE AFTER
       measured compare [OPTIONS] --before FILE... --after FILE...")]
pub(super) struct Args {
    /// A report as JSON from before the change, and one from after it
    #[arg(
        value_names = ["BEFORE", "AFTER"],
        num_args = 1..,
        required_unless_present = "before",
        conflicts_with_all = ["before", "after"]
    )]
    files: Vec<Endpoint>,

    /// Several reports from before the change: how much they differ tells noise from news
    #[arg(long, value_name = "FILE|-", num_args = 1.., requires = "after")]
    before: Vec<Endpoint>,

    /// Several reports from after it
    #[arg(long, value_name = "FILE|-", num_args = 1.., requires = "before")]
    after: Vec<Endpoint>,

    /// What must not be: exit code 3 if it is, as in "filter.selectivity != 0%"
    #[arg(long, value_name = "RULE")]
    fail_on: Vec<Rule>,

    /// How to show it
    #[arg(long, value_name = "HOW", default_value = "table")]
    format: Format,
}

impl Args {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let (before, after) = match &self.files[..] {
            [] => (&self.before[..], &self.after[..]),
            [before, after] => (std::slice::from_ref(before), std::slice::from_ref(after)),
            files => {
                return Err(Failure::Usage(format!(
                    "which of these files, {} in number, are before and which after? Write BEFORE AFTER for one each, \
                     --before FILE... --after FILE... for several",
                    files.len()
                )));
            }
        };
        let reports = input::reports(&[before, after].concat())?;
        let (reports_before, reports_after) = reports.split_at(before.len());
        input::refuse_repeats(before, reports_before)?;
        input::refuse_repeats(after, reports_after)?;
        input::refuse_both_sides((before, reports_before), (after, reports_after))?;
        let judged = Judged::of(reports_before, reports_after, &self.fail_on);
        let shown = self.format.write(&judged, &mut Output::standard());
        judged.verdict().and(shown)
    }
}
