//! Gathers every mistake of one attribute, so that the user sees them all at once.

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::fmt::Display;
use syn::{Error, Result};

#[derive(Default)]
pub(crate) struct Mistakes(Option<Error>);

impl Mistakes {
    /// Notes a mistake on the tokens that the user is to change.
    pub(crate) fn on(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.add(Error::new_spanned(tokens, message));
    }

    pub(crate) fn add(&mut self, mistake: Error) {
        match &mut self.0 {
            Some(first) => first.combine(mistake),
            none => *none = Some(mistake),
        }
    }

    pub(crate) fn are_none(&self) -> bool {
        self.0.is_none()
    }

    /// The value of a step, or nothing, its mistake noted.
    pub(crate) fn noting<T>(&mut self, step: Result<T>) -> Option<T> {
        step.map_err(|mistake| self.add(mistake)).ok()
    }

    /// What all steps together have read; `None` where one of them noted a mistake.
    pub(crate) fn or<T>(self, read: Option<T>) -> Result<T> {
        match self.0 {
            Some(mistakes) => Err(mistakes),
            None => Ok(read.expect("what could not be read was noted as a mistake")),
        }
    }
}

/// What is emitted after mistakes: the messages, and the item as it was written, so that its
/// callers still find it and nothing else goes red.
pub(crate) fn beside(item: TokenStream, mistakes: &Error) -> TokenStream {
    let mut tokens = mistakes.to_compile_error();
    tokens.extend(item);
    tokens
}
