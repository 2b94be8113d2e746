//! `sensor-pipeline profile`: a run, and which function was expensive, through whom.

use super::args::ProfileArgs;
use super::run::{Source, run};
use measured_core::cli::{Endpoint, Failure, Output};
use measured_core::profile::Profiler;

pub(crate) fn command(args: &ProfileArgs) -> Result<(), Failure> {
    args.check()?;
    let source = Source::open(&args.run)?;
    let create = |file: &Option<Endpoint>| file.as_ref().map(Output::to).transpose();
    let flamegraph = create(&args.flamegraph)?;
    let speedscope = create(&args.speedscope)?;
    let json = create(&args.json)?;

    let profiler = Profiler::start().map_err(|error| Failure::Usage(error.to_string()))?;
    let ran = run(&args.run, source)?;
    let stats = profiler.stop();

    if let Some(mut file) = flamegraph {
        file.text(&stats.to_flame_graph("sensor-pipeline"))?;
    }
    if let Some(mut file) = speedscope {
        file.text(&stats.to_speedscope("sensor-pipeline"))?;
    }
    if let Some(mut file) = json {
        file.text(&stats.to_json())?;
    }
    let functions = stats.sort_by(args.sort()).top(args.top);
    let shown = Output::standard().table(functions.table());
    ran.report().and(shown)
}
