//! From a parsed function to a stage that can be expanded, or to everything that stands in the way.

use crate::args::{Args, Attribute, InputArg, Timing};
use crate::block::Head;
use crate::disguised::Question;
use crate::function::{Body, Function, is_named, is_unused, name_of};
use crate::mistakes::Mistakes;
use crate::shape::{self, Output, Role, Scope};
use crate::spelling::nearest;
use crate::type_names;
use quote::ToTokens;
use syn::{Error, Ident, PatIdent, PatType, Path, Result, Type};

/// What is said where nothing is to be measured.
const STAGE: &str = "a stage takes or returns `impl Iterator`, `Box<dyn Iterator>`, or a \
                     collection such as `Vec`";

/// What is said where a function has both attributes, whichever of them is expanded first.
pub(crate) const PROFILED_STAGE: &str =
    "a measured stage is in the profile by itself: remove `#[profiled]`";

/// A function that can be measured, and how.
pub(crate) struct Stage<'a> {
    pub(crate) name: String,
    pub(crate) function: &'a Function,
    pub(crate) body: &'a Body,
    pub(crate) inputs: Vec<Input<'a>>,
    pub(crate) output: Output,
    /// Parameters that may be inputs for all that their spelling says.
    pub(crate) disguised: Vec<(&'a PatType, Question)>,
    /// Whether what is returned may be an iterator for all that its spelling says.
    pub(crate) output_disguised: Option<(&'a Type, Question)>,
    pub(crate) timing: Option<Timing>,
    /// The word `result` of `items = result`.
    pub(crate) results: Option<&'a Ident>,
    pub(crate) krate: Option<&'a Path>,
}

/// A parameter that brings in records.
pub(crate) struct Input<'a> {
    pub(crate) param: &'a PatType,
    pub(crate) name: &'a Ident,
    pub(crate) shape: shape::Input,
}

/// Checks the function against the arguments.
pub(crate) fn stage<'a>(
    name: String,
    args: &'a Args,
    function: &'a Function,
    mut mistakes: Mistakes,
) -> Result<Stage<'a>> {
    // An option that could not be read may have named what there is to measure.
    let all_is_read = mistakes.are_none();
    check_kind(function, &mut mistakes);
    let scope = Scope::of(&function.sig.generics);
    let returned = match args.output {
        Some(_) => None,
        None => function.return_type(),
    };
    let output = match returned {
        Some(ty) => mistakes.noting(scope.output(ty)),
        None => Some(Output::Value),
    };
    let disguised = match args.input {
        Some(_) => Vec::new(),
        None => disguised(function, &scope),
    };
    let output_disguised = returned
        .filter(|_| output == Some(Output::Value))
        .and_then(|ty| Some((ty, Question::of_return_type(ty)?)));
    let inputs = match &args.input {
        Some(InputArg::None(_)) => Some(Vec::new()),
        Some(InputArg::Param(wanted)) => mistakes
            .noting(chosen(wanted, function, &scope))
            .map(|input| vec![input]),
        None => found(function, &scope, output, &mut mistakes),
    };
    if let (Some(result), Some(output)) = (&args.items, output) {
        check_items(result, function, output, &mut mistakes);
    }
    if let (Some(inputs), Some(Output::Value)) = (&inputs, output) {
        // What an async function returns is not what its signature names.
        if inputs.is_empty() && function.sig.asyncness.is_none() && all_is_read {
            mistakes.add(nothing_to_measure(args, function));
        }
    }
    let read = function.body.as_ref().zip(output).zip(inputs);
    mistakes.or(read.map(|((body, output), inputs)| Stage {
        name,
        function,
        body,
        inputs,
        output,
        disguised,
        output_disguised,
        timing: args.timing,
        results: args.items.as_ref(),
        krate: args.krate.as_ref(),
    }))
}

/// Checks a function of a block under `#[measured_stages]`, if it is a stage.
pub(crate) fn member<'a>(
    args: &'a Args,
    function: &'a Function,
    head: &Head,
) -> Option<Result<Stage<'a>>> {
    is_stage(function).then(|| {
        let name = format!("{}::{}", head.name, function.name());
        in_block(stage(name, args, function, Mistakes::default()))
    })
}

/// The same mistakes, on the same tokens, with what else one can do in a block.
fn in_block<T>(checked: Result<T>) -> Result<T> {
    let Err(mistakes) = checked else {
        return checked;
    };
    let mut all = Mistakes::default();
    for mistake in mistakes {
        let message = format!(
            "{mistake}; in a block `#[not_measured]` leaves the function out, `#[measured_stage(…)]` \
             on it takes options"
        );
        // These tokens begin and end where the mistake does.
        all.on(mistake.to_compile_error(), message);
    }
    all.or(None)
}

/// Whether a function that nobody pointed at is a stage: records pass through it, begin in it, or end in
/// it one by one. One that takes a slice and returns a number is a calculation like any other, one that
/// returns `Self` keeps what it is given, and what a trait calls `Self::…` its implementation cannot change.
/// An iterator that cannot be measured as it is written counts, for it would go unmeasured without a word.
fn is_stage(function: &Function) -> bool {
    let scope = Scope::of(&function.sig.generics);
    let mut used = function.params().filter(|param| !is_unused(param));
    let returned = function.return_type();
    let batch = returned.is_some_and(|ty| matches!(scope.output(ty), Ok(Output::Collection)));
    let takes = used.any(|param| match scope.input(&param.ty) {
        Some(shape::Input::Collection) if batch => true,
        Some(shape::Input::Collection) | None => scope.iterator_within(&param.ty).is_some(),
        Some(_) => true,
    });
    let returned = returned.map(|ty| type_names::wrapped(ty).unwrap_or(ty));
    let returns = returned
        .filter(|ty| !type_names::is_of_self(ty))
        .is_some_and(|ty| scope.iterator_within(ty).is_some());
    let builds = returned
        .and_then(type_names::last_segment)
        .is_some_and(|last| last.ident == "Self");
    (takes || returns) && !builds && function.body.is_some()
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
            mistakes.on(attr, Attribute::Stage.given_twice("function"));
        }
        if is_named(attr, "profiled") {
            mistakes.on(attr, PROFILED_STAGE);
        }
    }
}

/// The parameter that `input = …` names.
fn chosen<'a>(wanted: &Ident, function: &'a Function, scope: &Scope) -> Result<Input<'a>> {
    if wanted == "self" {
        return Err(Error::new_spanned(
            wanted,
            "`self` cannot be measured as an input: remove the attribute, and mark what the method \
             returns with `.measured(\"name\")`",
        ));
    }
    let mut names = Vec::new();
    for param in function.params() {
        let Some(PatIdent { ident: name, .. }) = name_of(param) else {
            continue;
        };
        if name == wanted {
            if type_names::is_primitive(&param.ty) {
                let ty = type_names::peeled(&param.ty).to_token_stream();
                let message =
                    format!("a `{ty}` brings in no records: name the parameter that does");
                return Err(Error::new_spanned(wanted, message));
            }
            let otherwise = match type_names::peeled(&param.ty) {
                Type::Reference(lent) if lent.mutability.is_some() => shape::Input::Borrowed,
                _ => shape::Input::Iterator,
            };
            let shape = scope.input(&param.ty).unwrap_or(otherwise);
            return Ok(Input { param, name, shape });
        }
        names.push(name.to_string());
    }
    let word = wanted.to_string();
    let remedy = match nearest(&word, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "this function has none that could be named".to_owned(),
        None => format!("there are `{}`", names.join("`, `")),
    };
    let message = format!("no parameter is named `{word}`: {remedy}");
    Err(Error::new_spanned(wanted, message))
}

/// Every parameter that is seen to bring in records; nothing if records may come in unseen.
fn found<'a>(
    function: &'a Function,
    scope: &Scope,
    output: Option<Output>,
    mistakes: &mut Mistakes,
) -> Option<Vec<Input<'a>>> {
    let mut iterators = Vec::new();
    let mut collections = Vec::new();
    let mut complete = true;
    for param in function.params().filter(|param| !is_unused(param)) {
        match mistakes.noting(seen(param, scope)) {
            Some(Some(input)) if input.shape == shape::Input::Collection => collections.push(input),
            Some(Some(input)) => iterators.push(input),
            Some(None) => {}
            None => complete = false,
        }
    }
    // Next to an iterator a slice is a parameter like any other, a table to look things up in.
    let batch = output.is_some_and(|output| !output.is_lazy());
    let inputs = if iterators.is_empty() && batch {
        collections
    } else {
        iterators
    };
    complete.then_some(inputs)
}

/// The parameters whose spelling leaves open whether they bring in records.
fn disguised<'a>(function: &'a Function, scope: &Scope) -> Vec<(&'a PatType, Question)> {
    let named = function
        .params()
        .filter(|param| name_of(param).is_some() && !is_unused(param));
    named
        .filter(|param| scope.input(&param.ty).is_none())
        .filter_map(|param| Some((param, Question::of_parameter(&param.ty)?)))
        .collect()
}

/// A parameter as an input, if it is one.
fn seen<'a>(param: &'a PatType, scope: &Scope) -> Result<Option<Input<'a>>> {
    let shape = scope.input(&param.ty);
    if matches!(shape, None | Some(shape::Input::Collection)) {
        refuse_unseen(param, scope)?;
    }
    match (shape, name_of(param)) {
        (Some(shape), Some(PatIdent { ident: name, .. })) => Ok(Some(Input { param, name, shape })),
        (None | Some(shape::Input::Collection), _) => Ok(None),
        (Some(_), None) => Err(Error::new_spanned(
            &param.pat,
            "a measured input has a plain name: take it apart in the body, or write \
             `input = none`",
        )),
    }
}

/// Refuses a parameter through which records may come in without our seeing them.
fn refuse_unseen(param: &PatType, scope: &Scope) -> Result<()> {
    if let Some(role @ (Role::Stream | Role::ParallelIterator)) = scope.role(&param.ty) {
        return Err(shape::not_yet(&param.ty, role));
    }
    let Some(iterator) = scope.iterator_within(&param.ty) else {
        return Ok(());
    };
    let itself = match type_names::peeled(&param.ty) {
        Type::Reference(lent) => type_names::peeled(&lent.elem),
        ty => ty,
    };
    let is_lent =
        matches!(type_names::peeled(&param.ty), Type::Reference(lent) if lent.mutability.is_none());
    let message = match name_of(param) {
        Some(_) if is_lent && std::ptr::eq(itself, iterator) => {
            "this looks like an iterator, and one that is lent yields nothing: take it by value or by \
             `&mut`, or write `input = none`"
                .to_owned()
        }
        Some(PatIdent { ident, .. }) if std::ptr::eq(itself, iterator) => format!(
            "this looks like an iterator: write `input = {ident}` to measure it (the body then gets a \
             plain iterator: for `peek` call `.peekable()` there), or `input = none`"
        ),
        _ => "the iterator in here would go unmeasured: make it a parameter of its own, or write \
              `input = none`"
            .to_owned(),
    };
    Err(Error::new_spanned(&param.ty, message))
}

fn check_items(result: &Ident, function: &Function, output: Output, mistakes: &mut Mistakes) {
    if !output.is_lazy() {
        mistakes.on(
            result,
            "`items = result` counts the errors among the items that a stage yields, and this \
             one returns no iterator: remove it",
        );
        return;
    }
    let item = function.return_type().and_then(type_names::item_of);
    if let Some(item) = item.filter(|item| type_names::is_no_result(item)) {
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
    if let Some(none) = &args.output {
        let message = format!("with `output = none` nothing is left to measure: {STAGE}");
        return Error::new_spanned(none, message);
    }
    let scope = Scope::of(&function.sig.generics);
    let brings = |param: &&PatType| scope.input(&param.ty).is_some();
    let mut unused = function.params().filter(|param| is_unused(param));
    let unused = unused.find(brings).and_then(name_of);
    let hint = match unused {
        Some(PatIdent { ident, .. }) => {
            format!("; `{ident}` is taken for unused: call it otherwise")
        }
        None if function.params().next().is_none() => String::new(),
        None => "; if one of the parameters is an iterator by another name, write `input = …`"
            .to_owned(),
    };
    let ident = &function.sig.ident;
    let returned = match function.return_type().and_then(type_names::own_name) {
        Some(name) => format!("; if `{name}` is an iterator, return `impl Iterator<Item = …>`"),
        None => String::new(),
    };
    let message = format!("`{ident}` takes no records and returns none: {STAGE}{returned}{hint}");
    Error::new_spanned(ident, message)
}
