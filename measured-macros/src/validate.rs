//! From a parsed function to a stage that can be expanded, or to everything that stands in the way.

use syn::ext::IdentExt;
use syn::{Attribute, Error, FnArg, Ident, LitStr, PatType, Path, Result, Type};

use crate::args::{Args, InputArg, Timing};
use crate::block::Head;
use crate::function::{Body, Function, cfgs, is_named, is_unused, name_of};
use crate::mistakes::Mistakes;
use crate::shape::{self, Output, Role, Scope};
use crate::spelling::nearest;

/// What is said where nothing is to be measured.
const STAGE: &str = "a stage takes or returns `impl Iterator`, `Box<dyn Iterator>`, or a \
                     collection such as `Vec`";

/// A function that can be measured, and how.
pub(crate) struct Stage {
    pub(crate) function: Function,
    pub(crate) body: Body,
    pub(crate) name: LitStr,
    pub(crate) timing: Option<Timing>,
    pub(crate) krate: Option<Path>,
    /// The word `result` of `items = result`.
    pub(crate) results: Option<Ident>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) output: Output,
}

/// A parameter that brings in records.
pub(crate) struct Input {
    pub(crate) name: Ident,
    pub(crate) shape: shape::Input,
    pub(crate) ty: Type,
    pub(crate) cfgs: Vec<Attribute>,
}

/// Checks the function against the arguments.
pub(crate) fn stage(args: Args, mut function: Function, mut mistakes: Mistakes) -> Result<Stage> {
    check_kind(&function, &mut mistakes);
    let scope = Scope::of(&function.sig.generics);
    let output = match function.return_type() {
        Some(ty) => mistakes.noting(scope.output(ty)),
        None => Some(Output::Value),
    };
    let inputs = match &args.input {
        Some(InputArg::None(_)) => Some(Vec::new()),
        Some(InputArg::Param(wanted)) => mistakes
            .noting(chosen(wanted, &function, &scope))
            .map(|input| vec![input]),
        None => found(&function, &scope, output, &mut mistakes),
    };
    if let (Some(result), Some(output)) = (&args.items, output) {
        check_items(result, &function, output, &mut mistakes);
    }
    if let (Some(inputs), Some(Output::Value)) = (&inputs, output) {
        // What an async function returns is not what its signature names.
        if inputs.is_empty() && function.sig.asyncness.is_none() {
            mistakes.add(nothing_to_measure(&args, &function));
        }
    }
    let name = args.name.unwrap_or_else(|| {
        let ident = &function.sig.ident;
        LitStr::new(&ident.unraw().to_string(), ident.span())
    });
    let body = function.body.take();
    let read = body.zip(output).zip(inputs);
    mistakes.or(read.map(|((body, output), inputs)| Stage {
        function,
        body,
        name,
        timing: args.timing,
        krate: args.krate,
        results: args.items,
        inputs,
        output,
    }))
}

/// Checks a function of a block under `#[measured_stages]`, if it is a stage.
pub(crate) fn member(args: &Args, function: &Function, head: &Head) -> Option<Result<Stage>> {
    if !is_stage(function) {
        return None;
    }
    let ident = &function.sig.ident;
    let name = format!("{}::{}", head.name, ident.unraw());
    let args = Args {
        name: Some(LitStr::new(&name, ident.span())),
        ..args.clone()
    };
    Some(stage(args, function.clone(), Mistakes::default()))
}

/// Whether a function that nobody pointed at is a stage: records pass through it, begin in it, or end in
/// it one by one. One that takes a slice and returns a number is a calculation like any other, and one
/// that returns `Self` keeps what it is given.
fn is_stage(function: &Function) -> bool {
    let scope = Scope::of(&function.sig.generics);
    let takes = |wanted: fn(shape::Input) -> bool| {
        function
            .params()
            .any(|param| !is_unused(param) && scope.input(&param.ty).is_some_and(wanted))
    };
    let returned = function.return_type();
    let passes = match returned.map(|ty| scope.output(ty)) {
        Some(Ok(Output::Iterator(_) | Output::Boxed(_))) => true,
        Some(Ok(Output::Collection)) => takes(|_| true),
        _ => takes(|shape| shape != shape::Input::Collection),
    };
    let builds = returned.and_then(shape::last_segment);
    passes && builds.is_none_or(|last| last.ident != "Self") && function.body.is_some()
}

pub(crate) fn no_stage(head: &Head) -> Error {
    Error::new(head.keyword, format!("nothing in here is a stage: {STAGE}"))
}

fn check_kind(function: &Function, mistakes: &mut Mistakes) {
    if let Some(token) = &function.sig.constness {
        mistakes.on(
            token,
            "a `const fn` cannot be measured, for it may run where there is no clock: remove \
             `const`, or the attribute",
        );
    }
    if let Some(token) = &function.sig.asyncness {
        mistakes.on(
            token,
            "an `async fn` cannot be measured yet (support for `Stream` stages is to come): put \
             the attribute on the synchronous functions it calls",
        );
    }
    if function.body.is_none() {
        mistakes.on(
            &function.sig.ident,
            "this function has no body to measure: put the attribute on its implementation",
        );
    }
    for attr in &function.attrs {
        if is_named(attr, "measured_stage") {
            mistakes.on(
                attr,
                "this function is measured twice: keep one of the two attributes",
            );
        }
    }
}

/// The parameter that `input = …` names.
fn chosen(wanted: &Ident, function: &Function, scope: &Scope) -> Result<Input> {
    if wanted == "self" {
        return Err(Error::new_spanned(
            wanted,
            "`self` cannot be replaced by its measured self: write \
             `self.measured(\"name\")` in the body instead of the attribute",
        ));
    }
    let named = |param: &&PatType| name_of(param).is_some_and(|name| name.ident == *wanted);
    if let Some(param) = function.params().find(named) {
        let shape = scope
            .input(&param.ty)
            .unwrap_or(match shape::peeled(&param.ty) {
                Type::Reference(lent) if lent.mutability.is_some() => shape::Input::Borrowed,
                _ => shape::Input::Iterator,
            });
        return input(param, shape);
    }
    let params: Vec<String> = function
        .params()
        .filter_map(|param| Some(name_of(param)?.ident.to_string()))
        .collect();
    let word = wanted.to_string();
    let remedy = match nearest(&word, params.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if params.is_empty() => "this function has none that could be named".to_owned(),
        None => format!("there are `{}`", params.join("`, `")),
    };
    let message = format!("no parameter is named `{word}`: {remedy}");
    Err(Error::new_spanned(wanted, message))
}

/// Every parameter that is seen to bring in records.
fn found(
    function: &Function,
    scope: &Scope,
    output: Option<Output>,
    mistakes: &mut Mistakes,
) -> Option<Vec<Input>> {
    let mut iterators = Vec::new();
    let mut collections = Vec::new();
    let mut complete = true;
    for param in function.params() {
        let shape = match scope.input(&param.ty) {
            _ if is_unused(param) => continue,
            Some(shape::Input::Collection) | None => {
                if let Some(mistake) = unseen(param, scope) {
                    mistakes.add(mistake);
                    complete = false;
                } else if scope.input(&param.ty).is_some() && name_of(param).is_some() {
                    collections.extend(mistakes.noting(input(param, shape::Input::Collection)));
                }
                continue;
            }
            Some(shape) => shape,
        };
        match mistakes.noting(input(param, shape)) {
            Some(input) => iterators.push(input),
            None => complete = false,
        }
    }
    // Next to an iterator a slice is a parameter like any other, a table to look things up in.
    let batch = matches!(output, Some(Output::Collection | Output::Value));
    if iterators.is_empty() && batch {
        iterators = collections;
    }
    complete.then_some(iterators)
}

fn input(param: &PatType, shape: shape::Input) -> Result<Input> {
    let Some(name) = name_of(param) else {
        return Err(Error::new_spanned(
            &param.pat,
            "a measured input has a plain name: take it apart in the body, or write \
             `input = none`",
        ));
    };
    Ok(Input {
        name: name.ident.clone(),
        shape,
        ty: (*param.ty).clone(),
        cfgs: cfgs(param).cloned().collect(),
    })
}

/// What is to be said of a parameter through which records may come in without our seeing them.
fn unseen(param: &PatType, scope: &Scope) -> Option<Error> {
    if let Some(role @ (Role::Stream | Role::ParallelIterator)) = scope.role(&param.ty) {
        return Some(shape::not_yet(&param.ty, role));
    }
    let iterator = scope.iterator_within(&param.ty)?;
    let itself = match shape::peeled(&param.ty) {
        Type::Reference(lent) => shape::peeled(&lent.elem),
        ty => ty,
    };
    let message = match name_of(param) {
        Some(name) if std::ptr::eq(itself, iterator) => format!(
            "this looks like an iterator: write `input = {}` to measure it, or `input = none`",
            name.ident
        ),
        _ => "the iterator in here would go unmeasured: make it a parameter of its own, or write \
              `input = none`"
            .to_owned(),
    };
    Some(Error::new_spanned(&param.ty, message))
}

fn check_items(result: &Ident, function: &Function, output: Output, mistakes: &mut Mistakes) {
    if !matches!(output, Output::Iterator(_) | Output::Boxed(_)) {
        mistakes.on(
            result,
            "`items = result` counts the errors among the items that a stage yields, and this \
             one returns no iterator: remove it",
        );
        return;
    }
    let item = function.return_type().and_then(shape::item_of);
    if let Some(item) = item.filter(|item| shape::is_no_result(item)) {
        mistakes.on(
            item,
            "`items = result` needs items that are a `Result`: remove it, or yield \
             `Result<_, _>`",
        );
    }
}

fn nothing_to_measure(args: &Args, function: &Function) -> Error {
    if let Some(InputArg::None(none)) = &args.input {
        let message = format!("with `input = none` nothing is left to measure: {STAGE}");
        return Error::new_spanned(none, message);
    }
    let ident = &function.sig.ident;
    let takes_self = matches!(function.sig.inputs.first(), Some(FnArg::Receiver(_)));
    let hint = if function.sig.inputs.len() > usize::from(takes_self) {
        "; if one of the parameters is an iterator by another name, write `input = …`"
    } else {
        ""
    };
    let message = format!("`{ident}` takes no records and returns none: {STAGE}{hint}");
    Error::new_spanned(ident, message)
}
