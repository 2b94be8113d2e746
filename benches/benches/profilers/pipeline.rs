//! What profiling does to the reference pipeline with its naive window, and to the lecture's.

use std::error::Error;
use std::time::{Duration, Instant};

use measured_benches::rounds::{Order, Spread};
use measured_benches::table;
use measured_core::profile::{ProfileStats, Profiler};
use sensor_pipeline::{ColumnNames, Columns, Generator, Intake, Method, Range, Settings, pipeline};

use super::python;

/// Clean readings, generated as they are read, through all five stages into memory: readings
/// that came out.
fn drain(records: u64) -> Result<u64, Box<dyn Error>> {
    let columns = Columns::find(&Generator::header(), &ColumnNames::default())?;
    let settings = Settings {
        range: Range::new(0.0, 100.0)?,
        window: 10.try_into()?,
        method: Method::Naive,
    };
    let mut output = Vec::new();
    let mut intake = Intake::default();
    let rows = Generator::new(records, 37).clean();
    Ok(pipeline(
        rows,
        &columns,
        settings,
        &mut intake,
        Some(&mut output),
    )?)
}

fn timed(work: impl FnOnce() -> Result<u64, Box<dyn Error>>) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed())
}

pub(crate) fn slowdown(rounds: usize, records: u64) -> Result<(), Box<dyn Error>> {
    let (mut plain, mut profiled) = (Vec::new(), Vec::new());
    let mut in_python = Vec::new();
    let mut last = ProfileStats::default();
    let mut order = Order::of(3);
    for _ in 0..rounds {
        for &variant in order.shuffled() {
            match variant {
                0 => plain.push(timed(|| drain(records))?),
                1 => {
                    let running = Profiler::start()?;
                    profiled.push(timed(|| drain(records))?);
                    last = running.stop();
                }
                _ => in_python.extend(python::pipeline(records)?),
            }
        }
    }
    let mut table = table::table(
        1,
        &["pipeline", "ns per record", "profiled", "times as long"],
    );
    let factors = profiled.iter().zip(&plain);
    let factors = factors.map(|(with, without)| with.as_secs_f64() / without.as_secs_f64());
    table.add_row([
        "sensor-pipeline, naive window of 10".to_owned(),
        table::spread(Spread::per(records, &plain)),
        table::spread(Spread::per(records, &profiled)),
        format!("{:.2}", Spread::of(factors).typical),
    ]);
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
        ]);
    }
    println!("{table}\n\n{}", last.top(8));
    Ok(())
}
