//! `measured`: the reports of measured pipelines, shown, compared and priced.

use std::process::ExitCode;

fn main() -> ExitCode {
    measured_core::cli::main()
}
