//! What cannot be profiled, and what to write instead.

use crate::args::{Args, Attribute};
use crate::block::Head;
use crate::function::{Body, Function, is_named};
use crate::mistakes::Mistakes;
use crate::shape::{Output, Role, Scope};
use crate::validate::PROFILED_STAGE;
use syn::{Error, Path, Result};

/// A function whose calls can be timed.
pub(super) struct Profiled<'a> {
    pub(super) name: String,
    pub(super) function: &'a Function,
    pub(super) body: &'a Body,
    /// A row for each type that it is called with.
    pub(super) generics: bool,
    pub(super) krate: Option<&'a Path>,
}

/// Checks the function under the attribute.
pub(super) fn function<'a>(args: &'a Args, function: &'a Function) -> Result<Profiled<'a>> {
    let mut mistakes = Mistakes::default();
    if let Some(token) = &function.sig.constness {
        mistakes.on(
            token,
            "a `const fn` cannot be profiled, for it may run where there is no clock: remove \
             `const`, or the attribute",
        );
    }
    if function.body.is_none() {
        mistakes.on(
            &function.sig.ident,
            "this function has no body to profile: put the attribute on its implementation",
        );
    }
    for attr in &function.attrs {
        if is_named(attr, "profiled") {
            mistakes.on(attr, Attribute::Profiled.given_twice("function"));
        }
    }
    let mut attrs = function.attrs.iter();
    if let Some(attr) = attrs.find(|attr| is_named(attr, "measured_stage")) {
        mistakes.on(attr, PROFILED_STAGE);
    } else if let (Some(ty), Some(remedy)) = (function.return_type(), lazy(function)) {
        mistakes.on(ty, remedy);
    }
    let name = args.name.clone().unwrap_or_else(|| function.name());
    mistakes.or(profiled(name, args, function))
}

/// A function of a block, if it can be profiled.
pub(super) fn member<'a>(
    args: &'a Args,
    function: &'a Function,
    head: &Head,
) -> Option<Profiled<'a>> {
    if function.sig.constness.is_some() || lazy(function).is_some() {
        return None;
    }
    let name = format!("{}::{}", head.name, function.name());
    profiled(name, args, function)
}

pub(super) fn no_function(head: &Head) -> Error {
    Error::new(
        head.keyword,
        "nothing in here can be profiled: there is no function with a body that is not `const` \
         and does its work before it returns",
    )
}

fn profiled<'a>(name: String, args: &'a Args, function: &'a Function) -> Option<Profiled<'a>> {
    Some(Profiled {
        name,
        function,
        body: function.body.as_ref()?,
        generics: args.generics,
        krate: args.krate.as_ref(),
    })
}

/// What to do about a function whose work begins when it has returned.
fn lazy(function: &Function) -> Option<&'static str> {
    let ty = function.return_type()?;
    let scope = Scope::of(&function.sig.generics);
    if function.sig.asyncness.is_none() && scope.role(ty) == Some(Role::Future) {
        return Some(
            "this returns a future, whose work is done when it is polled: make it an `async fn`",
        );
    }
    match scope.output(ty) {
        Ok(Output::Iterator(_) | Output::Boxed(_)) => Some(
            "this returns an iterator, whose work is done when it is pulled: write \
             `#[measured_stage]`, which is in the profile too",
        ),
        _ => None,
    }
}
