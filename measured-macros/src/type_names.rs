//! What a type is called, and what stands in its angle brackets.

use syn::{
    GenericArgument, Ident, PathArguments, PathSegment, Type, TypeImplTrait, TypeParamBound,
    TypePath, TypeTraitObject,
};

/// What may stand around an iterator that a function returns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wrapper {
    Option,
    Result,
}

/// The type without the parentheses and the invisible groups that a `macro_rules` fragment leaves.
pub(crate) fn peeled(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peeled(&group.elem),
        Type::Paren(paren) => peeled(&paren.elem),
        _ => ty,
    }
}

/// Whether all records are there at once and `len()` counts them.
pub(crate) fn is_collection(ty: &Type) -> bool {
    const COLLECTIONS: [&str; 8] = [
        "BTreeMap",
        "BTreeSet",
        "BinaryHeap",
        "HashMap",
        "HashSet",
        "LinkedList",
        "Vec",
        "VecDeque",
    ];
    let ty = peeled(ty);
    match ty {
        Type::Slice(_) | Type::Array(_) => true,
        Type::Reference(lent) => is_collection(&lent.elem),
        _ => {
            let owned_slice = ["Box", "Rc", "Arc", "Cow"]
                .iter()
                .find_map(|owner| argument_of(ty, owner))
                .is_some_and(|owned| matches!(peeled(owned), Type::Slice(_)));
            let name = last_segment(ty).map(|last| last.ident.to_string());
            owned_slice || name.is_some_and(|name| COLLECTIONS.contains(&name.as_str()))
        }
    }
}

/// Whether a type is an iterator to judge by its name: one of the standard library's that no other type
/// is likely to share, or `…Iter`.
pub(crate) fn is_iterator_by_name(ty: &Type) -> bool {
    const ITERATORS: [&str; 16] = [
        "CharIndices",
        "Chars",
        "Chunks",
        "ChunksExact",
        "Drain",
        "FilterMap",
        "FlatMap",
        "FromFn",
        "IterMut",
        "Lines",
        "MapWhile",
        "Peekable",
        "SkipWhile",
        "StepBy",
        "Successors",
        "TakeWhile",
    ];
    is_of_std_iter(ty)
        || last_segment(ty).is_some_and(|last| {
            let name = last.ident.to_string();
            // Without arguments it is a type of the user's own that happens to share the name.
            let bare = last.arguments.is_none();
            name.ends_with("Iter")
                || name.ends_with("Iterator")
                || !bare && ITERATORS.contains(&name.as_str())
        })
}

/// Whether a type is written as `std::iter::…`.
fn is_of_std_iter(ty: &Type) -> bool {
    let Type::Path(TypePath { path, .. }) = peeled(ty) else {
        return false;
    };
    let mut segments = path.segments.iter().map(|segment| &segment.ident);
    segments
        .next()
        .is_some_and(|name| name == "std" || name == "core")
        && segments.next().is_some_and(|name| name == "iter")
}

/// What a type is called that somebody has made and named, in an `Option` or a `Result` or not.
pub(crate) fn own_name(ty: &Type) -> Option<&Ident> {
    let within = argument_of(ty, "Option").or_else(|| argument_of(ty, "Result"));
    let name = &last_segment(within.unwrap_or(ty))?.ident;
    let is_made =
        name.to_string().starts_with(char::is_uppercase) && name != "Self" && name != "String";
    is_made.then_some(name)
}

/// The name of a type that is one name and nothing else, as a generic parameter is.
pub(crate) fn lone_name(ty: &Type) -> Option<&Ident> {
    match peeled(ty) {
        Type::Path(TypePath {
            qself: None, path, ..
        }) => path.get_ident(),
        _ => None,
    }
}

/// The last segment of a path: the name that says what the type is, and its arguments.
pub(crate) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match peeled(ty) {
        Type::Path(TypePath { path, .. }) => path.segments.last(),
        _ => None,
    }
}

/// Whether a type is one of those that `Self` or its trait has chosen.
pub(crate) fn is_of_self(ty: &Type) -> bool {
    match peeled(ty) {
        Type::Path(TypePath { path, .. }) => {
            let first = path.segments.first();
            first.is_some_and(|first| first.ident == "Self")
        }
        _ => false,
    }
}

/// The first type argument of a type of that name.
pub(crate) fn argument_of<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    last_segment(ty)
        .filter(|last| last.ident == name)
        .and_then(first_argument)
}

fn first_argument(segment: &PathSegment) -> Option<&Type> {
    arguments(segment).next()
}

pub(crate) fn arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    };
    arguments
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}

/// What a type of the form `Option<T>` or `Result<T, _>` has around its `T`.
pub(crate) fn unwrapped(ty: &Type) -> Option<(Wrapper, &Type)> {
    let last = last_segment(ty)?;
    let name = last.ident.to_string();
    let wrapper = match name.as_str() {
        "Option" => Wrapper::Option,
        // `io::Result`, `IoResult`: aliases keep the name that they abbreviate.
        _ if name.ends_with("Result") => Wrapper::Result,
        _ => return None,
    };
    Some((wrapper, first_argument(last)?))
}

/// The `T` of `Option<T>` or `Result<T, _>`.
pub(crate) fn wrapped(ty: &Type) -> Option<&Type> {
    unwrapped(ty).map(|(_, inner)| inner)
}

/// The `T` of `Iterator<Item = T>` in a return type, where it is spelled out.
pub(crate) fn item_of(ty: &Type) -> Option<&Type> {
    let ty = peeled(ty);
    let ty = wrapped(ty).map_or(ty, peeled);
    let ty = argument_of(ty, "Box").map_or(ty, peeled);
    let (Type::ImplTrait(TypeImplTrait { bounds, .. })
    | Type::TraitObject(TypeTraitObject { bounds, .. })) = ty
    else {
        return None;
    };
    bounds.iter().find_map(|bound| {
        let TypeParamBound::Trait(bound) = bound else {
            return None;
        };
        let PathArguments::AngleBracketed(arguments) = &bound.path.segments.last()?.arguments
        else {
            return None;
        };
        arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(assoc) if assoc.ident == "Item" => Some(&assoc.ty),
            _ => None,
        })
    })
}

const PRIMITIVES: [&str; 16] = [
    "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "u128", "u16", "u32",
    "u64", "u8", "usize",
];

/// Whether a type is certainly one whose values need not be dropped.
pub(crate) fn is_plain_data(ty: &Type) -> bool {
    let ty = peeled(ty);
    matches!(ty, Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_)) || is_primitive(ty)
}

pub(crate) fn is_primitive(ty: &Type) -> bool {
    lone_name(ty).is_some_and(|name| PRIMITIVES.iter().any(|it| name == it))
}

/// `dyn Iterator` as it is, which no function can return.
pub(crate) fn is_unsized(ty: &Type) -> bool {
    matches!(peeled(ty), Type::TraitObject(_))
}

/// Whether a type is certainly no `Result`; any other name may be an alias of one.
pub(crate) fn is_no_result(ty: &Type) -> bool {
    const OTHERS: [&str; 4] = ["Box", "Option", "String", "Vec"];
    let ty = peeled(ty);
    is_plain_data(ty)
        || matches!(ty, Type::Tuple(_) | Type::Array(_))
        || last_segment(ty).is_some_and(|last| OTHERS.iter().any(|it| last.ident == it))
}

#[cfg(test)]
mod tests {
    use super::{is_plain_data, item_of};
    use quote::ToTokens;
    use syn::{Type, parse_str};

    fn ty(written: &str) -> Type {
        parse_str(written).unwrap_or_else(|error| panic!("{written}: {error}"))
    }

    #[test]
    fn only_what_is_certainly_plain_data_passes_for_it() {
        for (written, expected) in [
            ("u8", true),
            ("&Vec<u8>", true),
            ("*const Vec<u8>", true),
            ("fn() -> Vec<u8>", true),
            ("Range", false),
            ("(u8, u8)", false),
            ("module::u8", false),
        ] {
            assert_eq!(is_plain_data(&ty(written)), expected, "{written}");
        }
    }

    #[test]
    fn the_item_is_found_inside_wrappers() {
        for (written, expected) in [
            ("impl Send + Iterator<Item = u8>", Some("u8")),
            (
                "Box<dyn DoubleEndedIterator<Item = Result<u8, E>>>",
                Some("Result < u8 , E >"),
            ),
            ("Option<Box<dyn Iterator<Item = u8>>>", Some("u8")),
            ("io::Result<impl Iterator<Item = u8>>", Some("u8")),
            ("impl Iterator", None),
            ("Vec<u8>", None),
        ] {
            let written_type = ty(written);
            let item = item_of(&written_type).map(|item| item.to_token_stream().to_string());
            assert_eq!(item.as_deref(), expected, "{written}");
        }
    }
}
