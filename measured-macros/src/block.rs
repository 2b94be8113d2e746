//! The block under `#[measured_stages]` or `#[profiled]`: an `impl` or an inline module, down to its
//! functions.

use crate::args::Attribute;
use crate::function::{Function, is_named, may_be_named, starts_function};
use crate::type_names;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt, quote};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Generics, Ident, Result, Token, Type, Visibility, WhereClause, braced, token};

pub(crate) struct Block {
    pub(crate) head: Head,
    brace: token::Brace,
    members: Vec<Member>,
}

/// Everything but the members.
pub(crate) struct Head {
    attrs: Vec<syn::Attribute>,
    /// What stands between them and the brace.
    tokens: TokenStream,
    /// What stands behind it and belongs to the block.
    inner_attrs: Vec<syn::Attribute>,
    /// The word `impl` or `mod`.
    pub(crate) keyword: Span,
    /// The name of the type; the path of the module, from the one with the attribute.
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

    /// Reads a block, for an attribute that goes on blocks.
    pub(crate) fn parse(input: ParseStream<'_>, attribute: Attribute) -> Result<Self> {
        let block = Self::parse_within("", input, attribute)?;
        let mut attrs = block.head.attrs.iter();
        match attrs.find(|attr| is_named(attr, attribute.name())) {
            Some(again) => Err(Error::new_spanned(again, attribute.given_twice("block"))),
            None => Ok(block),
        }
    }

    /// Reads a block in a module, whose path begins with the attribute's.
    fn parse_within(path: &str, input: ParseStream<'_>, attribute: Attribute) -> Result<Self> {
        let attrs = input.call(syn::Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        let unsafety: Option<Token![unsafe]> = input.parse()?;
        let mut tokens = quote!(#vis #unsafety);
        let (keyword, name) = if input.peek(Token![impl]) {
            parse_impl(input, &mut tokens)?
        } else if input.peek(Token![mod]) {
            let (keyword, name) = parse_mod(input, &mut tokens, attribute)?;
            (keyword, format!("{path}{name}"))
        } else {
            return Err(input.error(
                "`#[measured_stages]` goes on an `impl` block or an inline module: for a single \
                 function write `#[measured_stage]`",
            ));
        };
        let content;
        let brace = braced!(content in input);
        let head = Head {
            attrs,
            tokens,
            inner_attrs: content.call(syn::Attribute::parse_inner)?,
            keyword,
            name,
        };
        let mut members = Vec::new();
        while !content.is_empty() {
            members.push(if starts_function(&content)? {
                parse_function(&content, attribute)?
            } else if starts_block(&content, attribute)? {
                let path = format!("{}::", head.name);
                parse_block(&path, &content, attribute)?
            } else {
                parse_other(&content)?
            });
        }
        Ok(Block {
            head,
            brace,
            members,
        })
    }
}

/// Reads an `impl` up to its brace: the keyword, and the name of the type.
fn parse_impl(input: ParseStream<'_>, tokens: &mut TokenStream) -> Result<(Span, String)> {
    let keyword: Token![impl] = input.parse()?;
    let generics: Generics = input.parse()?;
    let mut ty: Type = input.parse()?;
    tokens.extend(quote!(#keyword #generics #ty));
    if let Some(of) = input.parse::<Option<Token![for]>>()? {
        ty = input.parse()?;
        tokens.extend(quote!(#of #ty));
    }
    let where_clause: Option<WhereClause> = input.parse()?;
    where_clause.to_tokens(tokens);
    Ok((keyword.span(), name_of(&ty)))
}

/// Reads a module up to its brace: the keyword, and its name.
fn parse_mod(
    input: ParseStream<'_>,
    tokens: &mut TokenStream,
    attribute: Attribute,
) -> Result<(Span, String)> {
    let keyword: Token![mod] = input.parse()?;
    let ident: Ident = input.parse()?;
    if input.peek(Token![;]) {
        let of_block = attribute.name();
        let of_one = attribute.of_one().name();
        let on_functions = if of_block == of_one {
            String::from("and functions in that file")
        } else {
            format!("in that file, or `#[{of_one}]` on its functions")
        };
        let message = format!(
            "what is in a file of its own cannot be seen from here: put `#[{of_block}]` on the \
             `impl` blocks {on_functions}",
        );
        return Err(Error::new_spanned(ident, message));
    }
    tokens.extend(quote!(#keyword #ident));
    Ok((keyword.span(), ident.unraw().to_string()))
}

fn parse_function(input: ParseStream<'_>, attribute: Attribute) -> Result<Member> {
    let mut function: Function = input.parse()?;
    let exempt = strip_not_measured(&mut function.attrs);
    let own = function.attrs.iter().any(|attr| {
        may_be_named(attr, "measured_stage") || may_be_named(attr, attribute.of_one().name())
    });
    Ok(if exempt || own {
        Member::Other(function.into_token_stream())
    } else {
        Member::Function(Box::new(function))
    })
}

fn parse_block(path: &str, input: ParseStream<'_>, attribute: Attribute) -> Result<Member> {
    let mut block = Block::parse_within(path, input, attribute)?;
    Ok(if strip_not_measured(&mut block.head.attrs) {
        Member::Other(block.emit(&mut |function, _| function.to_token_stream()))
    } else {
        Member::Block(Box::new(block))
    })
}

/// Reads an item without looking into it: to its semicolon, or to the end of its braces where it is none
/// of those that have a value.
fn parse_other(input: ParseStream<'_>) -> Result<Member> {
    let mut tokens = TokenStream::new();
    tokens.append_all(input.call(syn::Attribute::parse_outer)?);
    input.parse::<Visibility>()?.to_tokens(&mut tokens);
    let has_value = input.peek(Token![const])
        || input.peek(Token![static])
        || input.peek(Token![type])
        || input.peek(Token![use]);
    loop {
        let token: TokenTree = input.parse()?;
        let ends = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !has_value,
            _ => false,
        };
        tokens.append(token);
        if ends {
            return Ok(Member::Other(tokens));
        }
    }
}

/// Whether an `impl` or a module comes next, wherever its items are.
pub(crate) fn is_next(input: ParseStream<'_>) -> Result<bool> {
    let ahead = input.fork();
    ahead.call(syn::Attribute::parse_outer)?;
    ahead.parse::<Visibility>()?;
    ahead.parse::<Option<Token![unsafe]>>()?;
    Ok(ahead.peek(Token![impl]) || ahead.peek(Token![mod]))
}

/// Whether an `impl`, or a module with its items, comes next that is to be measured.
fn starts_block(input: ParseStream<'_>, attribute: Attribute) -> Result<bool> {
    let ahead = input.fork();
    let attrs = ahead.call(syn::Attribute::parse_outer)?;
    ahead.parse::<Visibility>()?;
    ahead.parse::<Option<Token![unsafe]>>()?;
    let inline = ahead.peek(Token![mod]) && ahead.peek3(token::Brace);
    let own = attrs
        .iter()
        .any(|attr| may_be_named(attr, attribute.name()));
    Ok((ahead.peek(Token![impl]) || inline) && !own)
}

/// Takes the mark off, and says whether it was there.
fn strip_not_measured(attrs: &mut Vec<syn::Attribute>) -> bool {
    let before = attrs.len();
    attrs.retain(|attr| !is_named(attr, "not_measured"));
    attrs.len() < before
}

/// What a type is called, its path and its parameters left out.
fn name_of(ty: &Type) -> String {
    match type_names::peeled(ty) {
        Type::Reference(lent) => name_of(&lent.elem),
        ty => match type_names::last_segment(ty) {
            Some(last) => last.ident.unraw().to_string(),
            None => ty.to_token_stream().to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Attribute, Block, name_of};
    use quote::{ToTokens, quote};
    use syn::parse::{ParseStream, Parser};

    fn read(written: &str) -> Block {
        let parse = |input: ParseStream<'_>| Block::parse(input, Attribute::Stages);
        parse.parse_str(written).unwrap()
    }

    /// What is written, the spaces aside, which depend on who made the tokens.
    fn compact(written: &str) -> String {
        written.split_whitespace().collect()
    }

    #[test]
    fn whatever_is_no_function_is_emitted_as_it_was() {
        let written = r"
            #[a] pub unsafe impl<'a, T: Copy> path::Trait<T> for &'a Type<T> where T: Send {
                #![b]
                const A: [u8; { 1 }] = { [1] };
                #[c] type B = Vec<{ 1 }>;
                some::macro_call! { fn f() {} }
                other!(fn g() {});
                pub fn kept(&self) -> u8 { 1 }
            }";
        let block = read(written);
        let emitted = block.emit(&mut |function, _| function.to_token_stream());
        assert_eq!(compact(&emitted.to_string()), compact(written));
    }

    #[test]
    fn functions_are_found_wherever_a_stage_may_be() {
        let written = r"
            mod steps {
                use a::{b, c};
                struct S { f: u8 }
                fn first() {}
                impl S { fn second() {} #[not_measured] fn exempt() {} }
                mod inner { pub(super) fn third() {} }
                #[not_measured] impl S { fn exempt() {} }
                #[measured_stages] impl S { fn theirs() {} }
                #[x::measured_stage] fn own() {}
                #[cfg_attr(all(), inline, x::measured_stage)] fn own() {}
                #[cfg_attr(all(), inline)] fn second() {}
                trait T { fn required(); }
                macro_rules! m { () => {} }
                mod elsewhere;
                static X: S = S { f: 1 };
                fn last() {}
            }";
        let block = read(written);
        let mut found = Vec::new();
        let emitted = block.emit(&mut |function, head| {
            found.push(format!("{}::{}", head.name, function.name()));
            quote!(;)
        });
        assert_eq!(
            found,
            [
                "steps::first",
                "S::second",
                "steps::inner::third",
                "steps::second",
                "steps::last"
            ]
        );
        let emitted = emitted.to_string();
        assert!(!emitted.contains("not_measured"), "{emitted}");
        assert!(
            emitted.contains("fn exempt") && emitted.contains("fn own"),
            "{emitted}"
        );
    }

    #[test]
    fn a_type_is_called_by_its_last_name() {
        for (written, expected) in [
            ("Filter", "Filter"),
            ("crate::steps::Filter<'a, T>", "Filter"),
            ("&'a mut Filter", "Filter"),
            ("r#type", "type"),
            ("[u8]", "[u8]"),
        ] {
            let name = name_of(&syn::parse_str(written).unwrap());
            assert_eq!(compact(&name), expected);
        }
    }
}
