//! The line above every table: a figure without its machine, its day and its command is a rumour.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// Processor, operating system, compiler, day.
#[must_use]
pub fn line() -> String {
    let cores = available_parallelism().map_or(1, usize::from);
    format!(
        "{} ({cores} cores), {}, {}, {}",
        processor(),
        said("uname", &["-sr"]),
        said("rustc", &["--version"]),
        said("date", &["+%F"]),
    )
}

fn processor() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpuinfo
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    model.map_or_else(
        || said("uname", &["-m"]),
        |model| model.trim_start_matches([' ', '\t', ':']).to_owned(),
    )
}

/// What a program of the system prints, or that it is not there.
fn said(program: &str, arguments: &[&str]) -> String {
    match Command::new(program).args(arguments).output() {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        }
        _ => format!("no `{program}`"),
    }
}
