//! The command line as its users meet it: the built program, its streams and its exit codes.

mod dirty_data;
mod generated;
mod memory;
mod profile;
mod refusals;
mod streams;

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

impl Run {
    /// The output's lines behind its header.
    fn readings(&self) -> Vec<&str> {
        let mut lines = self.stdout.lines();
        assert_eq!(lines.next(), Some("timestamp,sensor,value,mean,variance"));
        lines.collect()
    }
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sensor-pipeline"));
    command.args(args).env_remove("MEASURED");
    command
}

fn run(args: &[&str]) -> Run {
    run_on("", args)
}

/// Runs the program with this on its standard input.
fn run_on(input: impl AsRef<[u8]>, args: &[&str]) -> Run {
    let mut child = command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    // Whether the program reads all of it is for the test to say.
    let _ = stdin.write_all(input.as_ref());
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

/// The path of a file for one test, which is not there yet.
fn path(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_file(&path);
    path.into_os_string()
        .into_string()
        .expect("a path of ours is text")
}

/// A file for one test.
fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    let path = path(name);
    fs::write(&path, content).expect("the test's folder can be written");
    path
}

/// The last line of what was told.
fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default()
}
