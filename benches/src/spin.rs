//! Work of a known length, for holding a measurement against the truth.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// A chain of multiplications, each of which needs the result of the one before: no processor
/// does two of them at once, and none begins with the next record before this one is done,
/// because the chain goes on from where the last record left it.
#[derive(Debug, Default)]
pub struct Chain(Cell<u64>);

impl Chain {
    /// Goes on by so many multiplications.
    pub fn turn(&self, turns: u64) {
        let mut value = self.0.get();
        for _ in 0..turns {
            value = (value ^ (value >> 7)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        }
        self.0.set(value);
    }

    /// How many turns take so long on this machine now.
    #[must_use]
    pub fn turns_in(&self, nanos: u64) -> u64 {
        const TURNS: u64 = 1_000_000;
        let attempts = (0..10).map(|_| {
            let start = Instant::now();
            self.turn(TURNS);
            start.elapsed()
        });
        let shortest = attempts.min().unwrap_or(Duration::MAX);
        nanos * TURNS / u64::try_from(shortest.as_nanos()).unwrap_or(u64::MAX)
    }
}

/// What a stage does to its records: so many turns to most, more to every so-manieth.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    /// Turns for a usual record.
    pub usual: u64,
    /// Turns for a heavy one.
    pub heavy: u64,
    /// Every how many records there is a heavy one.
    pub period: u64,
}

impl Work {
    /// The same work for every record.
    #[must_use]
    pub fn even(turns: u64) -> Self {
        Self {
            usual: turns,
            heavy: turns,
            period: 1,
        }
    }

    /// Does the work for the record of this number.
    pub fn on(self, record: u64, chain: &Chain) {
        let heavy = record % self.period == self.period - 1;
        chain.turn(if heavy { self.heavy } else { self.usual });
    }

    /// How long the work for so many records takes, alone.
    #[must_use]
    pub fn alone(self, records: u64, chain: &Chain) -> Duration {
        let start = Instant::now();
        for record in 0..records {
            self.on(record, chain);
        }
        start.elapsed()
    }
}
