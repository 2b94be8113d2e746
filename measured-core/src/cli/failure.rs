//! How a command ends that does not end well: a line on standard error, and an exit code.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

/// Why a command ended.
///
/// ```
/// use measured_core::cli::Failure;
///
/// let failure = Failure::Usage("cannot read before.json: No such file".into());
/// assert_eq!(failure.to_string(), "cannot read before.json: No such file");
/// let code = Failure::exit_code("program", Err(failure)); // program: cannot read before.json: No such file
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
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::Data(message) => f.write_str(message),
            Self::Rules(broken) => f.write_str(&broken.join("; ")),
            Self::ClosedPipe => f.write_str("the output was closed by whoever read it"),
        }
    }
}

impl std::error::Error for Failure {}

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

    /// The exit code of a program that ended so. What failed is told on standard error
    /// first, in the program's name.
    ///
    /// ```
    /// use measured_core::cli::Failure;
    /// use std::process::ExitCode;
    ///
    /// assert_eq!(Failure::exit_code("measured", Ok(())), ExitCode::SUCCESS);
    /// ```
    #[must_use]
    pub fn exit_code(program: &str, done: Result<(), Failure>) -> ExitCode {
        let Err(failure) = done else {
            return ExitCode::SUCCESS;
        };
        match failure {
            Self::Usage(message) => {
                tell(program, &message);
                ExitCode::from(2)
            }
            Self::Data(message) => {
                tell(program, &message);
                ExitCode::FAILURE
            }
            Self::Rules(broken) => {
                for rule in broken {
                    tell(program, &rule);
                }
                ExitCode::from(3)
            }
            Self::ClosedPipe => ExitCode::SUCCESS,
        }
    }
}

impl From<clap::Error> for Failure {
    /// Puts what clap says in several paragraphs into one line, without the usage at its
    /// end. The help and the version are no failures: clap prints them and ends the
    /// program, as its own `parse` does.
    fn from(error: clap::Error) -> Self {
        if error.exit_code() == 0 {
            error.exit();
        }
        let text = error.to_string();
        let mut line = String::new();
        for part in text
            .lines()
            .map(str::trim)
            .take_while(|part| !part.starts_with("Usage:") && !part.starts_with("For more"))
            // Clap takes any option that it does not know for a file's name that begins with `-`.
            .filter(|part| !part.is_empty() && !part.starts_with("tip: to pass"))
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
