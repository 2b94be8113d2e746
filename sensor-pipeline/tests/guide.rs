//! The guide *From a report to a decision*: its commands run, and still say what it shows.
//!
//! Times differ from machine to machine and from run to run. What must not differ is what a
//! reader decides by: how each line begins, up to its first figure or comma; what becomes of
//! `features`; and exit codes. With `BLESS` set, the outputs of this run are written into the guide.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const GUIDE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../docs/from-a-report-to-a-decision.md"
);

#[test]
#[ignore = "builds the program `measured`, and takes its time"]
fn the_guide_shows_what_its_commands_say() {
    let mut shell = Shell::start(&programs());
    let guide = fs::read_to_string(GUIDE).expect("the guide");
    let mut renewed = String::new();
    let mut rest = guide.as_str();
    let mut commands = 0;
    while let Some((before, block)) = rest.split_once("```console\n") {
        let (block, after) = block.split_once("```").expect("the end of the block");
        renewed += before;
        renewed += "```console\n";
        for step in steps(block) {
            let said = shell.say(&step.command);
            renewed += &step.shown;
            renewed += &said;
            commands += 1;
            if env::var_os("BLESS").is_none() {
                step.assert_said(&said);
            }
        }
        renewed += "```";
        rest = after;
    }
    assert!(commands > 10, "{commands} commands in {GUIDE}");
    if env::var_os("BLESS").is_some() {
        fs::write(GUIDE, renewed + rest).expect("the guide can be written");
    }
}

/// The folder of `sensor-pipeline` and `measured`, both of them built.
fn programs() -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_sensor-pipeline"))
        .parent()
        .expect("it is in a folder");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "-p", "measured-core", "--bin", "measured"]);
    cargo.args(["--features", "measured-core/cli"]);
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    cargo.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    assert!(cargo.status().expect("cargo runs").success());
    folder.to_owned()
}

/// A command, and what the guide shows of it.
struct Step {
    /// As it stands in the guide, with its prompts.
    shown: String,
    command: String,
    output: String,
}

fn steps(block: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in block.split_inclusive('\n') {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                shown: line.to_owned(),
                command: command.to_owned(),
                output: String::new(),
            });
            continue;
        }
        let step = steps.last_mut().expect("a block begins with a command");
        if let Some(more) = line.strip_prefix("> ") {
            step.shown += line;
            step.command += more;
        } else {
            step.output += line;
        }
    }
    steps
}

impl Step {
    fn assert_said(&self, said: &str) {
        let all = words(said);
        for line in without_headings(&self.output) {
            assert!(
                all.contains(&words(beginning(line))),
                "{}: nothing begins like {line:?} in\n{said}",
                self.command
            );
            if let Some(verdict) = verdict(line) {
                let found = said.lines().find_map(self::verdict);
                assert_eq!(found, Some(verdict), "{}\n{said}", self.command);
            }
        }
    }
}

/// Which columns a table has depends on the room that its figures leave.
fn without_headings(text: &str) -> impl Iterator<Item = &str> {
    let below = text.lines().skip(1).chain([""]);
    let lines = text.lines().zip(below);
    lines.filter_map(|(line, below)| (!below.starts_with("---")).then_some(line))
}

/// A line up to its first figure, or comma: which stage is the bottleneck stands before it, and
/// how clearly, which is a matter of figures, behind. An exit code is all figure and counts.
fn beginning(line: &str) -> &str {
    if line.parse::<u8>().is_ok() {
        return line;
    }
    let figures = |c: char| c.is_ascii_digit() || "+-<>,".contains(c);
    &line[..line.find(figures).unwrap_or(line.len())]
}

/// What a comparison says of `features`.
fn verdict(line: &str) -> Option<&str> {
    let (_, last) = line
        .strip_prefix("features ")?
        .trim_end()
        .rsplit_once(' ')?;
    last.starts_with(char::is_alphabetic).then_some(last)
}

/// Without what depends on the width of figures: runs of blanks, and where lines end.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One shell for the whole guide, in a folder of its own.
struct Shell {
    process: Child,
    commands: ChildStdin,
    output: BufReader<ChildStdout>,
}

const END: &str = "end of what the command said";

impl Shell {
    fn start(programs: &Path) -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("guide");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the test's folder can be written");
        let path = env::var("PATH").unwrap_or_default();
        let mut process = Command::new("sh")
            .current_dir(folder)
            .env("PATH", format!("{}:{path}", programs.display()))
            .env_remove("MEASURED")
            .env_remove("COLUMNS")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut commands = process.stdin.take().expect("piped");
        commands.write_all(b"exec 2>&1\n").expect("it reads");
        let output = BufReader::new(process.stdout.take().expect("piped"));
        Self {
            process,
            commands,
            output,
        }
    }

    fn say(&mut self, command: &str) -> String {
        // The next command may ask for the exit code of this one.
        writeln!(
            self.commands,
            "{command}code=$?; echo '{END}'; (exit $code)"
        )
        .expect("the shell reads");
        let mut said = String::new();
        for line in (&mut self.output).lines() {
            let line = line.expect("text");
            if line == END {
                break;
            }
            said += &line;
            said.push('\n');
        }
        said
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
