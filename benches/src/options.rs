//! The options that every instrument takes.

use clap::Args;

/// How long an instrument may take.
#[derive(Debug, Clone, Copy, Args)]
pub struct Options {
    /// Interleaved rounds; without it as many as docs/costs.md was made with.
    #[arg(long)]
    rounds: Option<usize>,

    /// Cargo says this when it benches and keeps it to itself when it tests.
    #[arg(long, hide = true)]
    bench: bool,
}

impl Options {
    /// How many rounds to run: what was asked for, or the instrument's own number. Under
    /// `cargo test` one, which shows that the instrument works and nothing else.
    #[must_use]
    pub fn rounds(self, usually: usize) -> usize {
        self.rounds.unwrap_or(if self.bench { usually } else { 1 })
    }

    /// How many records to drain: under `cargo test` a hundredth.
    #[must_use]
    pub fn records(self, usually: u64) -> u64 {
        if self.bench { usually } else { usually / 100 }
    }
}
