//! Moments that two stages share.
//!
//! Where an input stands directly on another stage's output, nobody else's code
//! runs between the two: entering the input and entering the output are one
//! moment, and so are leaving the one and the other. Where both time every pull,
//! whoever comes first reads the clock and hands the moment on, and a chain of n
//! stages needs 2n + 2 readings for a record in the place of 4n.

use super::Run;
use std::cell::Cell;
use std::sync::atomic::Ordering::Relaxed;

thread_local! {
    /// The moment at which an input was entered, until the output under it is.
    static ENTERED: Cell<Option<u64>> = const { Cell::new(None) };
    /// The moment at which an output was left, until the input over it is.
    static LEFT: Cell<Option<u64>> = const { Cell::new(None) };
}

impl Run {
    /// Whether its inputs hand their moments on to the outputs that they stand on.
    #[inline(always)]
    pub(crate) fn shares_inputs(&self) -> bool {
        self.shares_inputs.load(Relaxed)
    }

    #[inline(always)]
    pub(super) fn shares_output(&self) -> bool {
        self.shares_output.load(Relaxed)
    }

    /// One of its inputs stands on no output directly, so all read the clock.
    pub(crate) fn read_at_inputs(&self) {
        self.shares_inputs.store(false, Relaxed);
    }

    /// What a clone's adapters stand on is a clone of what those of `run` do.
    pub(super) fn shares_as(&self, run: &Run) {
        self.shares_inputs.store(run.shares_inputs(), Relaxed);
        self.shares_output.store(run.shares_output(), Relaxed);
    }

    /// Shares moments with the run of its registry that it pulls from, if both time every
    /// pull, and nobody is told of what runs between them.
    pub(super) fn share_with(&self, upstream: &Run) {
        let shares =
            |run: &Run| run.is_clocked() && !run.sampled.load(Relaxed) && !run.watched.is_on();
        if !(shares(self) && shares(upstream)) {
            self.read_at_inputs();
        } else if self.shares_inputs() {
            upstream.shares_output.store(true, Relaxed);
        }
    }

    /// The moment at which the output is entered.
    pub(super) fn output_entered_at(&self) -> u64 {
        let shared = self.shares_output().then(|| ENTERED.take()).flatten();
        shared.unwrap_or_else(|| self.now())
    }

    /// The moment at which the output is left.
    pub(super) fn output_left_at(&self) -> u64 {
        let now = self.now();
        if self.shares_output() {
            LEFT.set(Some(now));
        }
        now
    }

    /// The moment at which an input is entered.
    pub(super) fn input_entered_at(&self) -> u64 {
        let now = self.now();
        if self.shares_inputs() {
            ENTERED.set(Some(now));
            LEFT.set(None);
        }
        now
    }

    /// The moment at which an input is left. The output under it has handed nothing
    /// on if it has ended before and records nothing more.
    pub(super) fn input_left_at(&self) -> u64 {
        if !self.shares_inputs() {
            return self.now();
        }
        ENTERED.set(None);
        LEFT.take().unwrap_or_else(|| self.now())
    }
}

#[cfg(test)]
mod tests {
    use super::Run;
    use crate::registry::Registry;
    use crate::stage::call::{Call, start_with};
    use crate::stage::{Clocked, In, Out, Plain, Site};
    use crate::timing::Timing;

    static LOWER: Site = Site::new("lower", module_path!(), file!(), line!());
    static UPPER: Site = Site::new("upper", module_path!(), file!(), line!());

    fn call(site: &Site, registry: &Registry, timing: Timing) -> Call<Clocked> {
        start_with(Run::fresh(), site, registry, timing, false)
    }

    fn lower(registry: &Registry, timing: Timing) -> Out<std::ops::Range<u8>, Clocked, Plain> {
        Out::around(0..3, call(&LOWER, registry, timing))
    }

    /// Whether a stage over `records` shares moments with what is under them.
    fn shares(registry: &Registry, timing: Timing, records: impl Iterator) -> bool {
        let call = call(&UPPER, registry, timing);
        let _input = In::new(&call, records);
        call.run().shares_inputs()
    }

    #[test]
    fn moments_are_shared_where_nothing_lies_between() {
        use Timing::{Counts, Every};
        let here = Registry::new();
        let sampled = Timing::default();
        assert!(shares(&here, Every, lower(&here, Every)));
        assert!(!shares(&here, Every, 0..3));
        assert!(!shares(&here, Every, lower(&here, Every).inspect(|_| ())));
        assert!(!shares(&here, Every, Box::new(lower(&here, Every))));
        assert!(!shares(&here, Every, lower(&here, Every).by_ref()));
        for (above, below) in [(Every, sampled), (sampled, Every), (Every, Counts)] {
            assert!(!shares(&here, above, lower(&here, below)));
        }
        assert!(!shares(&Registry::new(), Every, lower(&here, Every)));
    }

    #[test]
    fn one_input_that_reads_the_clock_makes_all_of_its_run_read_it() {
        let here = Registry::new();
        let upper = call(&UPPER, &here, Timing::Every);
        let _one = In::new(&upper, lower(&here, Timing::Every));
        assert!(upper.run().shares_inputs());
        let _other = In::new(&upper, 0..3);
        assert!(!upper.run().shares_inputs());
    }
}
