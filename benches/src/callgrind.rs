//! Instructions, as callgrind counts them: unlike nanoseconds they repeat on a shared machine.

use crate::rounds::ratio;
use std::env;
use std::error::Error;
use std::hint::black_box;
use std::process::{Command, ExitCode};

/// The only function that callgrind counts.
#[inline(never)]
pub fn counted(work: fn(u64) -> u64, amount: u64) {
    black_box(work(black_box(amount)));
}

/// Instructions that this program, started with these arguments, spends in [`counted`] for one of an
/// `--amount`: the difference of two runs, one with twice as much of it, so that what a run does at its
/// start and its end cancels.
///
/// # Errors
///
/// Where valgrind is missing, or the program fails.
pub fn instructions_per(amount: u64, arguments: &[&str]) -> Result<f64, Box<dyn Error>> {
    let once = instructions(amount, arguments)?;
    let twice = instructions(2 * amount, arguments)?;
    Ok(ratio(twice.saturating_sub(once), amount))
}

/// Names what is above its limit, and fails where anything is: such an instrument is a gate.
#[must_use]
pub fn held(excesses: &[String]) -> ExitCode {
    for excess in excesses {
        eprintln!("{excess}");
    }
    if excesses.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn instructions(amount: u64, arguments: &[&str]) -> Result<u64, Box<dyn Error>> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--toggle-collect=measured_benches::callgrind::counted*")
        .arg(env::current_exe()?)
        .args(arguments)
        .args(["--amount", &amount.to_string()])
        .output()
        .map_err(|error| {
            format!("cannot run valgrind ({error}): install the package `valgrind`")
        })?;
    let log = String::from_utf8_lossy(&output.stderr);
    let collected = log.lines().find_map(|line| line.split_once("Collected : "));
    match collected {
        Some((_, count)) if output.status.success() => Ok(count.trim().parse()?),
        _ => Err(format!("callgrind counted nothing, {}:\n{log}", output.status).into()),
    }
}
