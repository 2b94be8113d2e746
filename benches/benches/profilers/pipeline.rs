//! What profiling does to the reference pipeline with its naive window, and to the lecture's.

use super::python;
use measured_benches::rounds::{Order, Spread};
use measured_benches::table;
use measured_core::profile::{ProfileStats, Profiler};
use sensor_pipeline::{ColumnNames, Columns, Generator, Intake, Method, Range, Settings, pipeline};
use std::error::Error;
use std::time::{Duration, Instant};

/// Ours by name, and whether it writes the readings that come out. The first is that of `sensor-pipeline
/// profile --clean --features naive`, which counts them.
const PIPELINES: [(&str, bool); 2] = [
    ("sensor-pipeline, naive window of 10", false),
    ("the same, written as CSV", true),
];

/// Clean readings, generated as they are read, through all five stages: readings that came out.
fn drain(records: u64, writes: bool) -> Result<u64, Box<dyn Error>> {
    let columns = Columns::find(&Generator::header(), &ColumnNames::default())?;
    let settings = Settings {
        range: Range::new(0.0, 100.0)?,
        window: 10.try_into()?,
        method: Method::Naive,
    };
    let output = writes.then(Vec::new);
    let mut intake = Intake::default();
    let rows = Generator::new(records, 37).clean();
    Ok(pipeline(rows, &columns, settings, &mut intake, output)?)
}

fn timed(work: impl FnOnce() -> Result<u64, Box<dyn Error>>) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

pub(crate) fn slowdown(rounds: usize, records: u64) -> Result<(), Box<dyn Error>> {
    let (mut plain, mut profiled) = ([vec![], vec![]], [vec![], vec![]]);
    // What the profile says that they took, with what profiling them took taken off.
    let mut told = [vec![], vec![]];
    let mut in_python = Vec::new();
    let mut documented = ProfileStats::default();
    let mut order = Order::of(2 * PIPELINES.len() + 1);
    for _ in 0..rounds {
        for &variant in order.shuffled() {
            let (which, is_profiled) = (variant / 2, variant % 2 == 1);
            let Some(&(_, writes)) = PIPELINES.get(which) else {
                in_python.extend(python::pipeline(records)?);
                continue;
            };
            if is_profiled {
                let running = Profiler::start()?;
                profiled[which].push(timed(|| drain(records, writes))?);
                let stats = running.stop();
                told[which].push(Duration::from_nanos(stats.total_ns()));
                if which == 0 {
                    documented = stats;
                }
            } else {
                plain[which].push(timed(|| drain(records, writes))?);
            }
        }
    }
    let mut table = table::table(
        1,
        &[
            "pipeline",
            "ns per record",
            "profiled",
            "times as long",
            "Σ tottime",
        ],
    );
    for (which, (name, _)) in PIPELINES.iter().enumerate() {
        let (plain, profiled) = (&plain[which], &profiled[which]);
        let factors = profiled.iter().zip(plain);
        let factors = factors.map(|(with, without)| with.as_secs_f64() / without.as_secs_f64());
        table.add_row([
            (*name).to_owned(),
            table::spread(Spread::per(records, plain)),
            table::spread(Spread::per(records, profiled)),
            format!("{:.2}", Spread::of(factors).typical),
            table::spread(Spread::per(records, &told[which])),
        ]);
    }
    if let Some(python::Run { version, .. }) = in_python.first() {
        let ns = |seconds: fn(&python::Run) -> f64| {
            let each = in_python.iter().map(seconds);
            table::spread(Spread::of(
                each.map(|seconds| 1e9 * seconds / records as f64),
            ))
        };
        let factors = in_python.iter().map(|run| run.profiled / run.bare);
        table.add_row([
            format!("the lecture's, {version}, cProfile"),
            ns(|run| run.bare),
            ns(|run| run.profiled),
            format!("{:.2}", Spread::of(factors).typical),
            String::new(),
        ]);
    }
    println!("{table}\n\n{}", documented.top(8));
    Ok(())
}
