//! The adapter around the iterator that a stage returns.

use super::cloning::Cloning;
use super::countdown::Countdown;
use super::unwinding::{Pulse, Unwinding};
use crate::stage::call::Call;
use crate::stage::link;
use crate::stage::mode::Mode;
use crate::stage::run::{FAR, Run};
use crate::stage::tally::Tally;
use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

/// The iterator that a stage returns.
pub struct Out<I, M: Mode, T> {
    records: I,
    pulse: OutPulse<M, T>,
}

/// Out without its iterator.
struct OutPulse<M: Mode, T> {
    run: &'static Run,
    countdown: Countdown,
    errors: u64,
    /// The last pull found nothing; kept where no clock is, and the run is not told.
    empty: bool,
    kind: PhantomData<fn() -> (M, T)>,
}

impl<I, M: Mode, T> Out<I, M, T> {
    #[inline(always)]
    pub(crate) fn around(records: I, call: Call<M>) -> Out<I, M, T> {
        call.run().body_returns();
        Out {
            records,
            pulse: OutPulse::of(call.hand_over()),
        }
    }
}

impl<M: Mode, T> OutPulse<M, T> {
    fn of(run: &'static Run) -> OutPulse<M, T> {
        let first = if M::CLOCKED { 0 } else { FAR };
        OutPulse {
            run,
            countdown: Countdown::from(first),
            errors: 0,
            empty: false,
            kind: PhantomData,
        }
    }

    /// Only where the run is told of records as well: no record pays for it.
    #[inline(always)]
    fn tell_errors(&mut self) {
        if self.errors > 0 {
            self.run.yielded_errors(std::mem::take(&mut self.errors));
        }
    }

    #[inline(always)]
    fn enter(&mut self) {
        if M::CLOCKED && self.countdown.left == 0 {
            self.tell_errors();
            self.countdown = Countdown::from(self.run.enter_output(self.countdown.used()));
        }
    }

    #[inline(always)]
    fn exit<Item>(&mut self, item: Option<Item>) -> Option<Item>
    where
        T: Tally<Item>,
    {
        self.errors += u64::from(item.as_ref().is_some_and(T::is_error));
        if let Some(item) = item {
            self.countdown.left -= 1;
            if !M::CLOCKED {
                self.empty = false;
            } else if self.countdown.left == 0 {
                self.run.exit_output();
            }
            Some(item)
        } else {
            if M::CLOCKED {
                self.tell_errors();
                self.countdown = Countdown::from(self.run.output_is_empty(self.countdown.used()));
            } else {
                self.empty = true;
            }
            None
        }
    }
}

impl<M: Mode, T> Pulse for OutPulse<M, T> {
    #[inline(always)]
    fn unwind(&mut self) {
        if M::CLOCKED && self.run.output_unwinds() {
            // What was entered is over: the next pull is entered anew.
            self.countdown = Countdown::from(0);
        }
    }
}

impl<M: Mode, T> Drop for OutPulse<M, T> {
    #[inline]
    fn drop(&mut self) {
        // Read, and not taken as when it enters: see the rules.
        if self.errors > 0 {
            self.run.yielded_errors(self.errors);
        }
        if M::MARKED {
            self.run.drop_marked(self.countdown.used());
        } else if M::CLOCKED {
            self.run.drop_output(self.countdown.used());
        } else {
            self.run.drop_counted(self.countdown.used(), self.empty);
        }
    }
}

impl<I: Iterator, M: Mode, T: Tally<I::Item>> Iterator for Out<I, M, T> {
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
        link::answer(self.pulse.run, || self.records.size_hint())
    }

    #[inline]
    fn by_ref(&mut self) -> &mut Self {
        link::answer_directly(self.pulse.run);
        self
    }
}

impl<I: DoubleEndedIterator, M: Mode, T: Tally<I::Item>> DoubleEndedIterator for Out<I, M, T> {
    #[inline]
    fn next_back(&mut self) -> Option<I::Item> {
        self.pulse.enter();
        let unwinds = Unwinding(&mut self.pulse);
        let item = self.records.next_back();
        std::mem::forget(unwinds);
        self.pulse.exit(item)
    }
}

impl<I: ExactSizeIterator, M: Mode, T: Tally<I::Item>> ExactSizeIterator for Out<I, M, T> {
    #[inline]
    fn len(&self) -> usize {
        self.records.len()
    }
}

impl<I: FusedIterator, M: Mode, T: Tally<I::Item>> FusedIterator for Out<I, M, T> {}

/// A clone is a run of its own, which begins empty.
impl<I: Clone, M: Mode, T> Clone for Out<I, M, T> {
    fn clone(&self) -> Out<I, M, T> {
        // Made first, so that a `clone` of the user's that panics ends the run.
        let pulse = OutPulse::of(self.pulse.run.begin_clone(M::CLOCKED));
        let _cloning = Cloning::begin(self.pulse.run, pulse.run);
        Out {
            records: self.records.clone(),
            pulse,
        }
    }
}

impl<I: fmt::Debug, M: Mode, T> fmt::Debug for Out<I, M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.records.fmt(f)
    }
}
