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
use syn::{FnArg, Ident, Pat, Path, Type};

use crate::args::Timing;
use crate::shape::{self, Output, Wrapper};
use crate::validate::{Input, Stage};

pub(crate) fn stage(stage: Stage) -> TokenStream {
    let private = private(&stage);
    let run = Ident::new("run", Span::mixed_site());
    let start = start(&stage, &private);
    let inputs = stage
        .inputs
        .iter()
        .map(|input| measured_input(input, stage.output, &private, &run));
    let inputs: TokenStream = inputs.collect();
    let call = measured_body(&stage, &private, &run);

    let mut function = stage.function;
    for input in &stage.inputs {
        move_mut(&mut function.sig.inputs, input);
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

/// The path to what generated code may use.
fn private(stage: &Stage) -> TokenStream {
    let span = Span::mixed_site();
    let default = || quote_spanned!(span=> ::measured_core);
    let krate = stage
        .krate
        .as_ref()
        .map_or_else(default, Path::to_token_stream);
    quote_spanned!(span=> #krate::private)
}

/// The call that begins a run. Its site is a static in a block of its own, where the body cannot see it.
fn start(stage: &Stage, private: &TokenStream) -> TokenStream {
    let name = &stage.name;
    let line = line(stage, private);
    let timing = stage.timing.as_ref().map(|timing| {
        let timing = match timing {
            Timing::Off => quote!(Off),
            Timing::Counts => quote!(Counts),
            Timing::Sampled => quote!(Sampled),
            Timing::Every => quote!(Every),
        };
        quote_spanned!(Span::mixed_site()=> .with_timing(#private::SiteTiming::#timing))
    });
    quote_spanned! {Span::mixed_site()=>
        #private::start({
            static SITE: #private::Site =
                #private::Site::new(#name, #private::module_path!(), #private::file!(), #line) #timing;
            &SITE
        })
    }
}

/// `line!()`, with the span of the function's name: with one of ours it would be the attribute's line.
fn line(stage: &Stage, private: &TokenStream) -> TokenStream {
    let span = stage.function.sig.ident.span();
    quote_spanned!(span=> #private::line!())
}

fn measured_input(
    input: &Input,
    output: Output,
    private: &TokenStream,
    run: &Ident,
) -> TokenStream {
    let Input {
        name,
        mutability,
        ty,
        cfgs,
        ..
    } = input;
    let label = name.unraw().to_string();
    let span = Span::mixed_site();
    let lazy = matches!(output, Output::Iterator(_) | Output::Boxed(_));
    let statement = match input.shape {
        shape::Input::Collection => {
            quote_spanned!(span=> #private::batch_input(&#run, #label, #name.len());)
        }
        shape::Input::Iterator => {
            quote_spanned!(span=> let #mutability #name = #private::input(&#run, #label, #name);)
        }
        shape::Input::IntoIterator => {
            quote_spanned!(span=> let #mutability #name = #private::input_into(&#run, #label, #name);)
        }
        shape::Input::Boxed => {
            let ty = shape::inferable(ty);
            quote_spanned! {span=>
                let #mutability #name: #ty = #private::Box::new(#private::input(&#run, #label, #name));
            }
        }
        // A lazy stage returns while its input is still needed, so the adapter itself goes into the
        // body: a reference to it could not.
        shape::Input::Borrowed if lazy => {
            quote_spanned!(span=> let mut #name = #private::input(&#run, #label, #name);)
        }
        shape::Input::Borrowed => {
            let ty = borrowed_object(ty).map(|ty| quote_spanned!(span=> : #ty));
            quote_spanned! {span=>
                let #mutability #name #ty = &mut #private::input(&#run, #label, #name);
            }
        }
    };
    quote!(#(#cfgs)* #statement)
}

/// `&mut dyn Iterator` without its lifetime, which is longer than our adapter lives.
fn borrowed_object(ty: &Type) -> Option<Type> {
    match shape::inferable(shape::peeled(ty)) {
        Type::Reference(mut lent) if matches!(shape::peeled(&lent.elem), Type::TraitObject(_)) => {
            lent.lifetime = None;
            Some(Type::Reference(lent))
        }
        _ => None,
    }
}

/// The call that the body runs in.
fn measured_body(stage: &Stage, private: &TokenStream, run: &Ident) -> TokenStream {
    let span = Span::mixed_site();
    let body = &stage.body;
    let tally = stage.results.as_ref().map_or_else(
        || quote_spanned!(span=> #private::Plain),
        // The word's own span, so that an item that is no `Result` is reported there.
        |word| quote_spanned!(word.span()=> #private::Results),
    );
    // Where the return type can be written on a closure, it is: the body may rely on it for `?`, for
    // coercions and for inference.
    let declared = stage.function.return_type().map(shape::inferable);
    let closure = match &declared {
        Some(ty) if stage.output != Output::Iterator(None) => {
            quote_spanned!(span=> move || -> #ty #body)
        }
        _ => quote_spanned!(span=> move || #body),
    };
    let call = match stage.output {
        Output::Iterator(wrapper) | Output::Boxed(wrapper) => {
            let door = match wrapper {
                None => quote!(output),
                Some(Wrapper::Option) => quote!(output_option),
                Some(Wrapper::Result) => quote!(output_result),
            };
            quote_spanned!(span=> #private::#door(#run, #tally, #closure))
        }
        Output::Collection => quote_spanned!(span=> #private::batch(#run, #closure)),
        Output::Value => quote_spanned!(span=> #private::sink(#run, #closure)),
    };
    match stage.output {
        Output::Boxed(None) => quote_spanned!(span=> #private::Box::new(#call)),
        Output::Boxed(Some(_)) => {
            let boxed = declared.as_ref().and_then(shape::wrapped);
            quote_spanned! {span=>
                #call.map(|out| -> #boxed { #private::Box::new(out) })
            }
        }
        _ => call,
    }
}

/// Takes the `mut` from a parameter whose `let` now carries it.
fn move_mut<'a>(params: impl IntoIterator<Item = &'a mut FnArg>, input: &Input) {
    if input.shape == shape::Input::Collection {
        return;
    }
    for param in params {
        if let FnArg::Typed(param) = param {
            if let Pat::Ident(name) = &mut *param.pat {
                if name.ident == input.name {
                    name.mutability = None;
                }
            }
        }
    }
}
