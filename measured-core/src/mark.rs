//! `.measured("name")`: a stage that is no function.

use std::fmt;
use std::iter::FusedIterator;

#[cfg(feature = "enable")]
use crate::stage::{self, In, Mark, Out, Plain, Run, Site};

/// Names a part of a chain of iterators as a stage.
///
/// The stage is made of the adapters between two marks: from the mark before it,
/// or the beginning of the chain, to this one.
///
/// ```
/// # if cfg!(feature = "enable") {
/// use measured_core::{Measured, Registry};
///
/// let registry = Registry::new();
/// let words = registry.scope(|| {
///     "the quick brown fox"
///         .split(' ')
///         .measured("split")
///         .filter(|word| word.len() > 3)
///         .map(str::to_uppercase)
///         .measured("shout")
///         .collect::<Vec<_>>()
/// });
/// assert_eq!(words, ["QUICK", "BROWN"]);
///
/// let report = registry.capture();
/// let shout = report.stage("shout").unwrap();
/// assert_eq!((shout.records_in, shout.records_out), (4, 2));
/// assert_eq!(shout.inputs, ["split"]);
/// # }
/// ```
///
/// Below a stage that is a function, or two marked chains that were zipped or
/// chained into one, only the first mark is an input: of the others the time is the
/// stage's upstream, as they measured it themselves, and their records are not its
/// `records_in`.
///
/// A mark on a reference, as on `rows.by_ref().take(5)`, has the records that it took.
/// The rest is the next mark's; what is taken between two marks, a header perhaps, went
/// into neither.
pub trait Measured: Iterator + Sized {
    /// Ends the stage `name` here.
    ///
    /// Its name may be used at several places; each is a stage. Without one, tables have the
    /// place. Cost: that of the
    /// attribute.
    #[track_caller]
    fn measured(self, name: &'static str) -> Marked<Self> {
        Marked::new(self, name, std::panic::Location::caller())
    }
}

impl<I: Iterator> Measured for I {}

/// An iterator with a mark: what [`Measured::measured`] returns.
///
/// ```
/// use measured_core::{Marked, Measured};
///
/// let mut numbers: Marked<std::ops::Range<u32>> = (0..3).measured("numbers");
/// assert_eq!((numbers.len(), numbers.next_back()), (3, Some(2)));
/// ```
#[must_use = "iterators are lazy and do nothing unless consumed"]
#[derive(Clone)]
pub struct Marked<I>(Records<I>);

/// Out ends the stage; In begins the next one, whoever that will be.
#[cfg(feature = "enable")]
type Records<I> = In<Out<I, Mark, Plain>, Mark>;
#[cfg(not(feature = "enable"))]
type Records<I> = I;

impl<I: Iterator> Marked<I> {
    #[cfg(feature = "enable")]
    fn new(
        mut records: I,
        name: &'static str,
        place: &'static std::panic::Location<'_>,
    ) -> Marked<I> {
        let below = stage::below(&mut records);
        let run = below.pending.map_or_else(Run::fresh, |input| {
            input.run.settle(input.passed);
            input.run.hold()
        });
        let call = stage::start_on(run, &Site::new(name, "", place.file(), place.line()));
        if let Some(input) = below.pending {
            run.disregard(input.passed);
        }
        for upstream in &below.feeding {
            run.list_among_inputs(upstream.run);
        }
        if let Some(upstream) = below.through_pending() {
            run.note_upstream(upstream);
        }
        if let Some(around) = below.around.filter(|_| below.pending.is_none()) {
            run.note_mixed_with(around);
        }
        // Below the others is no input to time them at.
        for upstream in below.feeding.iter().filter(|it| !it.is_beyond_an_input) {
            upstream.run.note_within(run);
        }
        Marked(In::pending(Out::around(records, call)))
    }

    #[cfg(not(feature = "enable"))]
    fn new(records: I, _: &'static str, _: &'static std::panic::Location<'_>) -> Marked<I> {
        Marked(records)
    }
}

impl<I: Iterator> Iterator for Marked<I> {
    type Item = I::Item;

    #[inline]
    fn next(&mut self) -> Option<I::Item> {
        self.0.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<I: DoubleEndedIterator> DoubleEndedIterator for Marked<I> {
    #[inline]
    fn next_back(&mut self) -> Option<I::Item> {
        self.0.next_back()
    }
}

impl<I: ExactSizeIterator> ExactSizeIterator for Marked<I> {
    #[inline]
    fn len(&self) -> usize {
        self.0.len()
    }
}

impl<I: FusedIterator> FusedIterator for Marked<I> {}

impl<I: fmt::Debug> fmt::Debug for Marked<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
