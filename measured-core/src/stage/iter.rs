//! The adapters: In around an iterator that a stage takes, Out around the one
//! that it returns.
//!
//! Each checks once per record on the way down (Out whether its countdown is at
//! zero, In whether the run is armed) and once on the way up (whether its
//! countdown has come to zero; the countdown is also the count). Measured: 10
//! instructions per record and stage.
//!
//! Four rules that measurement taught, each worth nanoseconds per record:
//!
//! - One call site of the inner `next()`: a second one costs LLVM's bonus for
//!   inlining a function's only call.
//! - "Was this pull timed?" is asked of the countdown or of memory after the call,
//!   never kept in a local across it: LLVM would thread the jump and duplicate
//!   the call.
//! - `fold` is not forwarded. Through the closures of ten chained stages it cost
//!   2.5 ns per record and stage where the loop over `next` costs 0.8, and a panic
//!   within it lost the count.
//! - What returns an Out is inlined. Returned through memory, the chain stays there, and
//!   the state of the user's closures with it: 0.3 ns in the reference chain.

use super::call::Call;
use super::link;
use super::run::{FAR, KEEP, Run};
use crate::watch::for_ourselves;
use std::cell::RefCell;
use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;

/// Whether a stage's pulls may read the clock; fixed when the stage is compiled.
pub trait Mode: sealed::Sealed {
    #[doc(hidden)]
    const CLOCKED: bool;
    /// The stage is a mark: another may have its input after it.
    #[doc(hidden)]
    const MARKED: bool = false;
}

/// The mode is chosen at run time.
#[derive(Debug)]
pub struct Clocked;

/// As [`Clocked`], of a mark.
#[derive(Debug)]
pub struct Mark;

/// `timing = counts`: records are counted, with no check that would keep a loop
/// from being vectorised.
#[derive(Debug)]
pub struct Counted;

impl Mode for Clocked {
    const CLOCKED: bool = true;
}

impl Mode for Mark {
    const CLOCKED: bool = true;
    const MARKED: bool = true;
}

impl Mode for Counted {
    const CLOCKED: bool = false;
}

/// What a stage's items are looked at for.
pub trait Tally<Item> {
    #[doc(hidden)]
    fn is_error(item: &Item) -> bool;
}

/// For nothing: any item.
#[derive(Debug)]
pub struct Plain;

/// `items = result`: errors are counted.
#[derive(Debug)]
pub struct Results;

impl<Item> Tally<Item> for Plain {
    #[inline(always)]
    fn is_error(_: &Item) -> bool {
        false
    }
}

impl<Item: Fallible> Tally<Item> for Results {
    #[inline(always)]
    fn is_error(item: &Item) -> bool {
        item.is_error()
    }
}

/// A `Result`, under whatever alias.
#[diagnostic::on_unimplemented(
    message = "`items = result` needs items that are a `Result`: remove it, or yield `Result<_, _>`",
    label = "the items are `{Self}`"
)]
pub trait Fallible {
    #[doc(hidden)]
    fn is_error(&self) -> bool;
}

impl<T, E> Fallible for Result<T, E> {
    #[inline(always)]
    fn is_error(&self) -> bool {
        self.is_err()
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Clocked {}
    impl Sealed for super::Mark {}
    impl Sealed for super::Counted {}
}

/// A countdown of records, and how far it counted when it was last set.
///
/// Handed to the run by value only: a pointer to it would be a pointer into the
/// user's chain of iterators, and would keep all of it out of registers.
#[derive(Debug)]
struct Countdown {
    left: u64,
    set: u64,
}

impl Countdown {
    const fn from(records: u64) -> Countdown {
        Countdown {
            left: records,
            set: records,
        }
    }

    #[inline(always)]
    fn used(&self) -> u64 {
        self.set.wrapping_sub(self.left)
    }
}

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
    fn of(run: &'static Run, mut records: I) -> In<I, M>
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
        // Read and not taken: a drop that writes keeps all of this in memory while the loop
        // runs, 0.3 ns a record in the reference chain.
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

/// What is told that a panic leaves its pull.
trait Pulse {
    fn unwind(&mut self);
}

/// A pull that has not returned; dropped, as by a panic, it says so. That costs code
/// where nothing runs but panics, and no instruction elsewhere.
struct Unwinding<'a, P: Pulse>(&'a mut P);

impl<P: Pulse> Drop for Unwinding<'_, P> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.unwind();
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

impl<I: ExactSizeIterator, M: Mode> ExactSizeIterator for In<I, M> {
    #[inline]
    fn len(&self) -> usize {
        self.records.len()
    }
}

impl<I: ExactSizeIterator, M: Mode, T: Tally<I::Item>> ExactSizeIterator for Out<I, M, T> {
    #[inline]
    fn len(&self) -> usize {
        self.records.len()
    }
}

impl<I: FusedIterator, M: Mode> FusedIterator for In<I, M> {}
impl<I: FusedIterator, M: Mode, T: Tally<I::Item>> FusedIterator for Out<I, M, T> {}

thread_local! {
    /// Runs that are being cloned, with the runs of their clones: how the inputs
    /// within a cloned stage find the run that they now belong to.
    static CLONING: RefCell<Vec<(*const Run, &'static Run)>> = const { RefCell::new(Vec::new()) };
}

/// Within its stage, as by `cycle()`, a clone is one more input of the same run.
impl<I: Clone, M: Mode> Clone for In<I, M> {
    fn clone(&self) -> In<I, M> {
        let mine = std::ptr::from_ref(self.pulse.run);
        let cloned = CLONING.try_with(|pairs| {
            let pairs = pairs.borrow();
            pairs
                .iter()
                .rev()
                .find(|(old, _)| *old == mine)
                .map(|(_, new)| *new)
        });
        let run = match cloned.ok().flatten() {
            Some(run) => run.hold(),
            None if self.pulse.run.is_pending() => Run::pending(self.pulse.run.shares_inputs()),
            None => self.pulse.run.hold(),
        };
        In {
            records: self.records.clone(),
            pulse: InPulse::of(run),
        }
    }
}

/// A clone is a run of its own, which begins empty.
impl<I: Clone, M: Mode, T> Clone for Out<I, M, T> {
    fn clone(&self) -> Out<I, M, T> {
        struct Done;
        impl Drop for Done {
            fn drop(&mut self) {
                let _ = CLONING.try_with(|pairs| pairs.borrow_mut().pop());
            }
        }
        // Made first, so that a `clone` of the user's that panics ends the run.
        let pulse = OutPulse::of(self.pulse.run.begin_clone(M::CLOCKED));
        let pair = (std::ptr::from_ref(self.pulse.run), pulse.run);
        let _done = CLONING
            .try_with(|pairs| for_ourselves(|| pairs.borrow_mut().push(pair)))
            .ok()
            .map(|()| Done);
        Out {
            records: self.records.clone(),
            pulse,
        }
    }
}

impl<I: fmt::Debug, M: Mode> fmt::Debug for In<I, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.records.fmt(f)
    }
}

impl<I: fmt::Debug, M: Mode, T> fmt::Debug for Out<I, M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.records.fmt(f)
    }
}

/// An `impl IntoIterator` that a stage takes: becomes an [`In`] when the stage
/// asks for its iterator.
///
/// It may be `Copy`, so it holds nothing; the generation tells whether the run
/// is still the one that it was made for.
#[derive(Debug)]
pub struct IntoIn<I, M: Mode> {
    records: I,
    run: &'static Run,
    generation: u32,
    mode: PhantomData<fn() -> M>,
}

impl<I, M: Mode> IntoIn<I, M> {
    pub(crate) fn new(call: &Call<M>, records: I) -> IntoIn<I, M> {
        let run = call.run();
        IntoIn {
            records,
            run,
            generation: run.generation(),
            mode: PhantomData,
        }
    }
}

impl<I: IntoIterator, M: Mode> IntoIterator for IntoIn<I, M> {
    type Item = I::Item;
    type IntoIter = In<I::IntoIter, M>;

    fn into_iter(self) -> In<I::IntoIter, M> {
        let records = self.records.into_iter();
        In::of(
            self.run.hold_if(self.generation).unwrap_or_else(Run::fresh),
            records,
        )
    }
}

impl<I: Clone, M: Mode> Clone for IntoIn<I, M> {
    fn clone(&self) -> IntoIn<I, M> {
        IntoIn {
            records: self.records.clone(),
            ..*self
        }
    }
}

impl<I: Copy, M: Mode> Copy for IntoIn<I, M> {}
