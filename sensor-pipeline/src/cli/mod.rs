//! The command line: what it says, what it does, and how it ends.

mod args;
mod endpoint;
mod failure;
mod progress;
mod report;
mod run;

use std::process::ExitCode;

use clap::Parser;

use self::args::{Cli, Command};
use self::failure::Failure;

pub(crate) fn main() -> ExitCode {
    let done = Cli::try_parse().map_err(Failure::from).and_then(|cli| {
        let Command::Run(args) = cli.command();
        run::run(&args)
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}
