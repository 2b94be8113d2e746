//! The adapter around an iterator that a stage takes.

use super::cloning;
use super::countdown::Countdown;
use super::unwinding::{Pulse, Unwinding};
use crate::stage::call::Call;
use crate::stage::link;
use crate::stage::mode::{Mark, Mode};
use crate::stage::run::{FAR, KEEP, Run};
use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

/// An iterator that a stage pulls from.
pub struct In<I, M: Mode> {
    records: I,
    pulse: InPulse<M>,
}

/// In without its iterator, so that dropping it is dropping nothing of the user's.
struct InPulse<M: Mode> {
    run: &'static Run,
    countdown: Countdown,
    mode: PhantomData<fn() -> M>,
}

impl<I, M: Mode> In<I, M> {
    pub(crate) fn new(call: &Call<M>, records: I) -> In<I, M>
    where
        I: Iterator,
    {
        In::of(call.run().hold(), records)
    }

    /// For a run that it holds from now on.
    pub(super) fn of(run: &'static Run, mut records: I) -> In<I, M>
    where
        I: Iterator,
    {
        // Made first, so that a `size_hint` of the user's that panics lets go.
        let pulse = InPulse::of(run);
        if run.is_off() {
            return In { records, pulse };
        }
        let below = link::below(&mut records);
        if !below.directly {
            run.read_at_inputs();
        }
        for upstream in below.feeding {
            run.note_upstream(upstream.run);
        }
        if let Some(around) = below.around {
            run.note_passed_on_by(around);
        }
        In { records, pulse }
    }
}

impl<I> In<I, Mark> {
    /// The input of a stage that has no name yet.
    pub(crate) fn pending(mut records: I) -> In<I, Mark>
    where
        I: Iterator,
    {
        let pulse = InPulse::of(Run::pending(link::below(&mut records).directly));
        In { records, pulse }
    }
}

impl<M: Mode> InPulse<M> {
    fn of(run: &'static Run) -> InPulse<M> {
        InPulse {
            run,
            countdown: Countdown::from(FAR),
            mode: PhantomData,
        }
    }

    #[inline(always)]
    fn enter(&mut self) {
        if M::CLOCKED && self.run.is_armed() {
            let records = self.run.enter_input(self.countdown.used());
            if records != KEEP {
                self.countdown = Countdown::from(records);
            }
        }
    }

    #[inline(always)]
    fn exit<T>(&mut self, item: Option<T>) -> Option<T> {
        // Each arm returns what it knows it has, so that LLVM can jump from here to
        // where the caller looks whether there is an item.
        if let Some(item) = item {
            self.countdown.left -= 1;
            if M::CLOCKED && self.countdown.left == 0 {
                let used = self.countdown.set;
                let taken = self.run.exit_input(used);
                self.countdown.left = FAR;
                self.countdown.set = FAR.wrapping_add(used - taken);
            }
            Some(item)
        } else {
            // A call here would keep a loop that only counts from being vectorised.
            if M::CLOCKED {
                self.countdown = Countdown::from(self.run.input_is_empty(self.countdown.used()));
            }
            None
        }
    }
}

impl<M: Mode> Pulse for InPulse<M> {
    #[inline(always)]
    fn unwind(&mut self) {
        if M::CLOCKED {
            self.run.input_unwinds();
        }
    }
}

impl<M: Mode> Drop for InPulse<M> {
    #[inline]
    fn drop(&mut self) {
        self.run.drop_input(self.countdown.used());
    }
}

impl<I: Iterator, M: Mode> Iterator for In<I, M> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.pulse.enter();
        let unwinds = Unwinding(&mut self.pulse);
        let item = self.records.next();
        std::mem::forget(unwinds);
        self.pulse.exit(item)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let passed = self.pulse.countdown.used();
        link::pass_on(self.pulse.run, passed, || self.records.size_hint())
    }
}

impl<I: DoubleEndedIterator, M: Mode> DoubleEndedIterator for In<I, M> {
    #[inline]
    fn next_back(&mut self) -> Option<I::Item> {
        self.pulse.enter();
        let unwinds = Unwinding(&mut self.pulse);
        let item = self.records.next_back();
        std::mem::forget(unwinds);
        self.pulse.exit(item)
    }
}

impl<I: ExactSizeIterator, M: Mode> ExactSizeIterator for In<I, M> {
    #[inline]
    fn len(&self) -> usize {
        self.records.len()
    }
}

impl<I: FusedIterator, M: Mode> FusedIterator for In<I, M> {}

/// Within its stage, as by `cycle()`, a clone is one more input of the same run.
impl<I: Clone, M: Mode> Clone for In<I, M> {
    fn clone(&self) -> In<I, M> {
        let mine = self.pulse.run;
        let run = match cloning::clone_of(mine) {
            Some(clone) => clone.hold(),
            None if mine.is_pending() => Run::pending(mine.shares_inputs()),
            None => mine.hold(),
        };
        In {
            records: self.records.clone(),
            pulse: InPulse::of(run),
        }
    }
}

impl<I: fmt::Debug, M: Mode> fmt::Debug for In<I, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.records.fmt(f)
    }
}
