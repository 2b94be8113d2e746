//! How a command ends that does not end well: a line on standard error, and an exit code.

use std::io::{self, Write};
use std::process::ExitCode;

/// Why a command ended.
///
/// ```
/// use measured_core::cli::Failure;
///
/// let failure = Failure::Usage("cannot read before.json: No such file".into());
/// let code = failure.tell("measured"); // measured: cannot read before.json: No such file
/// assert_eq!(code, std::process::ExitCode::from(2));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// What is asked for cannot be had. Exit code 2.
    Usage(String),
    /// The data, or the machine while it was read and written. Exit code 1.
    Data(String),
    /// Rules that do not hold, and what was found, a line each. Exit code 3.
    Rules(Vec<String>),
    /// Whoever read the output wants no more of it. Nothing to be told: exit code 0.
    ClosedPipe,
    /// Clap has something to show that was asked for: the help or the version.
    Shown(clap::Error),
}

impl Failure {
    /// What an error while writing to `to` comes to.
    ///
    /// ```
    /// use measured_core::cli::Failure;
    /// use std::io::ErrorKind;
    ///
    /// let gone = Failure::writing("standard output", &ErrorKind::BrokenPipe.into());
    /// assert!(matches!(gone, Failure::ClosedPipe));
    /// ```
    #[must_use]
    pub fn writing(to: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Data(format!("cannot write {to}: {error}")),
        }
    }

    /// Tells it on standard error, in the name of this program, and gives the exit code.
    #[must_use]
    pub fn tell(&self, program: &str) -> ExitCode {
        match self {
            Self::Usage(message) => {
                tell(program, message);
                ExitCode::from(2)
            }
            Self::Data(message) => {
                tell(program, message);
                ExitCode::FAILURE
            }
            Self::Rules(broken) => {
                for rule in broken {
                    tell(program, rule);
                }
                ExitCode::from(3)
            }
            Self::ClosedPipe => ExitCode::SUCCESS,
            Self::Shown(help) => {
                // To print it may fail on a closed pipe, and then nobody is there to be told.
                let _ = help.print();
                ExitCode::SUCCESS
            }
        }
    }
}

impl From<clap::Error> for Failure {
    /// Puts what clap says in several paragraphs into one line, without the usage at its end.
    fn from(error: clap::Error) -> Self {
        if error.exit_code() == 0 {
            return Self::Shown(error);
        }
        let text = error.to_string();
        let mut line = String::new();
        for part in text
            .lines()
            .map(str::trim)
            .take_while(|part| !part.starts_with("Usage:") && !part.starts_with("For more"))
            .filter(|part| !part.is_empty())
        {
            match line.chars().last() {
                None => {}
                Some(':') => line.push(' '),
                Some(_) => line.push_str("; "),
            }
            line.push_str(part);
        }
        Self::Usage(
            line.strip_prefix("error: ")
                .unwrap_or(&line)
                .replace("; [", " ["),
        )
    }
}

/// Writes one line to standard error, in the name of this program. What would move the
/// cursor or break the line is escaped: names of files and stages are other people's text.
///
/// ```
/// measured_core::cli::tell("measured", "no stage \"a\nb\""); // measured: no stage "a\nb"
/// ```
pub fn tell(program: &str, message: &str) {
    let mut line = format!("{program}: ");
    for character in message.chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line.push('\n');
    // Where standard error is closed, nobody is there to be told.
    let _ = io::stderr().write_all(line.as_bytes());
}
