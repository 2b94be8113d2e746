//! What calling a stage costs, in nanoseconds per call: a pipeline that is built anew for every
//! record pays that, too. `cargo bench -p measured-benches --bench call_nanoseconds`

use clap::Parser;
use measured_benches::modes::{self, MODES};
use measured_benches::options::Options;
use measured_benches::rounds::{Spread, Variant, interleaved};
use measured_benches::{machine, table};
use measured_core::measured_stage;
use std::hint::black_box;

/// Nanoseconds that each timing mode adds to a call of a stage of three records.
#[derive(Parser)]
struct Instrument {
    #[command(flatten)]
    options: Options,
}

fn bare(numbers: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    numbers.map(|n| n ^ 5)
}

#[measured_stage("measured")]
fn measured(numbers: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    numbers.map(|n| n ^ 5)
}

#[measured_stage("counted", timing = counts)]
fn counted(numbers: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    numbers.map(|n| n ^ 5)
}

fn main() {
    let options = Instrument::parse().options;
    let rounds = options.rounds(50);
    let calls = options.records(100_000);
    println!(
        "{}; {rounds} rounds; 10th percentile / median\n",
        machine::line()
    );

    let times = interleaved(rounds, &variants(calls));
    let (bare, stages) = times.split_first().expect("the bare one is a variant");
    let mut table = table::table(0, &[&["bare", "timing = counts"][..], &MODES].concat());
    let mut row = vec![table::spread(Spread::per(calls, bare))];
    row.extend(
        stages
            .iter()
            .map(|times| table::spread(Spread::beyond(bare, calls, times))),
    );
    table.add_row(row);
    println!("{table}");
}

/// The bare stage first, then the one that counts by its attribute, then the measured one in
/// every mode.
fn variants(calls: u64) -> Vec<Variant<'static>> {
    let bare: Variant<'_> = Box::new(move || sum(calls, |n| bare(n..n + 3).sum()));
    let counted: Variant<'_> = Box::new(move || sum(calls, |n| counted(n..n + 3).sum()));
    let measured = MODES.map(|mode| -> Variant<'_> {
        Box::new(move || {
            modes::set(mode);
            sum(calls, |n| measured(n..n + 3).sum())
        })
    });
    [bare, counted].into_iter().chain(measured).collect()
}

fn sum(calls: u64, call: impl Fn(u64) -> u64) -> u64 {
    (0..calls).map(|n| call(black_box(n))).sum()
}
