//! What is spelled like no iterator and may be one all the same: an alias, a type of the user's own, an `impl`
//! of a trait that extends `Iterator`. Whether it is one, the expansion makes the compiler find out.

use crate::type_names::{self, peeled};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Type;
use syn::spanned::Spanned;

/// What is asked, of one value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Question {
    /// Whether a parameter is an iterator.
    Taken,
    /// Whether a parameter is a channel's end that can be iterated, which waits for others to send.
    Received,
    /// Whether what is returned is an iterator, or an `Option` or a `Result` of one.
    Returned,
}

impl Question {
    /// What is to be asked of a parameter of this type, which is no input by its spelling.
    pub(crate) fn of_parameter(ty: &Type) -> Option<Self> {
        let itself = match peeled(ty) {
            Type::Reference(lent) => &lent.elem,
            ty => ty,
        };
        if type_names::last_segment(itself).is_some_and(|last| last.ident == "Receiver") {
            return Some(Self::Received);
        }
        may_iterate(ty).then_some(Self::Taken)
    }

    /// What is to be asked of a return type that sends no records on by its spelling.
    pub(crate) fn of_return_type(ty: &Type) -> Option<Self> {
        let inner = type_names::wrapped(ty).unwrap_or(ty);
        may_iterate(inner).then_some(Self::Returned)
    }

    /// The question as code; `value` is of type `ty`. The method's name stands where the type does, and so
    /// does the warning.
    pub(crate) fn ask(self, private: &TokenStream, value: &Ident, ty: &Type) -> TokenStream {
        let (method, ty) = match self {
            Self::Taken => ("taken_by_a_stage", ty),
            Self::Received => ("received_by_a_stage", ty),
            Self::Returned => ("returned_by_a_stage", type_names::wrapped(ty).unwrap_or(ty)),
        };
        let method = Ident::new(method, place(ty));
        quote_spanned!(Span::mixed_site()=> #private::disguised(&#value).#method();)
    }
}

/// Whether the name of a type leaves open what it is.
fn may_iterate(ty: &Type) -> bool {
    // Ranges are iterators, and next to none of them is taken or returned for that.
    const OTHERS: [&str; 5] = ["PathBuf", "Range", "RangeFrom", "RangeInclusive", "String"];
    match peeled(ty) {
        // What is lent without a `mut` cannot be advanced.
        Type::Reference(lent) => lent.mutability.is_some() && may_iterate(&lent.elem),
        Type::ImplTrait(_) | Type::TraitObject(_) => true,
        ty @ Type::Path(_) => {
            let other = |name| OTHERS.iter().any(|it| name == it);
            let known = type_names::last_segment(ty).is_some_and(|last| other(&last.ident));
            !known && !type_names::is_primitive(ty)
        }
        _ => false,
    }
}

/// The word that says what the type is.
fn place(ty: &Type) -> Span {
    match peeled(ty) {
        Type::Reference(lent) => place(&lent.elem),
        ty => type_names::last_segment(ty).map_or_else(|| ty.span(), |last| last.ident.span()),
    }
}

#[cfg(test)]
mod tests {
    use super::Question;

    #[test]
    fn a_name_that_may_be_any_is_asked_about() {
        for (written, expected) in [
            ("Records", Some(Question::Taken)),
            ("a::Records<'a>", Some(Question::Taken)),
            ("&mut Records", Some(Question::Taken)),
            ("&mut dyn Source", Some(Question::Taken)),
            ("impl Source", Some(Question::Taken)),
            ("Box<dyn Source>", Some(Question::Taken)),
            ("mpsc::Receiver<u32>", Some(Question::Received)),
            ("&Receiver<u32>", Some(Question::Received)),
            ("&Records", None),
            ("&str", None),
            ("u32", None),
            ("String", None),
            ("ops::Range<u32>", None),
            ("(Records, u32)", None),
            ("[Records]", None),
            ("fn() -> Records", None),
        ] {
            let ty = syn::parse_str(written).unwrap();
            assert_eq!(Question::of_parameter(&ty), expected, "{written}");
        }
    }

    #[test]
    fn a_returned_name_is_asked_about_in_an_option_or_a_result_too() {
        for (written, asked) in [
            ("Records", true),
            ("impl Source", true),
            ("Box<dyn Source>", true),
            ("io::Result<Records>", true),
            ("Option<Range<u32>>", false),
            ("Option<f64>", false),
            ("Self", true),
            ("&'a mut Records", true),
            ("&'a Records", false),
            ("()", false),
            ("!", false),
        ] {
            let ty = syn::parse_str(written).unwrap();
            assert_eq!(
                Question::of_return_type(&ty),
                asked.then_some(Question::Returned),
                "{written}"
            );
        }
    }
}
