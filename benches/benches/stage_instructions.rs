//! What measuring costs, in instructions per record and stage: unlike nanoseconds they repeat on
//! a shared machine, so this instrument is a gate. `benches/instructions.sh`

use clap::Parser;
use measured_benches::callgrind::{counted, held, instructions_per};
use measured_benches::chains::{CHAINS, Chain};
use measured_benches::work::A_PASS;
use measured_benches::{machine, modes, table};
use measured_core::{Clock, Registry};
use std::error::Error;
use std::process::ExitCode;

/// The attribute that counts without a clock, and the modes whose cost in instructions does not
/// depend on how fast the machine is today.
const VARIANTS: [&str; 5] = ["timing = counts", "off", "counts", "one-in=1024", "every"];

/// The most that a variant may add to a chain, per record and stage.
fn limit(chain: &Chain, variant: &str) -> f64 {
    match (chain.name, variant) {
        _ if !cfg!(feature = "enable") => 0.0,
        (_, "every") => 600.0,
        // In its vectors' lanes the loop counts for less than two; one record at a time, for five.
        ("u32 slice", "timing = counts") => 2.0,
        (_, "timing = counts") => 4.0,
        _ => 20.0,
    }
}

/// Instructions per record and stage that each timing mode adds to each chain, under callgrind.
#[derive(Parser)]
struct Instrument {
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,

    /// Be the process that is counted: drain this chain of the list.
    #[arg(long, hide = true, requires_all = ["variant", "amount"])]
    chain: Option<usize>,

    /// A mode, or `bare`.
    #[arg(long, hide = true, default_value = "bare")]
    variant: String,

    /// So many records of it.
    #[arg(long, hide = true, default_value_t = A_PASS)]
    amount: u64,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Instrument {
        bench,
        chain,
        variant,
        amount,
    } = Instrument::parse();
    if let Some(chain) = chain {
        drain(&CHAINS.as_flattened()[chain], &variant, amount);
        return Ok(ExitCode::SUCCESS);
    }
    if !bench {
        println!("instructions are counted in optimised code: run benches/instructions.sh");
        return Ok(ExitCode::SUCCESS);
    }

    println!("{}; beyond bare\n", machine::line());
    let heads = ["chain", "pulled by", "bare, per record"];
    let mut table = table::table(2, &[&heads[..], &VARIANTS[..]].concat());
    let mut excesses = Vec::new();
    for (index, chain) in CHAINS
        .as_flattened()
        .iter()
        .enumerate()
        .filter(|(_, chain)| chain.types == "impl")
    {
        let bare = instructions_per_record(index, "bare")?;
        let mut row = vec![
            chain.name.to_owned(),
            chain.pulled.to_owned(),
            format!("{bare:.2}"),
        ];
        for variant in VARIANTS {
            let measured = instructions_per_record(index, variant)?;
            let added = (measured - bare) / f64::from(chain.stages);
            row.push(format!("{added:.2}"));
            let limit = limit(chain, variant);
            // As it is printed: what a run does at its end need not cancel to the last instruction.
            if added > limit + 0.005 {
                excesses.push(format!(
                    "{} ({}), {variant}: {added:.2} instructions per record and stage, over {limit}",
                    chain.name, chain.pulled,
                ));
            }
        }
        table.add_row(row);
    }
    println!("{table}");
    Ok(held(&excesses))
}

fn drain(chain: &Chain, variant: &str, records: u64) {
    let drain = match variant {
        "bare" => chain.bare,
        "timing = counts" => chain.counted,
        mode => {
            modes::set(mode);
            chain.measured
        }
    };
    // Which clock the host's is depends on how busy it is under valgrind.
    Registry::new().with_clock(Clock::Tsc).scope(|| {
        // What is done once per process, the clock's calibration first of all, is done uncounted.
        drain(A_PASS);
        counted(drain, records);
    });
}

fn instructions_per_record(chain: usize, variant: &str) -> Result<f64, Box<dyn Error>> {
    let chain = chain.to_string();
    instructions_per(A_PASS, &["--chain", &chain, "--variant", variant])
}
