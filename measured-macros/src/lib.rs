//! The attributes of `measured-core`. Depend on that crate: it re-exports them, and the code that they
//! generate calls it.

mod args;
mod expand;
mod fallback;
mod function;
mod mistakes;
mod shape;
mod spelling;
mod validate;

use proc_macro::TokenStream;
use proc_macro2::TokenStream as TokenStream2;
use syn::Result;

use crate::args::Attribute;
use crate::mistakes::Mistakes;
use crate::validate::Stage;

/// Measures a function that takes or returns an iterator, as a stage of a pipeline.
#[proc_macro_attribute]
pub fn measured_stage(args: TokenStream, item: TokenStream) -> TokenStream {
    stage(args.into(), item.into()).into()
}

fn stage(args: TokenStream2, item: TokenStream2) -> TokenStream2 {
    match read(args, item.clone()) {
        Ok(stage) if cfg!(feature = "enable") => expand::stage(stage),
        Ok(_) => item,
        Err(mistakes) => fallback::unchanged(item, &mistakes),
    }
}

fn read(args: TokenStream2, item: TokenStream2) -> Result<Stage> {
    let mut mistakes = Mistakes::default();
    let args = args::parse(args, Attribute::Stage, &mut mistakes);
    match syn::parse2(item) {
        Ok(function) => validate::stage(args, function, None, mistakes),
        Err(mistake) => {
            mistakes.add(mistake);
            mistakes.or(None)
        }
    }
}
