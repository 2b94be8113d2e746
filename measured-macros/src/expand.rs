//! A checked stage, as the code that measures it.
//!
//! ```text
//! fn normalize(readings: impl Iterator<Item = f64>, range: Range) -> impl Iterator<Item = f64> {
//!     let run = start({ static SITE: Site = Site::new("normalize", …); &SITE });
//!     let readings = input(&run, "readings", readings);
//!     output(run, Plain, move || { readings.map(move |v| range.normalize(v)) })
//! }
//! ```
//!
//! The body stays in the user's function, in a closure: a function of our own around it would need the
//! signature a second time, and would put its name into the user's backtraces. What the expansion may not
//! do: name anything but through the path to measured-core (there may be no prelude, or one that is
//! shadowed), bind a name that the body can see, or silence a lint (a `forbid` would refuse that).

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{Attribute, Ident, PatIdent, Path, Type};

use crate::args::Timing;
use crate::function::{cfgs, is_unused, name_of};
use crate::shape::{self, Output, Wrapper};
use crate::validate::{Input, Stage};

pub(crate) fn stage(stage: Stage) -> TokenStream {
    let expansion = Expansion::of(&stage);
    let run = &expansion.run;
    let start = expansion.start();
    let inputs: TokenStream = stage.inputs.iter().map(|it| expansion.input(it)).collect();
    let call = expansion.call();

    // The body's own bindings carry the `mut`s now.
    let rebound: Vec<Ident> = expansion
        .rebound()
        .map(|it| it.name.ident.clone())
        .collect();
    let mut function = stage.function;
    for name in function.names_mut() {
        if rebound.contains(&name.ident) {
            name.mutability = None;
        }
    }
    let (attrs, vis, sig) = (&function.attrs, &function.vis, &function.sig);
    let defaultness = &function.modifiers.defaultness;
    quote! {
        #(#attrs)* #vis #defaultness #sig {
            let #run = #start;
            #inputs
            #call
        }
    }
}

struct Expansion<'a> {
    stage: &'a Stage,
    /// The path to what generated code may use.
    private: TokenStream,
    /// The handle of the call, under a name that the body cannot see.
    run: Ident,
    /// Whether the stage returns while its input is still needed.
    lazy: bool,
}

impl<'a> Expansion<'a> {
    fn of(stage: &'a Stage) -> Self {
        let span = Span::mixed_site();
        Self {
            stage,
            private: private(stage.krate.as_ref(), span),
            run: Ident::new("run", span),
            lazy: matches!(stage.output, Output::Iterator(_) | Output::Boxed(_)),
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
        // The line is that of the function's name. Were the call to `line!` spanned like the rest, it
        // would be the attribute's.
        let here = stage.function.sig.ident.span();
        let there = private_at(stage.krate.as_ref(), here);
        let line = quote_spanned!(here=> #there::line!());
        quote_spanned! {Span::mixed_site()=>
            #private::#start({
                static SITE: #private::Site = #private::Site::new(
                    #name,
                    #private::module_path!(),
                    #private::file!(),
                    #line,
                ) #timing;
                &SITE
            })
        }
    }

    fn input(&self, input: &Input) -> TokenStream {
        let Self { private, run, .. } = self;
        let Input { name, ty, cfgs, .. } = input;
        let label = name.unraw().to_string();
        let span = Span::mixed_site();
        let adapter = quote_spanned!(span=> #private::input(&#run, #label, #name));
        let statement = match input.shape {
            shape::Input::Collection => {
                quote_spanned!(span=> #private::batch_input(&#run, #label, #name.len());)
            }
            shape::Input::Iterator => quote_spanned!(span=> let #name = #adapter;),
            shape::Input::IntoIterator => quote_spanned! {span=>
                let #name = #private::input_into(&#run, #label, #name);
            },
            shape::Input::Boxed => {
                let ty = shape::inferable(ty);
                quote_spanned!(span=> let #name: #ty = #private::Box::new(#adapter);)
            }
            // Into a lazy stage goes the adapter itself: a reference to it would not live long enough.
            shape::Input::Borrowed if self.lazy => quote_spanned!(span=> let #name = #adapter;),
            shape::Input::Borrowed => {
                let ty = borrowed_object(ty).map(|ty| quote_spanned!(span=> : #ty));
                quote_spanned!(span=> let #name #ty = &mut #adapter;)
            }
        };
        quote!(#(#cfgs)* #statement)
    }

    /// The call that the body runs in.
    fn call(&self) -> TokenStream {
        let Self {
            stage,
            private,
            run,
            ..
        } = self;
        let span = Span::mixed_site();
        let (door, wrapper) = match stage.output {
            Output::Iterator(wrapper) | Output::Boxed(wrapper) => match wrapper {
                None => ("output", None),
                Some(Wrapper::Option) => ("output_option", wrapper),
                Some(Wrapper::Result) => ("output_result", wrapper),
            },
            Output::Collection => ("batch", None),
            Output::Value => ("sink", None),
        };
        let door = Ident::new(door, span);
        let tally = self.lazy.then(|| match &stage.results {
            None => quote_spanned!(span=> #private::Plain,),
            // The word's own span, so that an item that is no `Result` is reported there.
            Some(word) => quote_spanned!(word.span()=> #private::Results,),
        });
        // Where the return type can be written on a closure, it is: the body may rely on it, for `?`,
        // for coercions and for inference.
        let declared = stage.function.return_type().map(shape::inferable);
        let written = match &declared {
            Some(Type::Infer(_)) | None => None,
            Some(ty) => Some(quote_spanned!(span=> -> #ty)),
        };
        let body = self.body();
        let call = quote_spanned!(span=> #private::#door(#run, #tally move || #written #body));
        match (stage.output, wrapper) {
            (Output::Boxed(_), None) => quote_spanned!(span=> #private::Box::new(#call)),
            (Output::Boxed(_), Some(_)) => {
                let boxed = declared.as_ref().and_then(shape::wrapped);
                quote_spanned!(span=> #call.map(|out| -> #boxed { #private::Box::new(out) }))
            }
            _ => call,
        }
    }

    /// The user's body, his parameters bound once more before it: what a closure captures is dropped in
    /// the order in which it is mentioned, what is bound in it in reverse order, as parameters are.
    fn body(&self) -> TokenStream {
        let span = Span::mixed_site();
        let body = &self.stage.body;
        let mut bindings = TokenStream::new();
        for Rebound { name, cfgs, lent } in self.rebound() {
            let PatIdent {
                mutability, ident, ..
            } = name;
            // What was lent by `&mut` could be read without a `mut`; the adapter in its place cannot.
            let lent = (lent && mutability.is_none()).then(|| quote_spanned!(span=> mut));
            bindings.extend(quote_spanned! {span=>
                #(#cfgs)* let #lent #mutability #ident = #ident;
            });
        }
        if bindings.is_empty() {
            body.to_token_stream()
        } else {
            quote_spanned!(span=> { #bindings 'body: #body })
        }
    }

    fn rebound(&self) -> impl Iterator<Item = Rebound<'_>> {
        let inputs = &self.stage.inputs;
        let params = self.stage.function.params();
        params
            .filter(|param| !is_unused(param))
            .filter_map(|param| {
                let name = name_of(param)?;
                let input = inputs.iter().find(|input| input.name == name.ident);
                let adapter = input.filter(|input| input.shape != shape::Input::Collection);
                let rebound = adapter.is_some() || !shape::is_plain_data(&param.ty);
                rebound.then(|| Rebound {
                    name,
                    cfgs: cfgs(param).collect(),
                    lent: self.lazy && adapter.is_some_and(|it| it.shape == shape::Input::Borrowed),
                })
            })
    }
}

/// A parameter that is bound once more for the body.
struct Rebound<'a> {
    name: &'a PatIdent,
    cfgs: Vec<&'a Attribute>,
    /// Whether it is an adapter in the place of a `&mut`.
    lent: bool,
}

fn private(krate: Option<&Path>, span: Span) -> TokenStream {
    let krate = krate.map_or_else(
        || quote_spanned!(span=> ::measured_core),
        Path::to_token_stream,
    );
    quote_spanned!(span=> #krate::private)
}

/// The same path, as if it stood there.
fn private_at(krate: Option<&Path>, there: Span) -> TokenStream {
    let tokens = private(krate, there).into_iter().map(|mut token| {
        token.set_span(token.span().located_at(there));
        token
    });
    tokens.collect()
}

/// `&mut dyn Iterator` without its lifetime, which is longer than our adapter lives.
fn borrowed_object(ty: &Type) -> Option<Type> {
    match shape::inferable(ty) {
        Type::Reference(mut lent) if matches!(shape::peeled(&lent.elem), Type::TraitObject(_)) => {
            lent.lifetime = None;
            Some(Type::Reference(lent))
        }
        _ => None,
    }
}
