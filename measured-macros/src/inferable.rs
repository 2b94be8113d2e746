//! A type as an annotation may say it, where parts of it have no name.

use crate::type_names::peeled;
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, PathSegment, Token, Type, TypeInfer, TypeParamBound};

/// The type with `_` in the place of every `impl Trait`: what a `let` or a closure may be annotated with.
pub(crate) fn inferable(ty: &Type) -> Type {
    let mut ty = copy(peeled(ty));
    erase(&mut ty);
    ty
}

/// A copy by way of the tokens: syn's `Clone`s would cost every user half a second of building.
fn copy(ty: &Type) -> Type {
    syn::parse2(ty.to_token_stream()).expect("what was a type is one")
}

fn erase(ty: &mut Type) {
    match ty {
        Type::ImplTrait(it) => {
            *ty = Type::Infer(TypeInfer {
                attrs: Vec::new(),
                underscore_token: Token![_](it.impl_token.span),
            });
        }
        Type::Group(it) => erase(&mut it.elem),
        Type::Paren(it) => erase(&mut it.elem),
        Type::Reference(it) => erase(&mut it.elem),
        Type::Ptr(it) => erase(&mut it.elem),
        Type::Slice(it) => erase(&mut it.elem),
        Type::Array(it) => erase(&mut it.elem),
        Type::Tuple(it) => it.elems.iter_mut().for_each(erase),
        Type::Path(it) => it.path.segments.iter_mut().for_each(erase_arguments),
        Type::TraitObject(it) => {
            for bound in &mut it.bounds {
                if let TypeParamBound::Trait(bound) = bound {
                    bound.path.segments.iter_mut().for_each(erase_arguments);
                }
            }
        }
        _ => {}
    }
}

fn erase_arguments(segment: &mut PathSegment) {
    if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
        for argument in &mut arguments.args {
            match argument {
                GenericArgument::Type(ty) => erase(ty),
                GenericArgument::AssocType(assoc) => erase(&mut assoc.ty),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::inferable;
    use quote::ToTokens;
    use syn::{Type, parse_str};

    fn ty(written: &str) -> Type {
        parse_str(written).unwrap_or_else(|error| panic!("{written}: {error}"))
    }

    #[test]
    fn annotations_leave_unnamed_types_to_inference() {
        for (written, expected) in [
            ("io::Result<impl Iterator<Item = f64>>", "io::Result<_>"),
            (
                "Box<dyn Iterator<Item = impl Display> + 'a>",
                "Box<dyn Iterator<Item = _> + 'a>",
            ),
            ("(&'a impl Fn(), [impl Copy; 2])", "(&'a _, [_; 2])"),
            ("Vec<f64>", "Vec<f64>"),
        ] {
            let tokens = |ty: Type| ty.to_token_stream().to_string();
            assert_eq!(
                tokens(inferable(&ty(written))),
                tokens(ty(expected)),
                "{written}"
            );
        }
    }
}
