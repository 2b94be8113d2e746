//! Peers in processes of their own. They install global recorders and start threads, so that a
//! program that compares them starts itself once per peer and round.

use serde::de::DeserializeOwned;
use std::env;
use std::error::Error;
use std::process::Command;

/// One way to watch the work `W`.
#[derive(Debug)]
pub struct Peer<W: ?Sized> {
    /// The crate.
    pub name: &'static str,
    /// What of it is used.
    pub used: &'static str,
    /// Installs what the peer needs and gives the work as its user would write it.
    pub open: fn() -> Box<W>,
}

impl<W: ?Sized> Peer<W> {
    /// Starts this program again, as the peer with this number: with `--peer` it prints what its
    /// work came to, as JSON.
    ///
    /// # Errors
    ///
    /// When that process fails, or prints something else.
    pub fn run_apart<O: DeserializeOwned>(&self, number: usize) -> Result<O, Box<dyn Error>> {
        let output = Command::new(env::current_exe()?)
            .args(env::args_os().skip(1))
            .args(["--peer", &number.to_string()])
            .output()?;
        if !output.status.success() {
            let (name, used) = (self.name, self.used);
            let errors = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{name} ({used}) failed, {}: {errors}", output.status).into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}
