//! The last latencies of a stage.

use crate::collector::RECENT;
use crate::histogram::Latency;

/// A ring of them.
#[derive(Clone, Debug)]
pub(super) struct Recent {
    ring: [Latency; RECENT],
    /// How many ever went through it.
    seen: u64,
}

impl Default for Recent {
    fn default() -> Recent {
        Recent {
            ring: [Latency::default(); RECENT],
            seen: 0,
        }
    }
}

impl Recent {
    pub(super) fn remember(&mut self, ticks: u64) {
        self.ring[(self.seen % RECENT as u64) as usize] = Latency::of(ticks);
        self.seen += 1;
    }

    /// In ticks.
    pub(super) fn oldest_first(&self) -> impl Iterator<Item = u64> + '_ {
        let kept = self.seen.saturating_sub(RECENT as u64)..self.seen;
        kept.map(|nth| self.ring[(nth % RECENT as u64) as usize].ticks())
    }
}
