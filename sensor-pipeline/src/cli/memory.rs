//! `sensor-pipeline memory`: a run, and what each stage allocated and held; and what a collector
//! of metrics takes.

use std::io::{self, Write};

use measured_core::cli::{Endpoint, Failure};
use measured_core::memory::{self, GroupBy, Snapshot};
use serde_json::json;

use super::args::MemoryArgs;
use super::collectors::Collectors;
use super::run::{Source, run};

pub(crate) fn command(args: &MemoryArgs) -> Result<(), Failure> {
    args.check()?;
    let json = args.json.as_ref().map(Endpoint::create).transpose()?;
    memory::start().map_err(|error| Failure::Usage(error.to_string()))?;
    let collectors = Collectors::weighed();

    let source = Source::open(&args.run)?;
    let before = Snapshot::take();
    let mut full = before.clone();
    run(&args.run, source.at_the_end(|| full = Snapshot::take()))?;
    let stages = full.compare_to(&before, GroupBy::Stage);

    if let Some(mut to) = json {
        let both = json!({"stages": stages, "collectors": collectors});
        let name = args
            .json
            .as_ref()
            .map_or_else(String::new, Endpoint::as_output);
        writeln!(to, "{both:#}").map_err(|error| Failure::writing(&name, &error))?;
    }
    let to = io::stdout();
    let stages = stages.top(args.top).table().fitted_to(&to);
    write!(
        &to,
        "When the last row had been read: what each stage holds, and what it ever allocated\n\n{stages}\n{collectors}"
    )
    .map_err(|error| Failure::writing(&Endpoint::Standard.as_output(), &error))
}
