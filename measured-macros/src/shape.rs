//! What a type, as it is written, is to a stage.
//!
//! A macro sees names, not types: whatever is decided here is decided by how a type is spelled, and what
//! cannot be told from its spelling is asked of the user or left to the traits of the core.

use crate::type_names::{
    Wrapper, argument_of, arguments, is_collection, is_iterator_by_name, last_segment, lone_name,
    peeled, unwrapped,
};
use syn::punctuated::Punctuated;
use syn::{Error, Generics, Ident, Result, Token, Type, TypeParamBound, WherePredicate};

/// What a type promises to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Iterator,
    IntoIterator,
    ParallelIterator,
    Stream,
    Future,
}

/// How a parameter brings records into a stage.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Input {
    /// An iterator by value.
    Iterator,
    /// What the body turns into an iterator itself.
    IntoIterator,
    /// `Box<dyn Iterator>`.
    Boxed,
    /// `&mut dyn Iterator`, `&mut impl Iterator`.
    Borrowed,
    /// A slice, a `Vec` or another collection: all its records are there at once.
    Collection,
}

/// How a return type sends records on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Output {
    /// `impl Iterator`, as it is or inside a wrapper.
    Iterator(Option<Wrapper>),
    /// `Box<dyn Iterator>`, as it is or inside a wrapper.
    Boxed(Option<Wrapper>),
    /// A `Vec` or another collection, also in an `Option` or a `Result`.
    Collection,
    /// Anything else: the records end here.
    Value,
}

impl Output {
    /// Whether the records come after the function has returned.
    pub(crate) fn is_lazy(self) -> bool {
        matches!(self, Self::Iterator(_) | Self::Boxed(_))
    }
}

/// The generic parameters in scope, and what their bounds make of them.
pub(crate) struct Scope(Vec<(Ident, Role)>);

impl Scope {
    pub(crate) fn of(generics: &Generics) -> Self {
        let params = generics.type_params();
        let params = params.map(|param| (Some(&param.ident), &param.bounds));
        let predicates = generics.where_clause.iter().flat_map(|it| &it.predicates);
        let predicates = predicates.filter_map(|predicate| match predicate {
            WherePredicate::Type(bounded) => {
                Some((lone_name(&bounded.bounded_ty), &bounded.bounds))
            }
            _ => None,
        });
        let known = params
            .chain(predicates)
            .filter_map(|(name, bounds)| Some((name?.clone(), bounds_role(bounds)?)));
        Self(known.collect())
    }

    /// What `ty` is, by its `impl` or `dyn` bounds or as a generic parameter.
    pub(crate) fn role(&self, ty: &Type) -> Option<Role> {
        match peeled(ty) {
            Type::ImplTrait(it) => bounds_role(&it.bounds),
            Type::TraitObject(it) => bounds_role(&it.bounds),
            ty => {
                let name = lone_name(ty)?;
                let known = self.0.iter().find(|(known, _)| known == name);
                known.map(|(_, role)| *role)
            }
        }
    }

    /// How a parameter of this type brings in records, if it does.
    pub(crate) fn input(&self, ty: &Type) -> Option<Input> {
        let ty = peeled(ty);
        let boxed = argument_of(ty, "Box").map(peeled);
        match (ty, boxed) {
            (Type::Reference(lent), _)
                if lent.mutability.is_some() && self.iterates(&lent.elem) =>
            {
                Some(Input::Borrowed)
            }
            // Only behind a pointer: in edition 2018 `Iterator<Item = f64>` may be a type.
            (Type::TraitObject(_), _) => None,
            (_, Some(object @ Type::TraitObject(_))) if self.iterates(object) => Some(Input::Boxed),
            (_, Some(boxed)) if self.iterates(boxed) => Some(Input::Iterator),
            (ty, _) => match self.role(ty) {
                Some(Role::Iterator) => Some(Input::Iterator),
                Some(Role::IntoIterator) => Some(Input::IntoIterator),
                _ => is_collection(ty).then_some(Input::Collection),
            },
        }
    }

    /// How a return type sends on records, or why it cannot be measured.
    pub(crate) fn output(&self, ty: &Type) -> Result<Output> {
        let ty = peeled(ty);
        let (wrapper, inner) = match unwrapped(ty) {
            Some((wrapper, inner)) => (Some(wrapper), peeled(inner)),
            None => (None, ty),
        };
        match (self.role(inner), inner) {
            (Some(Role::Iterator), Type::ImplTrait(_)) => return Ok(Output::Iterator(wrapper)),
            (Some(Role::Iterator), _) => return Err(named(inner)),
            (Some(role), _) => return Err(not_yet(inner, role)),
            (None, _) => {}
        }
        if let Some(boxed) = argument_of(inner, "Box").map(peeled) {
            match (self.role(boxed), boxed) {
                (Some(Role::Iterator), Type::TraitObject(_) | Type::ImplTrait(_)) => {
                    return Ok(Output::Boxed(wrapper));
                }
                (Some(Role::Iterator), _) => return Err(named(inner)),
                _ => {}
            }
        }
        if let Some(found) = self.iterator_within(inner) {
            return Err(match (inner, peeled(found)) {
                (Type::Tuple(_), _) => Error::new_spanned(
                    found,
                    "an iterator inside a tuple cannot be measured: return a single \
                     `impl Iterator`, and make the others stages of their own",
                ),
                (Type::Reference(_), Type::TraitObject(_)) => Error::new_spanned(
                    inner,
                    "a borrowed iterator cannot be wrapped: return `impl Iterator` or \
                     `Box<dyn Iterator>`",
                ),
                (_, Type::ImplTrait(_) | Type::TraitObject(_)) => Error::new_spanned(
                    found,
                    "an iterator inside another type cannot be measured: return \
                     `impl Iterator`, `Box<dyn Iterator>`, or one `Option` or one `Result` of these",
                ),
                _ => named(inner),
            });
        }
        if is_collection(inner) {
            return Ok(Output::Collection);
        }
        Ok(Output::Value)
    }

    fn iterates(&self, ty: &Type) -> bool {
        self.role(ty) == Some(Role::Iterator)
    }

    /// The iterator that a type is or holds, however deep, by its name or by its bounds.
    pub(crate) fn iterator_within<'a>(&self, ty: &'a Type) -> Option<&'a Type> {
        let ty = peeled(ty);
        if self.iterates(ty) || is_iterator_by_name(ty) {
            return Some(ty);
        }
        match ty {
            Type::Tuple(tuple) => tuple.elems.iter().find_map(|it| self.iterator_within(it)),
            Type::Reference(lent) => self.iterator_within(&lent.elem),
            Type::Slice(slice) => self.iterator_within(&slice.elem),
            Type::Array(array) => self.iterator_within(&array.elem),
            Type::Path(_) => {
                arguments(last_segment(ty)?).find_map(|argument| self.iterator_within(argument))
            }
            _ => None,
        }
    }
}

fn named(ty: &Type) -> Error {
    Error::new_spanned(
        ty,
        "this names the type of an iterator, which measuring changes: return \
         `impl Iterator<Item = …>` or `Box<dyn Iterator<Item = …>>`",
    )
}

pub(crate) fn not_yet(ty: &Type, role: Role) -> Error {
    let message = match role {
        Role::IntoIterator => {
            "what will become an iterator cannot be measured: return `impl Iterator`, and \
             end the body with `.into_iter()`"
        }
        Role::ParallelIterator => {
            "parallel iterators cannot be measured yet: put the attribute on the function that \
             handles one of their parts"
        }
        Role::Future | Role::Stream | Role::Iterator => {
            "streams and futures cannot be measured yet (stream support is to come): put the \
             attribute on the synchronous function that does the work"
        }
    };
    Error::new_spanned(ty, message)
}

fn bounds_role(bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<Role> {
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let name = &bound.path.segments.last()?.ident;
        match name.to_string().as_str() {
            "Iterator" | "DoubleEndedIterator" | "ExactSizeIterator" | "FusedIterator" => {
                Some(Role::Iterator)
            }
            "IntoIterator" => Some(Role::IntoIterator),
            "ParallelIterator" | "IndexedParallelIterator" | "IntoParallelIterator" => {
                Some(Role::ParallelIterator)
            }
            "Stream" => Some(Role::Stream),
            "Future" | "IntoFuture" => Some(Role::Future),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{Input, Output, Scope};
    use crate::type_names::Wrapper;
    use syn::{Type, parse_str};

    /// What is in scope in every test.
    fn scope() -> Scope {
        let generics = "<'a, I: Iterator<Item = f64>, X: IntoIterator, T: Clone>";
        let mut generics: syn::Generics = parse_str(generics).unwrap();
        generics.where_clause =
            Some(parse_str("where W: Send + DoubleEndedIterator, T: Ord").unwrap());
        Scope::of(&generics)
    }

    fn ty(written: &str) -> Type {
        parse_str(written).unwrap_or_else(|error| panic!("{written}: {error}"))
    }

    #[test]
    fn inputs_are_told_by_their_spelling() {
        let scope = scope();
        for (written, expected) in [
            ("impl Iterator<Item = f64>", Some(Input::Iterator)),
            (
                "impl 'a + Send + core::iter::ExactSizeIterator<Item = f64>",
                Some(Input::Iterator),
            ),
            ("(impl Iterator)", Some(Input::Iterator)),
            ("I", Some(Input::Iterator)),
            ("W", Some(Input::Iterator)),
            ("Box<I>", Some(Input::Iterator)),
            ("Box<impl Iterator>", Some(Input::Iterator)),
            ("X", Some(Input::IntoIterator)),
            ("impl IntoIterator<Item = f64>", Some(Input::IntoIterator)),
            (
                "Box<dyn Iterator<Item = f64> + Send + 'a>",
                Some(Input::Boxed),
            ),
            (
                "::std::boxed::Box<dyn Iterator<Item = f64>>",
                Some(Input::Boxed),
            ),
            ("&mut dyn Iterator<Item = f64>", Some(Input::Borrowed)),
            (
                "&'a mut (dyn Iterator<Item = f64> + 'a)",
                Some(Input::Borrowed),
            ),
            ("&mut impl Iterator", Some(Input::Borrowed)),
            ("&'a mut I", Some(Input::Borrowed)),
            ("&[f64]", Some(Input::Collection)),
            ("&mut [f64]", Some(Input::Collection)),
            ("[f64; 3]", Some(Input::Collection)),
            ("&Vec<f64>", Some(Input::Collection)),
            (
                "std::collections::HashMap<String, f64>",
                Some(Input::Collection),
            ),
            ("Arc<[f64]>", Some(Input::Collection)),
            ("Cow<'a, [f64]>", Some(Input::Collection)),
            ("&I", None),
            ("T", None),
            ("I::Item", None),
            ("Cow<'a, str>", None),
            ("Box<dyn Fn(f64) -> f64>", None),
            ("impl Fn(&mut dyn Iterator<Item = f64>)", None),
            ("f64", None),
            ("(f64, f64)", None),
        ] {
            assert_eq!(scope.input(&ty(written)), expected, "{written}");
        }
    }

    #[test]
    fn outputs_are_told_by_their_spelling() {
        let scope = scope();
        for (written, expected) in [
            (
                "impl Iterator<Item = f64> + use<'a, I>",
                Output::Iterator(None),
            ),
            (
                "Option<impl Iterator>",
                Output::Iterator(Some(Wrapper::Option)),
            ),
            (
                "std::io::Result<impl Iterator>",
                Output::Iterator(Some(Wrapper::Result)),
            ),
            (
                "ParseResult<impl Iterator>",
                Output::Iterator(Some(Wrapper::Result)),
            ),
            ("Box<dyn Iterator + 'a>", Output::Boxed(None)),
            ("Box<impl Iterator>", Output::Boxed(None)),
            (
                "Result<Box<dyn Iterator>, Error>",
                Output::Boxed(Some(Wrapper::Result)),
            ),
            ("Vec<f64>", Output::Collection),
            ("&'a [f64]", Output::Collection),
            ("Result<Vec<f64>, Error>", Output::Collection),
            ("Option<Box<[f64]>>", Output::Collection),
            ("f64", Output::Value),
            ("I::Item", Output::Value),
            ("Option<I::Item>", Output::Value),
            ("Map<String, f64>", Output::Value),
            ("Lines", Output::Value),
            ("impl Fn(f64) -> f64", Output::Value),
            ("Box<dyn Error>", Output::Value),
            ("Self", Output::Value),
        ] {
            let output = scope.output(&ty(written));
            assert_eq!(output.ok(), Some(expected), "{written}");
        }
    }

    #[test]
    fn outputs_that_hide_an_iterator_are_refused() {
        let scope = scope();
        for written in [
            "I",
            "Map<I, F>",
            "Option<Peekable<I>>",
            "std::vec::Drain<'a, f64>",
            "Iter<'a, f64>",
            "FeatureIter",
            "Box<I>",
            "Vec<Box<dyn Iterator>>",
            "Option<Option<impl Iterator>>",
            "(impl Iterator, f64)",
            "Rc<impl Iterator>",
            "&'a mut dyn Iterator<Item = f64>",
            "impl IntoIterator",
            "impl Stream<Item = f64>",
            "impl Future<Output = f64>",
            "impl ParallelIterator<Item = f64>",
        ] {
            assert!(scope.output(&ty(written)).is_err(), "{written}");
        }
    }
}
