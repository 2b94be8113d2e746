//! The attributes of `measured-core`. Depend on that crate: it re-exports them, and the code that they
//! generate calls it.

mod args;
mod block;
mod disguised;
mod expand;
mod function;
mod inferable;
mod mistakes;
mod paths;
mod place;
mod profiled;
mod shape;
mod spelling;
mod type_names;
mod validate;

use crate::args::{Args, Attribute};
use crate::block::Block;
use crate::function::Function;
use crate::mistakes::Mistakes;
use proc_macro::TokenStream;
use proc_macro2::{Span, TokenStream as TokenStream2};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Result};

/// Measures a function as a stage of a pipeline: the records that it takes and returns, and its time.
///
/// ```
/// use measured_core::measured_stage;
///
/// #[measured_stage("normalize")]
/// fn normalize(readings: impl Iterator<Item = f64>, scale: f64) -> impl Iterator<Item = f64> {
///     readings.map(move |reading| reading / scale)
/// }
///
/// assert_eq!(normalize([1.0, 3.0].into_iter(), 2.0).sum::<f64>(), 2.0);
/// ```
///
/// The function takes its records from parameters that are iterators (`impl Iterator`, `impl
/// IntoIterator`, a generic parameter bounded by them, `Box<dyn Iterator>`, `&mut dyn Iterator`) and
/// returns them as `impl Iterator` or `Box<dyn Iterator>`, in an `Option` or a `Result` if need be. One
/// without the first is a source, one without the second a sink. A function on collections is a stage too.
///
/// | argument | meaning |
/// |---|---|
/// | `"name"` | the name in reports, if not the function's |
/// | `timing = counts`, `sampled`, `every` or `off` | this stage's own [timing] |
/// | `input = parameter` | the one input, where its type does not tell; `input = none` for none |
/// | `output = none` | what is returned is no iterator that is to be measured |
/// | `items = result` | the items are `Result`s, whose errors are counted |
/// | `crate = path` | where measured-core is, if not at `::measured_core` |
///
/// The guide [Putting it on your functions][guide] shows every shape, and what each error message asks for.
///
/// [guide]: https://docs.rs/measured-core/latest/measured_core/guide/attribute/
/// [timing]: https://docs.rs/measured-core/latest/measured_core/enum.Timing.html
#[proc_macro_attribute]
pub fn measured_stage(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut item = item.into();
    match measure(args.into(), &mut item) {
        Ok(measured) if cfg!(feature = "enable") => measured,
        Ok(_) => item,
        Err(mistakes) => mistakes::beside(item, &mistakes),
    }
    .into()
}

/// The item, measured; as it is to be emitted otherwise it is left behind.
fn measure(args: TokenStream2, item: &mut TokenStream2) -> Result<TokenStream2> {
    let mut mistakes = Mistakes::default();
    let args = args::parse(args, Attribute::Stage, &mut mistakes);
    let function: Function = match mistakes.noting(syn::parse2(item.clone())) {
        Some(function) => function,
        None => return mistakes.or(None),
    };
    // The compiler refuses that by itself, and says what to write instead.
    if function.return_type().is_some_and(type_names::is_unsized) {
        return mistakes.or(Some(item.clone()));
    }
    if function.is_profiled() {
        *item = function.unprofiled();
    }
    let name = args.name.clone().unwrap_or_else(|| function.name());
    let stage = validate::stage(name, &args, &function, mistakes)?;
    Ok(expand::stage(&stage))
}

/// Measures every stage in an `impl` block or an inline module, each under the name `Type::function`.
///
/// ```
/// use measured_core::measured_stages;
///
/// struct Scale(f64);
///
/// #[measured_stages]
/// impl Scale {
///     fn up(&self, readings: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
///         readings.map(|reading| reading * self.0)
///     }
///
///     #[not_measured]
///     fn marks(&self) -> impl Iterator<Item = f64> {
///         [0.0, self.0].into_iter()
///     }
/// }
///
/// let scale = Scale(2.0);
/// assert_eq!(scale.up(scale.marks()).sum::<f64>(), 4.0);
/// ```
///
/// A stage here is a function that takes an iterator, returns one, or takes a collection and returns one;
/// one that returns `Self` is none. One that cannot be measured as it is written is refused: `#[not_measured]`
/// leaves a function out, a [`macro@measured_stage`] of its own gives it a name or options of its own. The
/// arguments are `timing` and `crate`, as there.
#[proc_macro_attribute]
pub fn measured_stages(args: TokenStream, item: TokenStream) -> TokenStream {
    let item: TokenStream2 = item.into();
    let mut mistakes = Mistakes::default();
    let args = args::parse(args.into(), Attribute::Stages, &mut mistakes);
    let read = |input: ParseStream<'_>| Block::parse(input, Attribute::Stages);
    let emitted = match mistakes.noting(read.parse2(item.clone())) {
        Some(block) => emit_block(&args, &block, &mut mistakes),
        None => item,
    };
    match mistakes.or(Some(())) {
        Ok(()) => emitted,
        Err(mistakes) => mistakes::beside(emitted, &mistakes),
    }
    .into()
}

fn emit_block(args: &Args, block: &Block, mistakes: &mut Mistakes) -> TokenStream2 {
    let mut stages = 0;
    let emitted = block.emit(&mut |function, head| {
        let Some(checked) = validate::member(args, function, head) else {
            return function.to_token_stream();
        };
        stages += 1;
        match mistakes.noting(checked) {
            Some(stage) if cfg!(feature = "enable") => expand::stage(&stage),
            _ => function.unprofiled(),
        }
    });
    if stages == 0 {
        mistakes.add(validate::no_stage(&block.head));
    }
    emitted
}

/// Profiles the calls of a function, while a profiler runs: how many, and their time.
///
/// ```
/// use measured_core::profiled;
///
/// #[profiled]
/// fn sum(window: &[f64]) -> f64 {
///     window.iter().sum()
/// }
///
/// struct Window(Vec<f64>);
///
/// #[profiled]
/// impl Window {
///     fn mean(&self) -> f64 {
///         sum(&self.0) / self.0.len() as f64
///     }
/// }
///
/// assert_eq!(Window(vec![1.0, 3.0]).mean(), 2.0);
/// ```
///
/// It goes on functions and methods, and on an `impl` block or an inline module for all functions in
/// it, which then are named `Type::function`; `#[not_measured]` leaves one out. What `const fn` and
/// functions that return an iterator or a future do is not done while they are called: alone they are
/// refused, in a block they are left out. Of an `async fn` the polls are timed, and their sum is one call.
///
/// | argument | meaning |
/// |---|---|
/// | `"name"` | the name in profiles, if not the function's |
/// | `generics` | a row for each type that it is called with, instead of one for all |
/// | `crate = path` | where measured-core is, if not at `::measured_core` |
///
/// A profiler is started by `measured_core::profile::Profiler`, with measured-core's feature `profile`; the
/// guide *Profiling* shows how. Where no profiler runs a call costs one load and a branch; without the
/// feature the function is emitted as it is.
#[proc_macro_attribute]
pub fn profiled(args: TokenStream, item: TokenStream) -> TokenStream {
    let item = item.into();
    match profiled::profiled(args.into(), &item) {
        Ok(profiled) => profiled,
        Err(mistakes) => mistakes::beside(item, &mistakes),
    }
    .into()
}

/// Leaves a function, or in a module an `impl` block, out of [`macro@measured_stages`] and
/// [`macro@profiled`].
///
/// ```
/// #[measured_core::measured_stages]
/// mod steps {
///     pub fn doubled(readings: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
///         readings.map(|reading| reading * 2)
///     }
///
///     #[not_measured]
///     pub fn halved(readings: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
///         readings.map(|reading| reading / 2)
///     }
/// }
///
/// assert_eq!(steps::halved(steps::doubled(0..3)).sum::<u32>(), 3);
/// ```
#[proc_macro_attribute]
pub fn not_measured(_args: TokenStream, item: TokenStream) -> TokenStream {
    // The block's attribute takes this off before the compiler sees it.
    let outside = Error::new(
        Span::call_site(),
        "`#[not_measured]` goes on a function in a block under `#[measured_stages]` or `#[profiled]`",
    );
    mistakes::beside(item.into(), &outside).into()
}
