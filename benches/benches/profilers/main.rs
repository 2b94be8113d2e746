//! What the profiler costs and how right it is, beside others on the same calls.
//! `cargo bench -p measured-benches --features profilers --bench profilers`
//!
//! Every run of every profiler is a process of its own.

mod bounded;
mod hotpath;
mod known;
mod measured;
mod pipeline;
mod puffin;
mod python;
mod tracing;
mod tree;

use clap::Parser;
use measured_benches::apart::Peer;
use measured_benches::options::Options;
use measured_benches::rounds::{Order, Spread, ratio};
use measured_benches::{machine, table};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// The tree of calls as its user would write it.
trait Profiled {
    /// Makes so many calls of the branch, which makes two of the leaf.
    fn calls(&mut self, branches: u64) -> u64;

    /// How many calls were seen.
    fn seen(&mut self) -> u64;
}

/// The ways to learn which function takes the time. Nobody first, for comparison.
#[rustfmt::skip]
const PEERS: [Peer<dyn Profiled>; 6] = [
    Peer { name: "bare", used: "nothing", open: tree::bare },
    Peer { name: "measured", used: "`#[profiled]`, no profiler runs", open: measured::off },
    Peer { name: "measured", used: "`#[profiled]`", open: measured::on },
    Peer { name: "puffin 0.20.0", used: "`profile_function!`", open: puffin::open },
    Peer { name: "hotpath 0.30.3", used: "`#[measure]`, every call", open: hotpath::open },
    Peer { name: "tracing 0.1.44", used: "`#[instrument]`, a layer that adds up", open: tracing::open },
];

/// Calls of the tree for one of the branch.
const CALLS: u64 = 3;

/// What profiling a call costs, what it does to a pipeline, and whether it is right.
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
    seen: u64,
    result: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let Instrument { options, peer } = Instrument::parse();
    let branches = options.records(200_000);
    let Some(index) = peer else {
        let rounds = options.rounds(15);
        println!(
            "{}; {rounds} rounds; 10th percentile / median\n",
            machine::line()
        );
        cost_of_a_call(rounds, branches)?;
        pipeline::slowdown(rounds, options.records(50_000))?;
        known::against_the_truth();
        return bounded::many_calls(options.records(100_000_000));
    };
    println!("{}", serde_json::to_string(&run(&PEERS[index], branches))?);
    Ok(())
}

fn run(peer: &Peer<dyn Profiled>, branches: u64) -> Outcome {
    black_box(tree::bare().calls(black_box(20 * branches)));
    let mut tree = (peer.open)();
    black_box(tree.calls(branches / 100));
    let start = Instant::now();
    let result = tree.calls(black_box(branches));
    let time = start.elapsed();
    Outcome {
        time,
        seen: tree.seen(),
        result,
    }
}

fn cost_of_a_call(rounds: usize, branches: u64) -> Result<(), Box<dyn Error>> {
    let mut outcomes: Vec<Vec<Outcome>> = PEERS.iter().map(|_| Vec::new()).collect();
    let mut in_python = Vec::new();
    let mut order = Order::of(PEERS.len() + 1);
    for _ in 0..rounds {
        for &index in order.shuffled() {
            match outcomes.get_mut(index) {
                Some(outcomes) => outcomes.push(PEERS[index].run_apart(index)?),
                None => in_python.extend(python::calls(branches / 10)?),
            }
        }
    }

    let calls = CALLS * branches;
    let times = |index: usize| -> Vec<Duration> {
        outcomes[index].iter().map(|outcome| outcome.time).collect()
    };
    let mut table = table::table(2, &["profiler", "used", "ns per call", "calls seen"]);
    for (index, Peer { name, used, .. }) in PEERS.iter().enumerate() {
        let last = outcomes[index].last().ok_or("no rounds")?;
        assert_eq!(
            last.result, outcomes[0][0].result,
            "{name} ({used}) did other work"
        );
        let cost = match index {
            0 => format!(
                "(the call itself: {})",
                table::spread(Spread::per(calls, &times(0)))
            ),
            _ => table::spread(Spread::beyond(&times(0), calls, &times(index))),
        };
        let made = CALLS * (branches + branches / 100);
        let seen = format!("{:.0} %", 100.0 * ratio(last.seen, made));
        table.add_row([*name, *used, &cost, &seen]);
    }
    if let Some(python::Calls { version, seen, .. }) = in_python.last() {
        let cost = Spread::of(in_python.iter().map(|round| round.profiled - round.bare));
        let seen = format!("{:.0} %", 100.0 * seen);
        table.add_row([version, "cProfile", &table::spread(cost), &seen]);
    } else {
        table.add_row(["Python", "cProfile", "no `python3` here", ""]);
    }
    println!("{table}\n");
    measured::two_reads();
    Ok(())
}
