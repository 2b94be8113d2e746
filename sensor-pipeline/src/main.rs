//! `sensor-pipeline`: readings in, readings with features out, and where the time went.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
