//! What becomes an input when the stage asks for its iterator.

use super::input::In;
use crate::stage::call::Call;
use crate::stage::mode::Mode;
use crate::stage::run::Run;
use std::marker::PhantomData;

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
