//! The function under the attribute, as parsed.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{
    Abi, AttrStyle, Attribute, FnArg, Meta, Pat, PatIdent, PatType, Result, ReturnType, Signature,
    Token, Type, Visibility, braced, token,
};

pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    vis: Visibility,
    defaultness: Option<Token![default]>,
    pub(crate) sig: Signature,
    /// `None` where a semicolon stands in its place.
    pub(crate) body: Option<Body>,
}

/// The body, its statements unread: what is not parsed cannot come out changed, and costs no time.
pub(crate) struct Body {
    pub(crate) brace: token::Brace,
    statements: TokenStream,
}

impl Body {
    /// Where its value begins and ends.
    pub(crate) fn place_of_value(&self) -> [Span; 2] {
        let whole = self.brace.span.join();
        let value = self.value();
        [value.first(), value.last()].map(|token| token.map_or(whole, TokenTree::span))
    }

    /// The tokens of its value, as far as can be told unread: from the last place on where a statement
    /// may begin.
    fn value(&self) -> Vec<TokenTree> {
        let mut value = Vec::new();
        let (mut ends, mut may_end) = (false, false);
        for token in self.statements.clone() {
            let begins = match &token {
                TokenTree::Ident(word) => may_end && word != "else" && word != "as",
                _ => false,
            };
            if ends || begins {
                value.clear();
            }
            ends = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ';');
            may_end =
                matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            value.push(token);
        }
        value
    }
}

impl Function {
    /// The name, without the `r#` that only the compiler needs.
    pub(crate) fn name(&self) -> String {
        self.sig.ident.unraw().to_string()
    }

    /// Every parameter but `self`.
    pub(crate) fn params(&self) -> impl Iterator<Item = &PatType> {
        self.sig.inputs.iter().filter_map(|arg| match arg {
            FnArg::Typed(param) => Some(param),
            FnArg::Receiver(_) => None,
        })
    }

    pub(crate) fn return_type(&self) -> Option<&Type> {
        match &self.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(ty),
        }
    }

    pub(crate) fn is_profiled(&self) -> bool {
        self.attrs.iter().any(|attr| is_named(attr, "profiled"))
    }

    /// The function as it was written, but for `#[profiled]`: who refuses a stage that has it refuses it in
    /// its place.
    pub(crate) fn unprofiled(&self) -> TokenStream {
        let kept = self.attrs.iter().filter(|attr| !is_named(attr, "profiled"));
        let mut tokens = quote!(#(#kept)*);
        self.signature(|_| false).to_tokens(&mut tokens);
        self.body_to_tokens(&mut tokens);
        tokens
    }

    /// Everything before the body, with the parameters hidden for which that has bindings of its own.
    pub(crate) fn head(&self, is_rebound: impl Fn(&PatType) -> bool) -> TokenStream {
        let mut tokens = TokenStream::new();
        tokens.append_all(&self.attrs);
        tokens.extend(self.signature(is_rebound));
        tokens
    }

    /// The same, without the attributes.
    fn signature(&self, is_rebound: impl Fn(&PatType) -> bool) -> TokenStream {
        let Self {
            vis,
            defaultness,
            sig,
            ..
        } = self;
        let Signature {
            constness,
            asyncness,
            safety,
            abi,
            fn_token,
            ident,
            generics,
            output,
            ..
        } = sig;
        let where_clause = &generics.where_clause;
        let inputs = sig.inputs.iter().map(|arg| match arg {
            FnArg::Typed(param) if is_rebound(param) => {
                let attributes = attributes(param);
                let PatType {
                    colon_token, ty, ..
                } = param;
                let name = name_of(param).map(|name| self.hidden(param, &name.ident));
                quote!(#attributes #name #colon_token #ty)
            }
            _ => arg.to_token_stream(),
        });
        let mut tokens = quote! {
            #vis #defaultness #constness #asyncness #safety #abi
            #fn_token #ident #generics
        };
        sig.paren_token.surround(&mut tokens, |inside| {
            inside.append_separated(inputs, quote!(,));
        });
        tokens.extend(quote!(#output #where_clause));
        tokens
    }

    /// The name of a parameter, spelled alike, where neither the body nor a lint sees it: clippy reports a
    /// parameter that another binding shadows. Of two that a macro spells alike only the compiler can tell
    /// which is which, so the second is spelled otherwise.
    pub(crate) fn hidden(&self, param: &PatType, name: &Ident) -> Ident {
        let before = self
            .params()
            .take_while(|other| !std::ptr::eq(*other, param));
        let namesakes = before.filter(|other| name_of(other).is_some_and(|it| it.ident == *name));
        let span = Span::mixed_site().located_at(name.span());
        match namesakes.count() {
            0 => {
                let mut hidden = name.clone();
                hidden.set_span(span);
                hidden
            }
            n => Ident::new(&format!("__{}_{n}", name.unraw()), span),
        }
    }

    /// The user's own binding, of what came in under the hidden name; with a `mut`, if it needs one that
    /// the user did not write.
    pub(crate) fn rebinding(
        &self,
        param: &PatType,
        needed_mut: Option<&Token![mut]>,
    ) -> Option<TokenStream> {
        let attributes = attributes(param);
        let PatIdent {
            mutability, ident, ..
        } = name_of(param)?;
        let mutability = mutability.as_ref().or(needed_mut);
        let hidden = self.hidden(param, ident);
        Some(quote_spanned!(Span::mixed_site()=> #attributes let #mutability #ident = #hidden;))
    }

    fn body_to_tokens(&self, tokens: &mut TokenStream) {
        match &self.body {
            Some(body) => body.to_tokens(tokens),
            None => <Token![;]>::default().to_tokens(tokens),
        }
    }
}

/// The name of a parameter, where it is a plain name, with or without `mut`.
pub(crate) fn name_of(param: &PatType) -> Option<&PatIdent> {
    match &*param.pat {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => Some(name),
        _ => None,
    }
}

/// Whether the parameter's name says that the body does not use it. To hand it to an adapter would be a
/// use, which clippy reports.
pub(crate) fn is_unused(param: &PatType) -> bool {
    match name_of(param) {
        Some(name) => name.ident.to_string().starts_with('_'),
        None => matches!(*param.pat, Pat::Wild(_)),
    }
}

/// The attributes of a parameter, for what is made of it: under its `cfg`s, and with the lints set as there.
/// What is expected of the parameter is expected of one of several things then, and is allowed for all.
pub(crate) fn attributes(param: &PatType) -> TokenStream {
    let mut attributes = TokenStream::new();
    attributes.append_all(&param.attrs);
    expectations_allowed(attributes)
}

fn expectations_allowed(tokens: TokenStream) -> TokenStream {
    let tokens = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(word) if word == "expect" => Ident::new("allow", word.span()).into(),
        TokenTree::Group(group) => {
            let inside = expectations_allowed(group.stream());
            let mut allowed = Group::new(group.delimiter(), inside);
            allowed.set_span(group.span());
            allowed.into()
        }
        other => other,
    });
    tokens.collect()
}

/// Whether an attribute is the one of that name, by whatever path.
pub(crate) fn is_named(attr: &Attribute, name: &str) -> bool {
    let last = attr.path().segments.last();
    last.is_some_and(|last| last.ident == name)
}

/// Whether an attribute is the one of that name, or may become it: under `cfg_attr`.
pub(crate) fn may_be_named(attr: &Attribute, name: &str) -> bool {
    let configured = || {
        let metas = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        let mut attributes = metas.into_iter().flatten().skip(1);
        attributes.any(|meta| {
            meta.path()
                .segments
                .last()
                .is_some_and(|last| last.ident == name)
        })
    };
    is_named(attr, name) || attr.path().is_ident("cfg_attr") && configured()
}

/// Whether a function comes next, rather than another item.
pub(crate) fn starts_function(input: ParseStream<'_>) -> Result<bool> {
    let ahead = input.fork();
    ahead.call(Attribute::parse_outer)?;
    ahead.parse::<Visibility>()?;
    ahead.parse::<Option<Token![default]>>()?;
    ahead.parse::<Option<Token![const]>>()?;
    ahead.parse::<Option<Token![async]>>()?;
    ahead.parse::<Option<Token![unsafe]>>()?;
    ahead.parse::<Option<Abi>>()?;
    Ok(ahead.peek(Token![fn]))
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let is_function = starts_function(input)?;
        let mut attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if !is_function {
            let remedy = if input.peek(Token![impl]) || input.peek(Token![mod]) {
                ": for all stages of an `impl` block or a module write `#[measured_stages]`"
            } else if input.peek(Token![trait]) {
                ": put it on those of the trait's functions that have a body"
            } else {
                ""
            };
            let message = format!("`#[measured_stage]` goes on a function{remedy}");
            return Err(input.error(message));
        }
        let defaultness = input.parse()?;
        let sig = input.parse()?;
        let body = if input.parse::<Option<Token![;]>>()?.is_some() {
            None
        } else {
            let content;
            let brace = braced!(content in input);
            // In the closure that the statements will stand in, inner attributes could not.
            let inner = content.call(Attribute::parse_inner)?;
            attrs.extend(inner.into_iter().map(|attr| Attribute {
                style: AttrStyle::Outer,
                ..attr
            }));
            let statements = content.parse()?;
            Some(Body { brace, statements })
        };
        Ok(Self {
            attrs,
            vis,
            defaultness,
            sig,
            body,
        })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.head(|_| false));
        self.body_to_tokens(tokens);
    }
}

impl ToTokens for Body {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.brace
            .surround(tokens, |inside| self.statements.to_tokens(inside));
    }
}

#[cfg(test)]
mod tests {
    use super::{Function, starts_function};
    use proc_macro2::TokenStream;
    use quote::ToTokens;
    use syn::parse::Parser;

    fn tokens(written: &str) -> TokenStream {
        written.parse().unwrap()
    }

    #[test]
    fn what_is_read_is_emitted_as_it_was() {
        for written in [
            "fn f() {}",
            "# [a] # [doc = \"b\"] pub (crate) unsafe extern \"C\" fn f < 'a , T : Send > (a : & 'a T) -> u8 where T : Copy { a + }",
            "default const fn f (& mut self , mut a : u8 , (b , _) : (u8 , u8) , # [cfg (x)] c : impl Fn (u8) -> u8) -> ! { loop { } }",
            "async fn f (self : Pin < & mut Self > , _ : T :: U) ;",
        ] {
            let function: Function = syn::parse_str(written).unwrap();
            let emitted = function.to_token_stream().to_string();
            assert_eq!(emitted, tokens(written).to_string());
        }
    }

    #[test]
    fn the_value_of_a_body_is_its_last_expression() {
        for (body, value) in [
            ("{ a }", "a"),
            ("{ let b = { a; }; b.c(d) }", "b.c(d)"),
            ("{ fn b() {} b(a) }", "b(a)"),
            (
                "{ use a::{b, c}; if b { c } else { d }.e() }",
                "if b { c } else { d }.e()",
            ),
            ("{ for a in b {} a + { c } }", "a + { c }"),
            ("{ a; b(c); }", "b(c);"),
            ("{ }", ""),
        ] {
            let function: Function = syn::parse_str(&format!("fn f() {body}")).unwrap();
            let found: TokenStream = function.body.unwrap().value().into_iter().collect();
            assert_eq!(found.to_string(), tokens(value).to_string());
        }
    }

    #[test]
    fn inner_attributes_are_moved_outside() {
        let function: Function = syn::parse_str("#[a] fn f() { #![b] c }").unwrap();
        let emitted = function.to_token_stream().to_string();
        assert_eq!(emitted, tokens("#[a] #[b] fn f() { c }").to_string());
    }

    #[test]
    fn functions_are_told_from_other_items() {
        for (written, expected) in [
            ("pub const unsafe fn f() {}", true),
            ("#[a] default async fn f();", true),
            ("extern \"C\" fn f() {}", true),
            ("const F: u8 = 1;", false),
            ("unsafe extern \"C\" { fn f(); }", false),
            ("unsafe impl Send for F {}", false),
            ("extern crate f;", false),
            ("pub struct F;", false),
        ] {
            let starts = |input: syn::parse::ParseStream<'_>| {
                let starts = starts_function(input)?;
                input.parse::<TokenStream>()?;
                Ok(starts)
            };
            assert_eq!(starts.parse_str(written).unwrap(), expected, "{written}");
        }
    }
}
