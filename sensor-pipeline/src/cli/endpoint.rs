//! Where data comes from and goes to: a file, or `-` for a standard stream.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// `FILE` or `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// Standard input or output.
    Standard,
    /// A file of this name.
    File(PathBuf),
}

impl Endpoint {
    pub(crate) fn open(&self) -> Result<Box<dyn io::Read>, Failure> {
        let Self::File(path) = self else {
            return Ok(Box::new(io::stdin().lock()));
        };
        let unreadable = |error| Failure::Usage(format!("cannot read {}: {error}", path.display()));
        let file = File::open(path).map_err(unreadable)?;
        // A folder opens like a file and fails only when it is read.
        if file.metadata().map_err(unreadable)?.is_dir() {
            return Err(unreadable(io::ErrorKind::IsADirectory.into()));
        }
        Ok(Box::new(file))
    }

    pub(crate) fn create(&self) -> Result<Box<dyn io::Write>, Failure> {
        let Self::File(path) = self else {
            return Ok(Box::new(io::stdout().lock()));
        };
        match File::create(path) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) => Err(Failure::Usage(format!(
                "cannot write {}: {error}",
                path.display()
            ))),
        }
    }

    /// What it is called when data is read from it.
    pub(crate) fn as_input(&self) -> String {
        self.named("standard input")
    }

    /// What it is called when data is written to it.
    pub(crate) fn as_output(&self) -> String {
        self.named("standard output")
    }

    fn named(&self, standard: &str) -> String {
        match self {
            Self::Standard => standard.to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    /// The regular file behind the name, whether or not it is there yet. Devices and pipes are
    /// none: they may be named as often as one likes.
    fn regular_file(&self) -> Option<PathBuf> {
        let Self::File(path) = self else {
            return None;
        };
        if let Ok(found) = fs::metadata(path) {
            return found.is_file().then(|| path.canonicalize().ok())?;
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    }
}

impl From<OsString> for Endpoint {
    fn from(name: OsString) -> Self {
        if name == "-" {
            Self::Standard
        } else {
            Self::File(name.into())
        }
    }
}

/// Refuses to write two things to one place, or over what is being read.
pub(crate) fn refuse_shared(
    input: Option<&Endpoint>,
    outputs: &[(&str, Option<&Endpoint>)],
) -> Result<(), Failure> {
    let mut files: Vec<(&str, PathBuf)> = Vec::new();
    files.extend(
        input
            .and_then(Endpoint::regular_file)
            .map(|file| ("--input", file)),
    );
    let mut to_standard = None;
    for &(option, output) in outputs {
        let Some(output) = output else { continue };
        if *output == Endpoint::Standard
            && let Some(other) = to_standard.replace(option)
        {
            return Err(Failure::Usage(format!(
                "{other} and {option} cannot both go to standard output"
            )));
        }
        let Some(file) = output.regular_file() else {
            continue;
        };
        if let Some((other, _)) = files.iter().find(|(_, known)| *known == file) {
            return Err(Failure::Usage(format!(
                "{option} would overwrite {other}: both name {}",
                output.as_output()
            )));
        }
        files.push((option, file));
    }
    Ok(())
}
