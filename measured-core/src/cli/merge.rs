//! `measured merge`.

use super::output::Output;
use super::{Endpoint, Failure, input};
use crate::report::Report;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Reports as JSON, of one process or of several; one that comes twice is counted once
    #[arg(value_name = "FILE|-", required = true)]
    files: Vec<Endpoint>,

    /// Where to write the merged report as JSON; it may be one of the files
    #[arg(short, long, value_name = "FILE|-", default_value = "-")]
    output: Endpoint,
}

impl Args {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let merged = Report::merge(input::reports(&self.files)?)
            .map_err(|error| Failure::Usage(error.to_string()))?;
        match self.replaced() {
            Some(file) => replace(&file, &merged.to_json())
                .map_err(|error| Failure::writing(&self.output.output_name(), &error)),
            None => Output::to(&self.output)?.text(&merged.to_json()),
        }
    }

    /// The file that the output is to take the place of, if it is there and may be written:
    /// not the link, but what that leads to.
    fn replaced(&self) -> Option<PathBuf> {
        let Endpoint::File(path) = &self.output else {
            return None;
        };
        // A pipe is opened once, and has an end when it is closed.
        fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
        OpenOptions::new().write(true).open(path).ok()?;
        path.canonicalize().ok()
    }
}

/// Puts text in the place of a file in one step: that file may be among those that were
/// read, and would be lost where the disk is full.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let mut new = file.as_os_str().to_owned();
    new.push(format!(".{}.new", process::id()));
    let replaced = fs::write(&new, text)
        .and_then(|()| fs::set_permissions(&new, fs::metadata(file)?.permissions()))
        .and_then(|()| fs::rename(&new, file));
    if replaced.is_err() {
        let _ = fs::remove_file(&new);
    }
    replaced
}
