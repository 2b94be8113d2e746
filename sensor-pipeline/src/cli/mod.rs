//! The command line: what it says, what it does, and how it ends.

mod args;
mod collectors;
mod memory;
mod profile;
mod progress;
mod run;
mod whole;

use self::args::{Cli, Command};
use clap::Parser;
use measured_core::cli::Failure;
use std::process::ExitCode;

/// The name in front of every message.
const PROGRAM: &str = env!("CARGO_PKG_NAME");

pub(crate) fn main() -> ExitCode {
    let done = Cli::try_parse()
        .map_err(Failure::from)
        .and_then(|cli| match cli.command() {
            Command::Run(args) => run::command(&args),
            Command::Profile(args) => profile::command(&args),
            Command::Memory(args) => memory::command(&args),
        });
    Failure::exit_code(PROGRAM, done)
}
