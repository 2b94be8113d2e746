//! How right the shares are: stages that work for a known time, and what the sampled mode makes
//! of them in a hundred runs with a hundred seeds.
//! `cargo bench -p measured-benches --bench accuracy`

use clap::Parser;
use measured_benches::options::Options;
use measured_benches::rounds::Spread;
use measured_benches::spin::{Chain, Work};
use measured_benches::{machine, modes, table};
use measured_core::{Registry, measured_stage};

/// Stages that differ in nothing but their names.
macro_rules! stages {
    ($($name:ident),*) => {
        const STAGES: [&str; 3] = [$(stringify!($name)),*];

        $(
            #[measured_stage]
            fn $name(
                records: impl Iterator<Item = u64>,
                work: Work,
                chain: &Chain,
            ) -> impl Iterator<Item = u64> {
                records.inspect(move |record| work.on(*record, chain))
            }
        )*
    };
}

stages!(first, second, third);

/// Shares of known work, measured by sampling.
#[derive(Parser)]
struct Instrument {
    #[command(flatten)]
    options: Options,
}

fn main() {
    let options = Instrument::parse().options;
    let seeds = options.rounds(100);
    println!(
        "{}; {seeds} seeds; shares in per cent of the three stages' time",
        machine::line()
    );
    for timing in [SAMPLED, "every"] {
        orders(timing, seeds, options.records(20_000));
    }
    periods(seeds, options.records(32 * 1024));
    rare(seeds, options.records(5 * RARE));
}

/// The timing of the instruments below, where they do not say otherwise.
const SAMPLED: &str = "budget=1%";

/// Fifty, two hundred and a thousand nanoseconds, in every order.
fn orders(timing: &str, seeds: usize, records: u64) {
    const ORDERS: [[u64; 3]; 6] = [
        [50, 200, 1000],
        [50, 1000, 200],
        [200, 50, 1000],
        [200, 1000, 50],
        [1000, 50, 200],
        [1000, 200, 50],
    ];
    println!("\nKnown work in every order, timing = {timing}\n");
    let mut table = table::table(1, &[&["order, ns", "stage, ns"], &HEADS[..]].concat());
    let chain = Chain::default();
    for order in ORDERS {
        let works = order.map(|nanos| Work::even(chain.turns_in(nanos)));
        let trials = Trials::run(timing, seeds, works, records, &chain);
        for (stage, nanos) in order.iter().enumerate() {
            let row = vec![format!("{order:?}"), nanos.to_string()];
            table.add_row([row, trials.figures(stage).cells()].concat());
        }
    }
    println!("{table}");
}

/// One record in so many takes two microseconds instead of fifty nanoseconds: sampling that keeps
/// step with the work would see only the heavy ones, or none.
fn periods(seeds: usize, records: u64) {
    println!("\nPeriodic work between two steady stages\n");
    let mut table = table::table(0, &[&["a heavy record in"], &HEADS[..]].concat());
    let chain = Chain::default();
    for period in [2_u64, 32, 64, 100, 128, 1024] {
        let steady = Work::even(chain.turns_in(200));
        let usual = chain.turns_in(50);
        let uneven = Work {
            usual,
            heavy: 40 * usual,
            period,
        };
        let trials = Trials::run(SAMPLED, seeds, [steady, uneven, steady], records, &chain);
        table.add_row([vec![period.to_string()], trials.figures(1).cells()].concat());
    }
    println!("{table}");
}

/// A heavy record is as rare as this in [`rare`].
const RARE: u64 = 8192;

/// Two milliseconds once in 8,192 records: hardly a sample meets one, and yet they are most of
/// the time. What cannot be seen must not be reported with confidence.
fn rare(seeds: usize, records: u64) {
    println!("\nTwo milliseconds once in {RARE} records\n");
    let chain = Chain::default();
    let usual = chain.turns_in(200);
    let flushing = Work {
        usual,
        heavy: 10_000 * usual,
        period: RARE,
    };
    let works = [Work::even(usual), flushing, Work::even(usual)];
    let trials = Trials::run(SAMPLED, seeds, works, records, &chain);
    let wrong = trials
        .confident()
        .filter(|trial| (0..3).any(|stage| trials.error(trial, stage).abs() > 5.0));
    let flagged = seeds - trials.confident().count();
    let heads = ["flagged", "confident and more than 5 points off"];
    let mut table = table::table(0, &[&HEADS[..], &heads].concat());
    let row = vec![flagged.to_string(), wrong.count().to_string()];
    table.add_row([trials.figures(1).cells(), row].concat());
    println!("{table}");
}

/// What one run of the three stages was said to be, and what their work takes alone.
struct Trial {
    shares: [Share; 3],
    confident: bool,
    alone: [f64; 3],
}

/// A stage's share of what the three took, and two of its standard errors, in per cent.
#[derive(Clone, Copy)]
struct Share {
    percent: f64,
    within: f64,
}

impl Trial {
    fn run(timing: &str, seed: u64, works: [Work; 3], records: u64, chain: &Chain) -> Self {
        let timing = modes::mode(timing);
        let registry = Registry::new().with_timing(timing).with_seed(seed);
        registry.scope(|| {
            let firsts = first(0..records, works[0], chain);
            let seconds = second(firsts, works[1], chain);
            third(seconds, works[2], chain).for_each(drop);
        });
        let report = registry.capture();
        let stages = STAGES.map(|name| report.stage(name).expect("it has just run"));
        // The report's shares are of a wall that holds the budgeted probes as well.
        let whole: f64 = stages.iter().map(|stage| stage.share).sum();
        Self {
            shares: stages.map(|stage| Share {
                percent: 100.0 * stage.share / whole,
                within: 100.0 * stage.share_ci / whole,
            }),
            confident: stages.iter().all(|stage| !stage.low_confidence),
            alone: works.map(|work| work.alone(records, chain).as_secs_f64()),
        }
    }
}

/// The same work with every seed.
struct Trials {
    trials: Vec<Trial>,
    /// The shares that the stages' work has when each is timed alone, in the median of the trials.
    truth: [f64; 3],
}

/// What the trials say of one stage, in per cent.
struct Figures {
    truth: f64,
    measured: f64,
    /// Standard error of the mean measured.
    within: f64,
    /// The error that is furthest from zero.
    worst: f64,
    /// How many trials have the truth within two of their own standard errors.
    covered: usize,
}

/// What [`Figures::cells`] puts under them.
const HEADS: [&str; 6] = [
    "truth",
    "measured",
    "error",
    "± s.e. of the error",
    "worst error",
    "truth inside ±2 s.e.",
];

impl Figures {
    fn cells(&self) -> Vec<String> {
        vec![
            format!("{:.2}", self.truth),
            format!("{:.2}", self.measured),
            format!("{:+.2}", self.measured - self.truth),
            format!("{:.2}", self.within),
            format!("{:+.2}", self.worst),
            self.covered.to_string(),
        ]
    }
}

impl Trials {
    fn run(timing: &str, seeds: usize, works: [Work; 3], records: u64, chain: &Chain) -> Self {
        let seeds = (0_u64..).take(seeds);
        let run = |seed| Trial::run(timing, seed, works, records, chain);
        let trials: Vec<Trial> = seeds.map(run).collect();
        let alone = [0, 1, 2]
            .map(|stage| Spread::of(trials.iter().map(|trial| trial.alone[stage])).typical);
        let whole: f64 = alone.iter().sum();
        Self {
            trials,
            truth: alone.map(|alone| 100.0 * alone / whole),
        }
    }

    fn confident(&self) -> impl Iterator<Item = &Trial> {
        self.trials.iter().filter(|trial| trial.confident)
    }

    fn error(&self, trial: &Trial, stage: usize) -> f64 {
        trial.shares[stage].percent - self.truth[stage]
    }

    fn figures(&self, stage: usize) -> Figures {
        let trials = f64::from(u32::try_from(self.trials.len()).expect("so many take years"));
        let mean = |of: &dyn Fn(&Trial) -> f64| self.trials.iter().map(of).sum::<f64>() / trials;
        let measured = mean(&|trial| trial.shares[stage].percent);
        let variance = mean(&|trial| (trial.shares[stage].percent - measured).powi(2));
        let errors = self.trials.iter().map(|trial| self.error(trial, stage));
        let covered = |trial: &&Trial| self.error(trial, stage).abs() <= trial.shares[stage].within;
        Figures {
            truth: self.truth[stage],
            measured,
            within: (variance / trials).sqrt(),
            worst: errors
                .max_by(|one, other| one.abs().total_cmp(&other.abs()))
                .expect("at least one trial"),
            covered: self.trials.iter().filter(covered).count(),
        }
    }
}
