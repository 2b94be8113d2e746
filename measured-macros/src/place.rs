//! Where generated code stands for the compiler, which shows that place when it has something to say of it.

use crate::function::Body;
use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::quote_spanned;

/// From the one token to the other.
pub(crate) struct Place {
    pub(crate) first: Span,
    last: Span,
}

impl Place {
    /// Where the value of a body is: what there is to be said of what a function returns, of a lifetime
    /// above all, is then said there and not of the attribute.
    pub(crate) fn of_value(body: &Body) -> Self {
        let value = body.place_of_value();
        let [first, last] = value.map(|there| Span::mixed_site().located_at(there));
        Self { first, last }
    }

    /// A call that stands there, if the tokens of the function do.
    pub(crate) fn call(&self, function: &TokenStream, arguments: TokenStream) -> TokenStream {
        let mut arguments = Group::new(Delimiter::Parenthesis, arguments);
        arguments.set_span(self.last);
        quote_spanned!(self.first=> #function #arguments)
    }
}
