//! Peak resident memory of the reference pipeline over a hundred thousand and over ten million
//! records: a pipeline that streams, measured or not, needs the same for both.
//! `cargo bench -p measured-benches --bench peak_memory`

use clap::Parser;
use measured_benches::options::Options;
use measured_benches::rounds::ratio;
use measured_benches::{machine, memory, table};
use serde_json::Value;
use std::error::Error;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

/// By how much the peak may grow from the short run to the long one, in KiB.
const GROWTH: u64 = 1024;

/// Peak resident memory of `sensor-pipeline` over few and many records.
#[derive(Parser)]
struct Instrument {
    #[command(flatten)]
    options: Options,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let options = Instrument::parse().options;
    let pipeline = built()?;
    println!("{}\n", machine::line());
    let mut table = table::table(
        1,
        &["timing", "100,000 records", "10,000,000 records", "growth"],
    );
    let mut grown = Vec::new();
    for timing in ["off", "counts", "sampled", "every"] {
        let few = peak(&pipeline, timing, options.records(100_000))?;
        let many = peak(&pipeline, timing, options.records(10_000_000))?;
        let mebibytes = |kib| format!("{:.2} MiB", ratio(kib, 1024));
        let growth = many.saturating_sub(few);
        table.add_row([
            timing,
            &mebibytes(few),
            &mebibytes(many),
            &mebibytes(growth),
        ]);
        if growth > GROWTH {
            grown.push(timing);
        }
    }
    println!("{table}");
    for timing in &grown {
        eprintln!("--timing {timing}: the peak grew by more than {GROWTH} KiB with the records");
    }
    Ok(if grown.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Builds the pipeline as its users do and says where it is.
fn built() -> Result<PathBuf, Box<dyn Error>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "build",
            "--release",
            "--package",
            "sensor-pipeline",
            "--message-format=json",
        ])
        .stderr(Stdio::inherit())
        .output()?;
    let mut messages = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
    let path = messages.find_map(|message| match message {
        Ok(message) => message["executable"].as_str().map(PathBuf::from),
        Err(_) => None,
    });
    path.ok_or_else(|| format!("cargo built no sensor-pipeline, {}", output.status).into())
}

/// Runs the pipeline and asks the kernel for its peak until it has ended.
fn peak(pipeline: &PathBuf, timing: &str, records: u64) -> Result<u64, Box<dyn Error>> {
    let mut child = Command::new(pipeline)
        .args(["run", "--records", &records.to_string(), "--timing", timing])
        .args(["--progress", "never", "--report", "none"])
        .stdout(Stdio::null())
        .spawn()?;
    let mut peak = 0;
    let status = loop {
        // A process that has just ended has no memory left to ask for; the next look says so.
        if let Ok(resident) = memory::of(child.id()) {
            peak = peak.max(resident.peak);
        }
        if let Some(status) = child.try_wait()? {
            break status;
        }
        thread::sleep(Duration::from_millis(1));
    };
    if !status.success() {
        return Err(format!("sensor-pipeline ended with {status}").into());
    }
    Ok(peak)
}
