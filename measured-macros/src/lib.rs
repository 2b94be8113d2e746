//! The attributes of `measured-core`. Depend on that crate: it re-exports them, and the code that they
//! generate calls it.

mod args;
mod block;
mod expand;
mod fallback;
mod function;
mod mistakes;
mod shape;
mod spelling;
mod validate;

use proc_macro::TokenStream;
use proc_macro2::{Span, TokenStream as TokenStream2};
use quote::ToTokens;
use syn::{Error, Result};

use crate::args::{Args, Attribute};
use crate::block::Block;
use crate::function::Function;
use crate::mistakes::Mistakes;

/// Measures a function that takes or returns an iterator, as a stage of a pipeline.
#[proc_macro_attribute]
pub fn measured_stage(args: TokenStream, item: TokenStream) -> TokenStream {
    let item = item.into();
    match measure(args.into(), &item) {
        Ok(measured) if cfg!(feature = "enable") => measured,
        Ok(_) => item,
        Err(mistakes) => fallback::unchanged(item, &mistakes),
    }
    .into()
}

fn measure(args: TokenStream2, item: &TokenStream2) -> Result<TokenStream2> {
    let mut mistakes = Mistakes::default();
    let args = args::parse(args, Attribute::Stage, &mut mistakes);
    let function: Function = match mistakes.noting(syn::parse2(item.clone())) {
        Some(function) => function,
        None => return mistakes.or(None),
    };
    let name = args.name.clone().unwrap_or_else(|| function.name());
    let stage = validate::stage(name, &args, &function, mistakes)?;
    Ok(expand::stage(&stage))
}

/// Measures every stage in an `impl` block or an inline module.
#[proc_macro_attribute]
pub fn measured_stages(args: TokenStream, item: TokenStream) -> TokenStream {
    let item: TokenStream2 = item.into();
    let mut mistakes = Mistakes::default();
    let args = args::parse(args.into(), Attribute::Stages, &mut mistakes);
    let emitted = match mistakes.noting(syn::parse2(item.clone())) {
        Some(block) => emit_block(&args, &block, &mut mistakes),
        None => item,
    };
    match mistakes.or(Some(())) {
        Ok(()) => emitted,
        Err(mistakes) => fallback::unchanged(emitted, &mistakes),
    }
    .into()
}

fn emit_block(args: &Args, block: &Block, mistakes: &mut Mistakes) -> TokenStream2 {
    let mut stages = 0;
    let emitted = block.emit(&mut |function, head| {
        let checked = validate::member(args, function, head);
        stages += usize::from(checked.is_some());
        match checked.and_then(|checked| mistakes.noting(checked)) {
            Some(stage) if cfg!(feature = "enable") => expand::stage(&stage),
            _ => function.to_token_stream(),
        }
    });
    if stages == 0 {
        mistakes.add(validate::no_stage(&block.head));
    }
    emitted
}

/// Leaves a function out of `#[measured_stages]`.
#[proc_macro_attribute]
pub fn not_measured(_args: TokenStream, item: TokenStream) -> TokenStream {
    // `measured_stages` takes this off before the compiler sees it.
    let outside = Error::new(
        Span::call_site(),
        "`#[not_measured]` goes on a function in a block under `#[measured_stages]`",
    );
    fallback::unchanged(item.into(), &outside).into()
}
