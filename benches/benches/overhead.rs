//! What measuring costs, in nanoseconds per record and stage: every chain, every timing mode,
//! in interleaved rounds. `cargo bench -p measured-benches --bench overhead`

use std::hint::black_box;

use clap::Parser;
use measured_benches::chains::{CHAINS, Chain};
use measured_benches::modes::{self, MODES};
use measured_benches::options::Options;
use measured_benches::rounds::{Spread, Variant, interleaved};
use measured_benches::{clock, machine, table};

/// Nanoseconds per record and stage that each timing mode adds to each chain.
#[derive(Parser)]
struct Instrument {
    #[command(flatten)]
    options: Options,
}

fn main() {
    let options = Instrument::parse().options;
    let rounds = options.rounds(200);
    println!(
        "{}; {rounds} rounds; 10th percentile / median\n",
        machine::line()
    );

    let heads = [
        "chain",
        "types",
        "pulled by",
        "bare, per record",
        "clock read",
    ];
    let mut table = table::table(3, &[&heads[..], &MODES[..]].concat());
    for chain in CHAINS {
        let records = options.records(chain.records);
        let visits = records * u64::from(chain.stages);
        let clock = interleaved(rounds, &[Box::new(clock::reads)]);
        let times = interleaved(rounds, &variants(chain, records));
        let (bare, measured) = times.split_first().expect("the bare chain is a variant");

        let mut row = vec![
            chain.name.to_owned(),
            chain.types.to_owned(),
            chain.pulled.to_owned(),
        ];
        row.push(table::spread(Spread::per(records, bare)));
        row.push(table::spread(Spread::per(clock::READS, &clock[0])));
        row.extend(
            measured
                .iter()
                .map(|times| table::spread(Spread::beyond(bare, visits, times))),
        );
        table.add_row(row);
    }
    println!("{table}");
}

/// The bare chain first, then the measured one in every mode.
fn variants(chain: Chain, records: u64) -> Vec<Variant<'static>> {
    let bare: Variant<'_> = Box::new(move || (chain.bare)(black_box(records)));
    let measured = MODES.map(|mode| -> Variant<'_> {
        Box::new(move || {
            modes::set(mode);
            (chain.measured)(black_box(records))
        })
    });
    [bare].into_iter().chain(measured).collect()
}
