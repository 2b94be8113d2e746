//! What is emitted after a mistake: the messages, and the item as it was written, so that its callers
//! still find it and nothing else goes red.

use proc_macro2::TokenStream;
use syn::Error;

pub(crate) fn unchanged(item: TokenStream, mistakes: &Error) -> TokenStream {
    let mut tokens = mistakes.to_compile_error();
    tokens.extend(item);
    tokens
}
