//! The block under `#[measured_stages]`: an `impl` or an inline module, down to its functions.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned;
use syn::{
    Attribute, Generics, Ident, ImplItem, Item, Result, Token, Type, Visibility, WhereClause,
    braced, token,
};

use crate::function::{Function, is_named, starts_function};
use crate::shape;

pub(crate) struct Block {
    pub(crate) head: Head,
    brace: token::Brace,
    members: Vec<Member>,
}

/// Everything but the members.
pub(crate) struct Head {
    attrs: Vec<Attribute>,
    /// What stands between them and the brace.
    tokens: TokenStream,
    /// What stands behind it and belongs to the block.
    inner_attrs: Vec<Attribute>,
    /// The word `impl` or `mod`.
    pub(crate) keyword: Span,
    /// The name of the type or the module.
    pub(crate) name: String,
}

enum Member {
    Function(Box<Function>),
    Block(Box<Block>),
    /// Whatever else there is; functions too that are `#[not_measured]` or have an attribute of their own.
    Other(TokenStream),
}

impl Block {
    /// The tokens of the block, with `change` applied to every function that may be measured.
    pub(crate) fn emit(
        &self,
        change: &mut impl FnMut(&Function, &Head) -> TokenStream,
    ) -> TokenStream {
        let mut tokens = TokenStream::new();
        tokens.append_all(&self.head.attrs);
        self.head.tokens.to_tokens(&mut tokens);
        self.brace.surround(&mut tokens, |inside| {
            inside.append_all(&self.head.inner_attrs);
            for member in &self.members {
                inside.extend(match member {
                    Member::Function(function) => change(function, &self.head),
                    Member::Block(block) => block.emit(change),
                    Member::Other(tokens) => tokens.clone(),
                });
            }
        });
        tokens
    }
}

impl Parse for Block {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        let unsafety: Option<Token![unsafe]> = input.parse()?;
        let start = quote!(#vis #unsafety);
        if input.peek(Token![impl]) {
            parse_impl(attrs, &start, input)
        } else if input.peek(Token![mod]) {
            parse_mod(attrs, &start, input)
        } else {
            Err(input.error(
                "`#[measured_stages]` goes on an `impl` block or an inline module: for a single \
                 function write `#[measured_stage]`",
            ))
        }
    }
}

fn parse_impl(attrs: Vec<Attribute>, start: &TokenStream, input: ParseStream<'_>) -> Result<Block> {
    let keyword: Token![impl] = input.parse()?;
    let generics: Generics = input.parse()?;
    let mut ty: Type = input.parse()?;
    let mut tokens = quote!(#start #keyword #generics #ty);
    if let Some(of) = input.parse::<Option<Token![for]>>()? {
        ty = input.parse()?;
        tokens.extend(quote!(#of #ty));
    }
    let where_clause: Option<WhereClause> = input.parse()?;
    where_clause.to_tokens(&mut tokens);

    let content;
    let brace = braced!(content in input);
    let head = Head {
        attrs,
        tokens,
        inner_attrs: content.call(Attribute::parse_inner)?,
        keyword: keyword.span(),
        name: name_of(&ty),
    };
    let mut members = Vec::new();
    while !content.is_empty() {
        members.push(if starts_function(&content)? {
            parse_function(&content)?
        } else {
            Member::Other(content.parse::<ImplItem>()?.into_token_stream())
        });
    }
    Ok(Block {
        head,
        brace,
        members,
    })
}

fn parse_mod(attrs: Vec<Attribute>, start: &TokenStream, input: ParseStream<'_>) -> Result<Block> {
    let keyword: Token![mod] = input.parse()?;
    let ident: Ident = input.parse()?;
    if input.peek(Token![;]) {
        return Err(syn::Error::new_spanned(
            ident,
            "what is in a file of its own cannot be seen from here: put `#[measured_stages]` on \
             the `impl` blocks in that file, or `#[measured_stage]` on its functions",
        ));
    }
    let content;
    let brace = braced!(content in input);
    let head = Head {
        attrs,
        tokens: quote!(#start #keyword #ident),
        inner_attrs: content.call(Attribute::parse_inner)?,
        keyword: keyword.span(),
        name: ident.unraw().to_string(),
    };
    let mut members = Vec::new();
    while !content.is_empty() {
        members.push(if starts_function(&content)? {
            parse_function(&content)?
        } else if starts_block(&content)? {
            parse_block(&content)?
        } else {
            Member::Other(content.parse::<Item>()?.into_token_stream())
        });
    }
    Ok(Block {
        head,
        brace,
        members,
    })
}

fn parse_function(input: ParseStream<'_>) -> Result<Member> {
    let mut function: Function = input.parse()?;
    let exempt = strip_not_measured(&mut function.attrs);
    let own = function
        .attrs
        .iter()
        .any(|attr| is_named(attr, "measured_stage"));
    Ok(if exempt || own {
        Member::Other(function.into_token_stream())
    } else {
        Member::Function(Box::new(function))
    })
}

fn parse_block(input: ParseStream<'_>) -> Result<Member> {
    let mut block: Block = input.parse()?;
    Ok(if strip_not_measured(&mut block.head.attrs) {
        Member::Other(block.emit(&mut |function, _| function.to_token_stream()))
    } else {
        Member::Block(Box::new(block))
    })
}

/// Whether an `impl`, or a module with its items, comes next that is to be measured.
fn starts_block(input: ParseStream<'_>) -> Result<bool> {
    let ahead = input.fork();
    let attrs = ahead.call(Attribute::parse_outer)?;
    ahead.parse::<Visibility>()?;
    ahead.parse::<Option<Token![unsafe]>>()?;
    let inline = ahead.peek(Token![mod]) && ahead.peek3(token::Brace);
    let own = attrs.iter().any(|attr| is_named(attr, "measured_stages"));
    Ok((ahead.peek(Token![impl]) || inline) && !own)
}

/// Takes the mark off, and says whether it was there.
fn strip_not_measured(attrs: &mut Vec<Attribute>) -> bool {
    let before = attrs.len();
    attrs.retain(|attr| !is_named(attr, "not_measured"));
    attrs.len() < before
}

/// What a type is called, its path and its parameters left out.
fn name_of(ty: &Type) -> String {
    match shape::peeled(ty) {
        Type::Reference(lent) => name_of(&lent.elem),
        ty => match shape::last_segment(ty) {
            Some(last) => last.ident.unraw().to_string(),
            None => ty.to_token_stream().to_string(),
        },
    }
}
