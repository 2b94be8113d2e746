//! A checked function, as the code that profiles it.
//!
//! ```text
//! fn sum(window: &[f64]) -> f64 {
//!     let called = { static FUNCTION: Function = Function::new("sum", …); FUNCTION.enter() };
//!     'body: { window.iter().sum() }
//! }
//! ```
//!
//! The body stays where it is, so that `return`, `?`, borrows and what the function
//! returns need nothing. It has a block of its own, or clippy would find items after
//! statements; the label makes that one that no lint takes for superfluous.
//!
//! An `async fn` is entered at each poll, not for as long as it lives:
//!
//! ```text
//! async fn load(path: &Path) -> Config {
//!     { static FUNCTION: Function = …; &FUNCTION }.poll(async move { let path = path; 'body: { … } }).await
//! }
//! ```

use super::validate::Profiled;
use crate::function::{is_unused, name_of};
use crate::paths::{line, private};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::PatType;

pub(super) fn function(profiled: &Profiled<'_>) -> TokenStream {
    let Profiled { function, body, .. } = profiled;
    let is_async = function.sig.asyncness.is_some();
    let mut tokens = function.head(|param| is_async && is_rebound(param));
    let inside = if is_async {
        polled(profiled)
    } else {
        entered(profiled)
    };
    // Between the user's own braces, by which rustc and clippy know a function of theirs.
    body.brace
        .surround(&mut tokens, |braces| braces.extend(inside));
    tokens
}

fn entered(profiled: &Profiled<'_>) -> TokenStream {
    let body = profiled.body;
    let enter = if profiled.generics {
        // Of a type that no other instance of the function has.
        quote_spanned!(Span::mixed_site()=> .enter_by_type(&|| ()))
    } else {
        quote_spanned!(Span::mixed_site()=> .enter())
    };
    let called = with_function(profiled, &enter);
    quote_spanned! {Span::mixed_site()=>
        let _called = #called;
        'body: #body
    }
}

fn polled(profiled: &Profiled<'_>) -> TokenStream {
    let span = Span::mixed_site();
    let body = profiled.body;
    // Moved in, whether they are used or not, so that they are dropped as parameters are.
    let params = profiled.function.params();
    let bindings: TokenStream = params
        .filter(|param| is_rebound(param))
        .filter_map(|param| profiled.function.rebinding(param, None))
        .collect();
    let poll = if profiled.generics {
        quote_spanned!(span=> .poll_by_type(&|| (), async move { #bindings 'body: #body }))
    } else {
        quote_spanned!(span=> .poll(async move { #bindings 'body: #body }))
    };
    let polled = with_function(profiled, &poll);
    quote_spanned!(span=> #polled.await)
}

/// The function's static with a method called on it, in a block of its own, where the
/// body cannot see it.
fn with_function(profiled: &Profiled<'_>, method: &TokenStream) -> TokenStream {
    let Profiled {
        name,
        function,
        krate,
        ..
    } = profiled;
    let span = Span::mixed_site();
    let private = private(*krate, span);
    let line = line(*krate, function.sig.ident.span());
    quote_spanned! {span=>
        {
            static FUNCTION: #private::Function = #private::Function::new(
                #name,
                #private::module_path!(),
                #private::file!(),
                #line,
            );
            &FUNCTION
        } #method
    }
}

/// Whether an async body gets a binding of its own for a parameter.
fn is_rebound(param: &PatType) -> bool {
    name_of(param).is_some() && !is_unused(param)
}
