//! A checked stage, as the code that measures it.
//!
//! ```text
//! fn normalize(readings: impl Iterator<Item = f64>, range: Range) -> impl Iterator<Item = f64> {
//!     let run = { static SITE: Site = Site::new("normalize", …); SITE.start() };
//!     let readings = input(&run, readings);
//!     output(run, Plain, move || {
//!         let readings = readings;
//!         let range = range;
//!         'body: { readings.map(move |v| range.normalize(v)) }
//!     })
//! }
//! ```
//!
//! The body stays in the user's function, in a closure: a function of our own around it would need the
//! signature a second time, and would put its name into the user's backtraces. What the expansion may not
//! do: name anything but through the path to measured-core (there may be no prelude, or one that is
//! shadowed), bind a name that the body can see, or silence a lint (a `forbid` would refuse that). So every
//! `readings` above but the one before `'body` is spelled alike and hidden from it, and from lints too.

use crate::args::Timing;
use crate::function::{attributes, is_unused, name_of};
use crate::inferable::inferable;
use crate::paths::{line, private, private_at};
use crate::place::Place;
use crate::shape::{self, Output};
use crate::type_names::{self, Wrapper};
use crate::validate::{Input, Stage};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Ident, PatType, Token, Type};

pub(crate) fn stage(stage: &Stage<'_>) -> TokenStream {
    let expansion = Expansion::of(stage);
    let mut tokens = stage.function.head(|param| expansion.is_rebound(param));
    let run = &expansion.run;
    let start = expansion.start();
    let questions = expansion.questions();
    let inputs = stage.inputs.iter().map(|input| expansion.input(input));
    let call = expansion.call();
    // Between the user's own braces: by them rustc and clippy tell a function of the user's from one that
    // a macro made, about which they say nothing.
    stage.body.brace.surround(&mut tokens, |inside| {
        inside.extend(quote! {
            #questions
            let #run = #start;
            #(#inputs)*
            #call
        });
    });
    tokens
}

struct Expansion<'a> {
    stage: &'a Stage<'a>,
    /// The path to what generated code may use.
    private: TokenStream,
    /// The handle of the call, under a name that the body cannot see.
    run: Ident,
}

impl<'a> Expansion<'a> {
    fn of(stage: &'a Stage<'a>) -> Self {
        let span = Span::mixed_site();
        Self {
            stage,
            private: private(stage.krate, span),
            // No parameter of the user's is called so.
            run: Ident::new("__run", span),
        }
    }

    /// The call that begins a run. Its site is a static in a block of its own, where the body cannot see
    /// it.
    fn start(&self) -> TokenStream {
        let Self { stage, private, .. } = self;
        let name = &stage.name;
        let timing = stage.timing.map(|timing| {
            let timing = match timing {
                Timing::Off => quote!(Off),
                Timing::Counts => quote!(Counts),
                Timing::Sampled => quote!(Sampled),
                Timing::Every => quote!(Every),
            };
            quote!(.with_timing(#private::SiteTiming::#timing))
        });
        // Whoever only counts gets adapters of another type, without a clock in them.
        let start = if let Some(Timing::Counts) = stage.timing {
            quote!(start_counted)
        } else {
            quote!(start)
        };
        // Whoever is off is in no report, and would be taken for a stage that nobody calls.
        let registered = (stage.timing != Some(Timing::Off)).then(|| {
            quote_spanned!(Span::mixed_site()=> #private::submit! { #private::Registered(&SITE) })
        });
        let line = line(stage.krate, stage.function.sig.ident.span());
        quote_spanned! {Span::mixed_site()=>
            {
                static SITE: #private::Site = #private::Site::new(
                    #name,
                    #private::module_path!(),
                    #private::file!(),
                    #line,
                ) #timing;
                #registered
                SITE.#start()
            }
        }
    }

    /// The questions about parameters whose spelling leaves open what they are.
    fn questions(&self) -> TokenStream {
        let Self { stage, private, .. } = self;
        let questions = stage.disguised.iter().filter_map(|(param, question)| {
            let attributes = attributes(param);
            let value = stage.function.hidden(param, &name_of(param)?.ident);
            let question = question.ask(private, &value, &param.ty);
            Some(quote!(#attributes #question))
        });
        questions.collect()
    }

    /// The statement that puts an adapter in the place of a parameter, or counts what is in it.
    fn input(&self, input: &Input<'_>) -> TokenStream {
        let Self { private, run, .. } = self;
        let Input { param, name, shape } = input;
        let span = Span::mixed_site();
        let name = if self.is_rebound(param) {
            &self.stage.function.hidden(param, name)
        } else {
            *name
        };
        let adapter = quote_spanned!(span=> #private::input(&#run, #name));
        let statement = match shape {
            shape::Input::Collection => {
                quote_spanned!(span=> #private::batch_input(&#run, #name.len());)
            }
            shape::Input::Iterator => quote_spanned!(span=> let #name = #adapter;),
            shape::Input::IntoIterator => quote_spanned! {span=>
                let #name = #private::input_into(&#run, #name);
            },
            shape::Input::Boxed => {
                let ty = inferable(&param.ty);
                quote_spanned!(span=> let #name: #ty = #private::Box::new(#adapter);)
            }
            // Into a lazy stage goes the adapter itself: a reference to it would not live long enough.
            shape::Input::Borrowed if self.stage.output.is_lazy() => {
                quote_spanned!(span=> let #name = #adapter;)
            }
            shape::Input::Borrowed => {
                let ty = lent_object(&param.ty).map(|ty| quote_spanned!(span=> : #ty));
                quote_spanned!(span=> let #name #ty = &mut #adapter;)
            }
        };
        let attributes = attributes(param);
        quote!(#attributes #statement)
    }

    /// The function that the body is handed to.
    fn door(&self) -> &'static str {
        match self.stage.output {
            Output::Iterator(None) | Output::Boxed(None) => "output",
            Output::Iterator(Some(Wrapper::Option)) | Output::Boxed(Some(Wrapper::Option)) => {
                "output_option"
            }
            Output::Iterator(Some(Wrapper::Result)) | Output::Boxed(Some(Wrapper::Result)) => {
                "output_result"
            }
            Output::Collection => "batch",
            Output::Value => "sink",
        }
    }

    /// The call that the body runs in.
    fn call(&self) -> TokenStream {
        let Self {
            stage,
            private,
            run,
        } = self;
        let span = Span::mixed_site();
        let door = Ident::new(self.door(), span);
        let tally = stage.output.is_lazy().then(|| match stage.results {
            None => quote_spanned!(span=> #private::Plain,),
            // The word's own span, so that an item that is no `Result` is reported there.
            Some(word) => quote_spanned!(word.span()=> #private::Results,),
        });
        // Where the return type can be written on a closure, it is: the body may rely on it, for `?`,
        // for coercions and for inference.
        let declared = stage.function.return_type().map(inferable);
        let written = match &declared {
            Some(Type::Infer(_)) | None => None,
            Some(ty) => Some(quote_spanned!(span=> -> #ty)),
        };
        let body = self.body();
        let place = Place::of_value(stage.body);
        let called_private = private_at(stage.krate, place.first);
        let call = place.call(
            &quote_spanned!(place.first=> #called_private::#door),
            quote_spanned!(span=> #run, #tally move || #written #body),
        );
        match stage.output {
            Output::Boxed(None) => place.call(
                &quote_spanned!(place.first=> #called_private::Box::new),
                call,
            ),
            Output::Boxed(Some(_)) => {
                let boxed = declared.as_ref().and_then(type_names::wrapped);
                let boxing =
                    quote_spanned!(span=> move |out| -> #boxed { #private::Box::new(out) });
                place.call(&quote_spanned!(place.first=> #call.map), boxing)
            }
            _ => match stage.output_disguised {
                None => call,
                Some((ty, question)) => {
                    let out = Ident::new("out", span);
                    let question = question.ask(private, &out, ty);
                    quote_spanned!(span=> let #out = #call; #question #out)
                }
            },
        }
    }

    /// The user's body, their parameters bound once more before it: what a closure captures is dropped in
    /// the order in which it is mentioned, what is bound in it in reverse order, as parameters are.
    fn body(&self) -> TokenStream {
        let span = Span::mixed_site();
        let body = self.stage.body;
        let params = self.stage.function.params();
        let mutable = Token![mut](span);
        let bindings = params.filter(|param| self.is_rebound(param)).map(|param| {
            // What was lent by `&mut` could be read without a `mut`; the adapter in its place cannot.
            let lent =
                self.stage.output.is_lazy() && self.adapted(param) == Some(shape::Input::Borrowed);
            let needed_mut = lent.then_some(&mutable);
            self.stage.function.rebinding(param, needed_mut)
        });
        let bindings: TokenStream = bindings.flatten().collect();
        if bindings.is_empty() {
            body.to_token_stream()
        } else {
            // The label makes the inner block one that no lint takes for superfluous.
            let whole = span.located_at(body.brace.span.join());
            quote_spanned!(whole=> { #bindings 'body: #body })
        }
    }

    /// Whether the body gets a binding of its own for a parameter: in a lazy stage every one, for what is
    /// the closure's alone a forgotten `move` is refused by the compiler with the remedy that it has for
    /// parameters.
    fn is_rebound(&self, param: &PatType) -> bool {
        let named = name_of(param).is_some() && !is_unused(param);
        let lazy = self.stage.output.is_lazy();
        let mut disguised = self.stage.disguised.iter();
        let asked = disguised.any(|(disguised, _)| std::ptr::eq(*disguised, param));
        let handled = asked || self.adapted(param).is_some();
        named && (lazy || handled || !type_names::is_plain_data(&param.ty))
    }

    /// What kind of input an adapter takes the place of.
    fn adapted(&self, param: &PatType) -> Option<shape::Input> {
        let mut inputs = self.stage.inputs.iter();
        let input = inputs.find(|input| std::ptr::eq(input.param, param))?;
        (input.shape != shape::Input::Collection).then_some(input.shape)
    }
}

/// `&mut dyn Iterator` without its lifetime, which is longer than our adapter lives.
fn lent_object(ty: &Type) -> Option<Type> {
    match inferable(ty) {
        Type::Reference(mut lent)
            if matches!(type_names::peeled(&lent.elem), Type::TraitObject(_)) =>
        {
            lent.lifetime = None;
            Some(Type::Reference(lent))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::stage;
    use crate::args::{Attribute, parse};
    use crate::mistakes::Mistakes;
    use crate::validate;
    use proc_macro2::TokenStream;
    use quote::quote;

    fn expanded(args: TokenStream, function: TokenStream) -> String {
        let mut mistakes = Mistakes::default();
        let args = parse(args, Attribute::Stage, &mut mistakes);
        let function = syn::parse2(function).unwrap();
        let checked = validate::stage("stage".to_owned(), &args, &function, mistakes);
        compact(&stage(&checked.unwrap()))
    }

    /// The tokens, the spaces aside, which depend on who made them.
    fn compact(tokens: &TokenStream) -> String {
        tokens.to_string().split_whitespace().collect()
    }

    /// The part that is the same everywhere.
    fn run() -> TokenStream {
        quote! {
            let __run = {
                static SITE: ::measured_core::private::Site = ::measured_core::private::Site::new(
                    "stage",
                    ::measured_core::private::module_path!(),
                    ::measured_core::private::file!(),
                    ::measured_core::private::line!(),
                );
                ::measured_core::private::submit! { ::measured_core::private::Registered(&SITE) }
                SITE.start()
            };
        }
    }

    #[test]
    fn an_iterator_in_and_out() {
        let function = quote! {
            pub fn f(mut a: impl Iterator<Item = u8>, by: u8) -> impl Iterator<Item = u8> { a.take(by) }
        };
        let run = run();
        let expected = quote! {
            pub fn f(a: impl Iterator<Item = u8>, by: u8) -> impl Iterator<Item = u8> {
                #run
                let a = ::measured_core::private::input(&__run, a);
                ::measured_core::private::output(
                    __run,
                    ::measured_core::private::Plain,
                    move || { let mut a = a; let by = by; 'body: { a.take(by) } }
                )
            }
        };
        assert_eq!(expanded(quote!(), function), compact(&expected));
    }

    #[test]
    fn a_fallible_box() {
        let function = quote! {
            fn f(n: u8) -> io::Result<Box<dyn Iterator<Item = impl Display> + '_>> { g(n)? }
        };
        let run = run();
        let expected = quote! {
            fn f(n: u8) -> io::Result<Box<dyn Iterator<Item = impl Display> + '_>> {
                #run
                ::measured_core::private::output_result(
                    __run,
                    ::measured_core::private::Plain,
                    move || -> io::Result<Box<dyn Iterator<Item = _> + '_>> { let n = n; 'body: { g(n)? } }
                )
                .map(move |out| -> Box<dyn Iterator<Item = _> + '_> { ::measured_core::private::Box::new(out) })
            }
        };
        assert_eq!(expanded(quote!(), function), compact(&expected));
    }

    #[test]
    fn a_batch_under_another_path() {
        let function = quote!(
            fn f(#[cfg(x)] a: &[u8]) -> Vec<u8> {
                a.to_vec()
            }
        );
        let expanded = expanded(quote!(crate = c, timing = counts), function);
        let expected = quote! {
            fn f(#[cfg(x)] a: &[u8]) -> Vec<u8> {
                let __run = {
                    static SITE: c::private::Site = c::private::Site::new(
                        "stage",
                        c::private::module_path!(),
                        c::private::file!(),
                        c::private::line!(),
                    )
                    .with_timing(c::private::SiteTiming::Counts);
                    c::private::submit! { c::private::Registered(&SITE) }
                    SITE.start_counted()
                };
                #[cfg(x)] c::private::batch_input(&__run, a.len());
                c::private::batch(__run, move || -> Vec<u8> { a.to_vec() })
            }
        };
        assert_eq!(expanded, compact(&expected));
    }
}
