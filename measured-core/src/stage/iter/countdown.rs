//! How an adapter counts.

/// A countdown of records, and how far it counted when it was last set.
///
/// Handed to the run by value only: a pointer to it would be a pointer into the
/// user's chain of iterators, and would keep all of it out of registers.
#[derive(Debug)]
pub(super) struct Countdown {
    pub(super) left: u64,
    pub(super) set: u64,
}

impl Countdown {
    pub(super) const fn from(records: u64) -> Countdown {
        Countdown {
            left: records,
            set: records,
        }
    }

    #[inline(always)]
    pub(super) fn used(&self) -> u64 {
        self.set.wrapping_sub(self.left)
    }
}
