//! What `#[profiled]` costs, in instructions per call: where no profiler runs, a load and a branch;
//! without the feature `profile`, nothing. Like `stage_instructions`, this is a gate.
//! `benches/instructions.sh`

use clap::Parser;
use measured_benches::callgrind::{counted, held, instructions_per};
use measured_benches::{machine, table};
#[cfg(feature = "profile")]
use measured_core::{Clock, profile::Profiler};
use std::error::Error;
use std::process::ExitCode;

/// The same functions; the second attribute is for the one that has types.
macro_rules! functions {
    ($(#[$attribute:meta] #[$by_type:meta])?) => {
        use std::hint::black_box;

        $(#[$attribute])?
        #[inline(never)]
        fn called(n: u64) -> u64 {
            black_box(n)
        }

        $(#[$attribute])?
        #[inline]
        fn inlined(n: u64) -> u64 {
            black_box(n)
        }

        $(#[$by_type])?
        #[inline(never)]
        fn generic<T>(n: T) -> T {
            black_box(n)
        }

        pub(crate) fn calls(calls: u64) -> u64 {
            (0..calls).fold(0, |sum, n| sum ^ called(n))
        }

        pub(crate) fn inlined_calls(calls: u64) -> u64 {
            (0..calls).fold(0, |sum, n| sum ^ inlined(n))
        }

        pub(crate) fn generic_calls(calls: u64) -> u64 {
            (0..calls).fold(0, |sum, n| sum ^ generic(n))
        }
    };
}

mod bare {
    functions!();
}

mod profiled {
    use measured_core::profiled;

    functions!(#[profiled] #[profiled(generics)]);
}

/// So many calls of a function, bare and profiled.
struct Function {
    name: &'static str,
    bare: fn(u64) -> u64,
    profiled: fn(u64) -> u64,
}

#[rustfmt::skip]
const FUNCTIONS: [Function; 3] = [
    Function { name: "called", bare: bare::calls, profiled: profiled::calls },
    Function { name: "inlined", bare: bare::inlined_calls, profiled: profiled::inlined_calls },
    Function { name: "generic", bare: bare::generic_calls, profiled: profiled::generic_calls },
];

/// What is compared with the bare function.
const VARIANTS: &[&str] = if cfg!(feature = "profile") {
    &[IDLE, RUNNING]
} else {
    &[IDLE]
};

const IDLE: &str = "no profiler runs";
const RUNNING: &str = "a profiler runs";

/// The most that a variant may add to a function, per call.
fn limit(function: &str, variant: &str) -> f64 {
    match (function, variant) {
        _ if !cfg!(feature = "profile") => 0.0,
        // With a lookup of the types' name.
        ("generic", RUNNING) => 185.0,
        (_, RUNNING) => 135.0,
        // Where somebody watches, loaded by way of its address; the test, and the branch.
        ("inlined", _) => 4.0,
        // Also a frame on the stack, which a function that calls nobody does without.
        ("called", _) => 10.0,
        _ => 13.0,
    }
}

const BARE: &str = "bare";

/// Instructions per call that `#[profiled]` adds, under callgrind.
#[derive(Parser)]
struct Instrument {
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,

    /// Be the process that is counted: call this function of the list.
    #[arg(long, hide = true, requires_all = ["variant", "amount"])]
    function: Option<usize>,

    #[arg(long, hide = true, default_value = BARE)]
    variant: String,

    /// So often.
    #[arg(long, hide = true, default_value_t = CALLS)]
    amount: u64,
}

const CALLS: u64 = 10_000;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Instrument {
        bench,
        function,
        variant,
        amount,
    } = Instrument::parse();
    if let Some(function) = function {
        call(&FUNCTIONS[function], &variant, amount);
        return Ok(ExitCode::SUCCESS);
    }
    if !bench {
        println!("instructions are counted in optimised code: run benches/instructions.sh");
        return Ok(ExitCode::SUCCESS);
    }

    println!("{}; beyond bare\n", machine::line());
    let mut table = table::table(1, &[&["function", "bare, per call"], VARIANTS].concat());
    let mut excesses = Vec::new();
    for (index, Function { name, .. }) in FUNCTIONS.iter().enumerate() {
        let instructions = |variant| {
            let index = index.to_string();
            instructions_per(CALLS, &["--function", &index, "--variant", variant])
        };
        let bare = instructions(BARE)?;
        let mut row = vec![(*name).to_owned(), format!("{bare:.2}")];
        for variant in VARIANTS {
            let added = instructions(variant)? - bare;
            row.push(format!("{added:.2}"));
            let limit = limit(name, variant);
            if added > limit {
                excesses.push(format!(
                    "{name}, {variant}: {added:.2} instructions per call, over {limit}"
                ));
            }
        }
        table.add_row(row);
    }
    println!("{table}");
    Ok(held(&excesses))
}

fn call(function: &Function, variant: &str, calls: u64) {
    let work = if variant == BARE {
        function.bare
    } else {
        function.profiled
    };
    // With this clock, as under callgrind none is found to keep time.
    #[cfg(feature = "profile")]
    let _profiler = (variant == RUNNING)
        .then(|| Profiler::start_with(Clock::Tsc).expect("the only one of this process"));
    // What the first call does is done uncounted.
    work(1);
    counted(work, calls);
}
