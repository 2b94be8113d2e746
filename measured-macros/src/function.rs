//! The function under the attribute, as parsed.

use proc_macro2::TokenStream;
use quote::{ToTokens, TokenStreamExt};
use syn::parse::{Parse, ParseStream};
use syn::{
    Abi, AttrStyle, Attribute, FnArg, FnModifiers, Pat, PatIdent, PatType, ReturnType, Signature,
    Token, Type, Visibility, braced, token,
};

#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) modifiers: FnModifiers,
    pub(crate) sig: Signature,
    /// `None` where a semicolon stands in its place.
    pub(crate) body: Option<Body>,
}

/// The body, its statements unread: what is not parsed cannot come out changed, and costs no time.
#[derive(Clone)]
pub(crate) struct Body {
    pub(crate) brace: token::Brace,
    pub(crate) statements: TokenStream,
}

impl Function {
    /// Every parameter but `self`.
    pub(crate) fn params(&self) -> impl Iterator<Item = &PatType> {
        self.sig.inputs.iter().filter_map(|arg| match arg {
            FnArg::Typed(param) => Some(param),
            FnArg::Receiver(_) => None,
        })
    }

    /// Every parameter's name, where it is a plain one.
    pub(crate) fn names_mut(&mut self) -> impl Iterator<Item = &mut PatIdent> {
        self.sig.inputs.iter_mut().filter_map(|arg| match arg {
            FnArg::Typed(param) => match &mut *param.pat {
                Pat::Ident(name) => Some(name),
                _ => None,
            },
            FnArg::Receiver(_) => None,
        })
    }

    pub(crate) fn return_type(&self) -> Option<&Type> {
        match &self.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(ty),
        }
    }
}

/// The name of a parameter, where it is a plain name (`mut` allowed).
pub(crate) fn name_of(param: &PatType) -> Option<&PatIdent> {
    match &*param.pat {
        Pat::Ident(name) if name.by_ref.is_none() && name.subpat.is_none() => Some(name),
        _ => None,
    }
}

/// Whether the parameter's name says that the body does not use it. To pass it on to an adapter would be
/// a use, which clippy reports.
pub(crate) fn is_unused(param: &PatType) -> bool {
    match name_of(param) {
        Some(name) => name.ident.to_string().starts_with('_'),
        None => matches!(*param.pat, Pat::Wild(_)),
    }
}

/// The `cfg`s that a parameter is under: what is made of it must be under them too.
pub(crate) fn cfgs(param: &PatType) -> impl Iterator<Item = &Attribute> {
    param.attrs.iter().filter(|attr| is_named(attr, "cfg"))
}

/// Whether an attribute is the one of that name, by whatever path.
pub(crate) fn is_named(attr: &Attribute, name: &str) -> bool {
    let last = attr.path().segments.last();
    last.is_some_and(|last| last.ident == name)
}

/// Whether a function comes next, rather than another item.
pub(crate) fn starts_function(input: ParseStream<'_>) -> syn::Result<bool> {
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
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let is_function = starts_function(input)?;
        let mut attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if !is_function {
            let several = input.peek(Token![impl]) || input.peek(Token![mod]);
            return Err(input.error(if several {
                "`#[measured_stage]` goes on a function: for all stages of an `impl` block or a \
                 module write `#[measured_stages]`"
            } else {
                "`#[measured_stage]` goes on a function"
            }));
        }
        let mut modifiers = FnModifiers::default();
        modifiers.defaultness = input.parse()?;
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
            modifiers,
            sig,
            body,
        })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attrs);
        self.vis.to_tokens(tokens);
        self.modifiers.defaultness.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        match &self.body {
            Some(body) => body.to_tokens(tokens),
            None => <Token![;]>::default().to_tokens(tokens),
        }
    }
}

impl ToTokens for Body {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.brace
            .surround(tokens, |inside| self.statements.to_tokens(inside));
    }
}
