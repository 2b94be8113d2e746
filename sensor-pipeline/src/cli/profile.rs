//! `sensor-pipeline profile`: a run, and which function was expensive, through whom.

use std::io::{self, Write};

use measured_core::cli::{Endpoint, Failure};
use measured_core::profile::Profiler;

use super::args::ProfileArgs;
use super::run::{Source, run};

pub(crate) fn command(args: &ProfileArgs) -> Result<(), Failure> {
    args.check()?;
    let source = Source::open(&args.run)?;
    let profiler = Profiler::start().map_err(|error| Failure::Usage(error.to_string()))?;
    run(&args.run, source)?;
    let stats = profiler.stop();

    let functions = stats.sort_by(args.sort()).top(args.top);
    let to = io::stdout();
    write!(&to, "{}", functions.table().fitted_to(&to))
        .map_err(|error| Failure::writing(&Endpoint::Standard.as_output(), &error))
}
