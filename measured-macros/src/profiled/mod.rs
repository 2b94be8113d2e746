//! `#[profiled]`: a function whose calls are timed, or all functions of a block.

mod expand;
mod validate;

use crate::args::{self, Args, Attribute};
use crate::block::{self, Block};
use crate::function::{Function, starts_function};
use crate::mistakes::Mistakes;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Result;
use syn::parse::{ParseStream, Parser};

/// What the attribute stands on.
enum Target {
    Function(Box<Function>),
    Block(Block),
}

/// The item, profiled; as it was where nobody watches, and below its mistakes.
pub(crate) fn profiled(written: TokenStream, item: &TokenStream) -> Result<TokenStream> {
    let mut mistakes = Mistakes::default();
    let parsed = mistakes.noting(parse.parse2(item.clone()));
    let attribute = match &parsed {
        Some(Target::Block(_)) => Attribute::ProfiledBlock,
        _ => Attribute::Profiled,
    };
    let args = args::parse(written, attribute, &mut mistakes);
    let emitted = match &parsed {
        Some(Target::Function(function)) => mistakes
            .noting(validate::function(&args, function))
            .map(|call| expand::function(&call)),
        Some(Target::Block(block)) => Some(emit_block(&args, block, &mut mistakes)),
        None => None,
    };
    let emitted = mistakes.or(emitted)?;
    Ok(if cfg!(feature = "watched") {
        emitted
    } else {
        unchanged(parsed.as_ref(), item)
    })
}

fn parse(input: ParseStream<'_>) -> Result<Target> {
    if starts_function(input)? {
        Ok(Target::Function(input.parse()?))
    } else if block::is_next(input)? {
        Ok(Target::Block(Block::parse(
            input,
            Attribute::ProfiledBlock,
        )?))
    } else {
        Err(input.error("`#[profiled]` goes on a function, an `impl` block or an inline module"))
    }
}

/// The item without what only this attribute takes off.
fn unchanged(parsed: Option<&Target>, item: &TokenStream) -> TokenStream {
    match parsed {
        Some(Target::Block(block)) => block.emit(&mut |function, _| function.to_token_stream()),
        _ => item.clone(),
    }
}

fn emit_block(args: &Args, block: &Block, mistakes: &mut Mistakes) -> TokenStream {
    let mut functions = 0;
    let emitted = block.emit(
        &mut |function, head| match validate::member(args, function, head) {
            Some(call) => {
                functions += 1;
                expand::function(&call)
            }
            None => function.to_token_stream(),
        },
    );
    if functions == 0 {
        mistakes.add(validate::no_function(&block.head));
    }
    emitted
}
