//! Paths into `measured_core::private`, the one door that generated code goes through.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Path;

pub(crate) fn private(krate: Option<&Path>, span: Span) -> TokenStream {
    let krate = krate.map_or_else(
        || quote_spanned!(span=> ::measured_core),
        Path::to_token_stream,
    );
    quote_spanned!(span=> #krate::private)
}

/// The same, in the place of what stands `there`, for the compiler to speak of.
pub(crate) fn private_at(krate: Option<&Path>, there: Span) -> TokenStream {
    let tokens = private(krate, there).into_iter().map(|mut token| {
        token.set_span(token.span().located_at(there));
        token
    });
    tokens.collect()
}

/// The line of what stands `there`. Were the call to `line!` spanned like the rest, it
/// would be the attribute's.
pub(crate) fn line(krate: Option<&Path>, there: Span) -> TokenStream {
    let private = private_at(krate, there);
    quote_spanned!(there=> #private::line!())
}
