//! What measuring costs, in nanoseconds per record and stage: every chain, every timing mode,
//! in interleaved rounds. `cargo bench -p measured-benches --bench stage_nanoseconds`

use clap::Parser;
use measured_benches::chains::{CHAINS, Chain};
use measured_benches::modes::{self, MODES};
use measured_benches::options::Options;
use measured_benches::rounds::{Spread, Variant, interleaved};
use measured_benches::{clock, machine, table};
use std::hint::black_box;

/// Nanoseconds per record and stage that each timing mode adds to each chain.
#[derive(Parser)]
struct Instrument {
    #[command(flatten)]
    options: Options,
}

fn main() {
    let options = Instrument::parse().options;
    let rounds = options.rounds(100);
    println!(
        "{}; {rounds} rounds; 10th percentile / median\n",
        machine::line()
    );

    let heads = [
        "chain",
        "types",
        "pulled by",
        "bare, per record",
        "timing = counts",
    ];
    let tail = ["clock read", "every, in clock reads"];
    let mut table = table::table(3, &[&heads[..], &MODES, &tail].concat());
    for chain in CHAINS.as_flattened() {
        let records = options.records(chain.records);
        let visits = records * u64::from(chain.stages);
        let clock = interleaved(rounds, &[Box::new(clock::reads)]);
        let clock = Spread::per(clock::READS, &clock[0]);
        let times = interleaved(rounds, &variants(chain, records));
        let (bare, measured) = times.split_first().expect("the bare chain is a variant");
        let added = measured
            .iter()
            .map(|times| Spread::beyond(bare, visits, times));
        let added: Vec<Spread> = added.collect();
        let every = added.last().expect("the last mode times every pull");

        let mut row = [chain.name, chain.types, chain.pulled]
            .map(str::to_owned)
            .to_vec();
        row.push(table::spread(Spread::per(records, bare)));
        row.extend(added.iter().copied().map(table::spread));
        row.push(table::spread(clock));
        row.push(format!(
            "{:.1} / {:.1}",
            every.quiet / clock.quiet,
            every.typical / clock.typical
        ));
        table.add_row(row);
    }
    println!("{table}");
}

/// The bare chain first, then the one that counts by its attributes, then the measured one in
/// every mode.
fn variants(chain: &Chain, records: u64) -> Vec<Variant<'_>> {
    let bare: Variant<'_> = Box::new(move || (chain.bare)(black_box(records)));
    let counted: Variant<'_> = Box::new(move || (chain.counted)(black_box(records)));
    let measured = MODES.map(|mode| -> Variant<'_> {
        Box::new(move || {
            modes::set(mode);
            (chain.measured)(black_box(records))
        })
    });
    [bare, counted].into_iter().chain(measured).collect()
}
