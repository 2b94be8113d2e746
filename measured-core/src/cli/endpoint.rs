//! Where data comes from and goes to: a file, or `-` for a standard stream.

use super::Failure;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// `FILE` or `-`.
///
/// ```
/// use measured_core::cli::Endpoint;
/// use std::ffi::OsString;
///
/// assert_eq!(Endpoint::from(OsString::from("-")), Endpoint::Standard);
/// assert_eq!(Endpoint::File("report.json".into()).input_name(), "report.json");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Standard input or output.
    Standard,
    /// A file of this name.
    File(PathBuf),
}

impl Endpoint {
    /// To be read from.
    ///
    /// # Errors
    /// [`Failure::Usage`] where it cannot be opened, or is a folder.
    ///
    /// ```
    /// use measured_core::cli::Endpoint;
    ///
    /// let missing = Endpoint::File("no/such/file".into());
    /// assert!(missing.open().is_err());
    /// ```
    pub fn open(&self) -> Result<Box<dyn Read>, Failure> {
        let Self::File(path) = self else {
            return Ok(Box::new(io::stdin().lock()));
        };
        let unreadable = |error| Failure::Usage(format!("cannot read {}: {error}", named(path)));
        let file = File::open(path).map_err(unreadable)?;
        // A folder opens like a file and fails only when it is read.
        if file.metadata().map_err(unreadable)?.is_dir() {
            return Err(unreadable(io::ErrorKind::IsADirectory.into()));
        }
        Ok(Box::new(file))
    }

    /// What it is called when data is read from it.
    ///
    /// ```
    /// use measured_core::cli::Endpoint;
    ///
    /// assert_eq!(Endpoint::Standard.input_name(), "standard input");
    /// ```
    #[must_use]
    pub fn input_name(&self) -> String {
        self.named("standard input")
    }

    /// What it is called when data is written to it.
    ///
    /// ```
    /// use measured_core::cli::Endpoint;
    ///
    /// assert_eq!(Endpoint::Standard.output_name(), "standard output");
    /// ```
    #[must_use]
    pub fn output_name(&self) -> String {
        self.named("standard output")
    }

    fn named(&self, standard: &str) -> String {
        match self {
            Self::Standard => standard.to_owned(),
            Self::File(path) => named(path),
        }
    }

    /// The regular file behind the name, whether or not it is there yet. Devices and
    /// pipes are none: they may be named as often as one likes.
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

/// As it is, but for one of which nothing would be seen.
fn named(path: &Path) -> String {
    if path.as_os_str().is_empty() {
        "\"\"".to_owned()
    } else {
        path.display().to_string()
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

/// Refuses to write two things to one place, or over what is being read, and to read
/// standard input twice. Each comes with the option that names it, if it was given.
///
/// # Errors
/// [`Failure::Usage`] that names both options.
///
/// ```
/// use measured_core::cli::{Endpoint, refuse_shared};
///
/// let (one, same) = (Endpoint::File("a.csv".into()), Endpoint::File("./a.csv".into()));
/// let inputs = [("--input", Some(&one))];
/// assert!(refuse_shared(&inputs, &[("--output", Some(&same))]).is_err());
/// assert!(refuse_shared(&inputs, &[("--output", None)]).is_ok());
/// let standard = Some(&Endpoint::Standard);
/// assert!(refuse_shared(&[("--input", standard), ("--compare", standard)], &[]).is_err());
/// ```
pub fn refuse_shared(
    inputs: &[(&str, Option<&Endpoint>)],
    outputs: &[(&str, Option<&Endpoint>)],
) -> Result<(), Failure> {
    refuse_shared_stream(inputs, "come from standard input")?;
    refuse_shared_stream(outputs, "go to standard output")?;
    let mut files: Vec<(&str, PathBuf)> = inputs
        .iter()
        .filter_map(|&(option, input)| Some((option, input?.regular_file()?)))
        .collect();
    for &(option, output) in outputs {
        let Some(output) = output else { continue };
        let Some(file) = output.regular_file() else {
            continue;
        };
        if let Some((other, _)) = files.iter().find(|(_, known)| *known == file) {
            return Err(Failure::Usage(format!(
                "{option} would overwrite {other}: both name {}",
                output.output_name()
            )));
        }
        files.push((option, file));
    }
    Ok(())
}

fn refuse_shared_stream(
    endpoints: &[(&str, Option<&Endpoint>)],
    what_they_do: &str,
) -> Result<(), Failure> {
    let mut standard = endpoints
        .iter()
        .filter(|(_, endpoint)| *endpoint == Some(&Endpoint::Standard));
    match (standard.next(), standard.next()) {
        (Some((one, _)), Some((other, _))) => Err(Failure::Usage(format!(
            "{one} and {other} cannot both {what_they_do}"
        ))),
        _ => Ok(()),
    }
}
