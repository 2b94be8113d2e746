//! The program `measured` as its users meet it: its streams and its exit codes.
#![cfg(all(feature = "cli", feature = "enable"))]

mod compare;
mod html;
mod merge;
#[path = "../reports/pipeline.rs"]
mod pipeline;
mod refusals;
mod show;
mod what_if;

use pipeline::{Work, report};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// What the program came to.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_measured"));
    command.args(args).env_remove("COLUMNS");
    command
}

fn measured(args: &[&str]) -> Run {
    measured_on("", args)
}

/// Runs the program with this on its standard input.
fn measured_on(input: impl AsRef<[u8]>, args: &[&str]) -> Run {
    let mut child = command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    // Whether the program reads it is for the test to say.
    let _ = stdin.write_all(input.as_ref());
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

/// A file for one test, with this in it.
fn file(name: &str, content: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).expect("the test's folder can be written");
    path.into_os_string()
        .into_string()
        .expect("a path of ours is text")
}

/// A file with the report of this work.
fn report_file(name: &str, work: Work) -> String {
    file(name, &report(work).to_json())
}
