//! The same pipeline measured by everyone: nanoseconds per record and stage, and resident memory
//! after a million records.
//! `cargo bench -p measured-benches --features peers --bench peers`
//!
//! Every run of every peer is a process of its own.

mod by_hand;
mod fastrace;
mod hotpath;
mod indicatif;
mod inspect;
mod measured;
mod metered;
mod metrics;
mod opentelemetry;
mod pipeline;
mod prometheus;
mod tracing;

use clap::Parser;
use measured_benches::apart::Peer;
use measured_benches::options::Options;
use measured_benches::rounds::{Order, Spread, ratio};
use measured_benches::{machine, memory, table};
use pipeline::{Pipeline, STAGES};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The ways to learn what each stage does with each record. Nobody first, for comparison.
#[rustfmt::skip]
const PEERS: [Peer<dyn Pipeline>; 19] = [
    Peer { name: "bare", used: "nothing", open: measured::bare },
    Peer { name: "measured", used: "timing = counts", open: measured::counted },
    Peer { name: "measured", used: "sampled, 1 % (default)", open: measured::sampled },
    Peer { name: "measured", used: "timing = every", open: measured::every },
    Peer { name: "Iterator::inspect", used: "a counter", open: inspect::open },
    Peer { name: "metered 0.9.0", used: "HitCount", open: metered::hit_count },
    Peer { name: "metrics 0.24.6", used: "counter", open: metrics::counters },
    Peer { name: "indicatif 0.18.6", used: "progress iterator, hidden", open: indicatif::open },
    Peer { name: "by hand (quanta 0.12.6)", used: "time stamp counter around `next`", open: by_hand::open },
    Peer { name: "prometheus 0.14.0", used: "histogram timer", open: prometheus::open },
    Peer { name: "metrics 0.24.6", used: "histogram", open: metrics::histograms },
    Peer { name: "metered 0.9.0", used: "ResponseTime", open: metered::response_time },
    Peer { name: "hotpath 0.30.3", used: "every call timed (default)", open: hotpath::every_call },
    Peer { name: "hotpath 0.30.3", used: "1 % of calls timed", open: hotpath::one_in_hundred },
    Peer { name: "fastrace 0.7.17", used: "span", open: fastrace::open },
    Peer { name: "tracing 0.1.44", used: "span, a layer that adds up", open: tracing::adding },
    Peer { name: "tracing 0.1.44", used: "span, tracing-timing 0.7.0", open: tracing::timing },
    Peer { name: "opentelemetry 0.33.1", used: "histogram", open: opentelemetry::histograms },
    Peer { name: "opentelemetry 0.33.1", used: "span", open: opentelemetry::spans },
];

/// Nanoseconds per record and stage, and resident memory, of everyone who can measure stages.
#[derive(Parser)]
struct Instrument {
    #[command(flatten)]
    options: Options,

    /// Be the process in which this peer of the list runs, and print what it came to.
    #[arg(long, hide = true)]
    peer: Option<usize>,
}

/// What one process of one peer came to.
#[derive(Serialize, Deserialize)]
struct Outcome {
    time: Duration,
    resident_kib: u64,
    observed: u64,
    result: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Instrument { options, peer } = Instrument::parse();
    let records = options.records(1_000_000);
    match peer {
        Some(index) => println!("{}", serde_json::to_string(&run(&PEERS[index], records)?)?),
        None => compare(options.rounds(25), records)?,
    }
    Ok(())
}

/// Records that a peer sees before it is timed: what it does once per process, it does here.
fn first_records(records: u64) -> u64 {
    records / 100
}

/// Everything of one process: wake the processor up, install the peer, drain, look at the memory,
/// ask what was seen.
fn run(peer: &Peer<dyn Pipeline>, records: u64) -> Result<Outcome, Box<dyn Error>> {
    black_box(measured::bare().drain(black_box(4 * records)));
    let mut pipeline = (peer.open)();
    black_box(pipeline.drain(first_records(records)));
    let start = Instant::now();
    let result = pipeline.drain(black_box(records));
    let time = start.elapsed();
    let resident_kib = memory::own()?.now;
    let observed = pipeline.observed();
    Ok(Outcome {
        time,
        resident_kib,
        observed,
        result,
    })
}

fn compare(rounds: usize, records: u64) -> Result<(), Box<dyn Error>> {
    println!(
        "{}; {rounds} rounds; 10th percentile / median\n",
        machine::line()
    );
    let mut outcomes: Vec<Vec<Outcome>> = PEERS.iter().map(|_| Vec::new()).collect();
    let mut order = Order::of(PEERS.len());
    for _ in 0..rounds {
        for &index in order.shuffled() {
            outcomes[index].push(PEERS[index].run_apart(index)?);
        }
    }

    let times = |index: usize| -> Vec<Duration> {
        outcomes[index].iter().map(|outcome| outcome.time).collect()
    };
    let resident = |index: usize| {
        Spread::of(
            outcomes[index]
                .iter()
                .map(|outcome| ratio(outcome.resident_kib, 1024)),
        )
        .typical
    };
    let stages = u64::try_from(STAGES.len())?;
    let visits = records * stages;
    let heads = [
        "peer",
        "used",
        "ns per record and stage",
        "MiB resident",
        "seen per record and stage",
    ];
    let mut table = table::table(2, &heads);
    for (index, Peer { name, used, .. }) in PEERS.iter().enumerate() {
        let nanos = match index {
            0 => format!(
                "(all three: {})",
                table::spread(Spread::per(records, &times(0)))
            ),
            _ => table::spread(Spread::beyond(&times(0), visits, &times(index))),
        };
        let mebibytes = match index {
            0 => format!("({:.1})", resident(0)),
            _ => format!("{:+.1}", resident(index) - resident(0)),
        };
        let last = outcomes[index].last().ok_or("no rounds")?;
        assert_eq!(
            last.result, outcomes[0][0].result,
            "{name} ({used}) did other work"
        );
        let visible = (first_records(records) + records) * stages;
        let seen = format!("{:.2}", ratio(last.observed, visible));
        table.add_row([*name, *used, &nanos, &mebibytes, &seen]);
    }
    println!("{table}");
    Ok(())
}
