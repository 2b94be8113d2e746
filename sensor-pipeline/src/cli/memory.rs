//! `sensor-pipeline memory`: a run, and what each stage allocated and held; and what a collector
//! of metrics takes.

use super::args::MemoryArgs;
use super::collectors::Collectors;
use super::run::{Source, run};
use measured_core::cli::{Failure, Output};
use measured_core::memory::{self, GroupBy, Snapshot, StatisticDiffs};
use serde_json::json;

pub(crate) fn command(args: &MemoryArgs) -> Result<(), Failure> {
    args.check()?;
    let source = Source::open(&args.run)?;
    let json = args.json.as_ref().map(Output::to).transpose()?;

    memory::start().map_err(|error| Failure::Usage(error.to_string()))?;
    let collectors = Collectors::weighed();
    let before = Snapshot::take();
    let mut full = before.clone();
    let ran = run(&args.run, source.at_the_end(|| full = Snapshot::take()))?;
    let stages = full.compare_to(&before, GroupBy::Stage);

    if let Some(mut file) = json {
        let both = json!({"stages": stages, "collectors": collectors});
        file.text(&format!("{both:#}\n"))?;
    }
    let shown = show(&stages.top(args.top), &collectors);
    ran.report().and(shown)
}

fn show(stages: &StatisticDiffs, collectors: &Collectors) -> Result<(), Failure> {
    let mut output = Output::standard();
    output.text(
        "When the last row had been read: what each stage holds, and what it ever allocated\n\n",
    )?;
    output.table(stages.table())?;
    output.text(&format!("\n{collectors}"))
}
