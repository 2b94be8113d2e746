//! The function under the attribute, as parsed.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, FnArg, FnModifiers, Pat, PatIdent, PatType, ReturnType, Signature, Token, Type,
    Visibility, braced, token,
};

pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) modifiers: FnModifiers,
    pub(crate) sig: Signature,
    /// `None` where a semicolon stands in its place.
    pub(crate) body: Option<Body>,
}

/// The body, its statements unread: what is not parsed cannot come out changed, and costs no time.
pub(crate) struct Body {
    pub(crate) attrs: Vec<Attribute>,
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

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let mut modifiers = FnModifiers::default();
        modifiers.defaultness = input.parse()?;
        let sig = input.parse()?;
        let body = if input.parse::<Option<Token![;]>>()?.is_some() {
            None
        } else {
            Some(input.parse()?)
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

impl Parse for Body {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        Ok(Self {
            brace: braced!(content in input),
            attrs: content.call(Attribute::parse_inner)?,
            statements: content.parse()?,
        })
    }
}

impl ToTokens for Body {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.brace
            .surround(tokens, |inside| self.statements.to_tokens(inside));
    }
}
