//! A row for each type that a function is called with.

use super::Function;
use crate::running::Number;
use crate::site_id::SiteId;
use crate::watch::for_ourselves;
use parking_lot::Mutex;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

thread_local! {
    /// By the addresses of a function and of the name of a closure in its body: there
    /// may be two such names for the same types, and one for types that are named alike.
    static NUMBERS: RefCell<BTreeMap<[usize; 2], Number>> = const { RefCell::new(BTreeMap::new()) };
}

impl Function {
    /// Its number with the types that `here`, the name of a closure in its body, has
    /// in it. There is no static for each of them, so that it is looked up.
    #[inline(never)]
    pub(super) fn number_with(&'static self, here: &'static str) -> Number {
        let key = [std::ptr::from_ref(self).addr(), here.as_ptr().addr()];
        let known = NUMBERS.try_with(|numbers| numbers.borrow().get(&key).copied());
        if let Ok(Some(number)) = known {
            return number;
        }
        for_ourselves(|| {
            let number = super::number_of(SiteId {
                name: interned(with_types(self.id.name, here)),
                ..self.id
            });
            // Where the thread is about to end, it is looked up each time.
            let _ = NUMBERS.try_with(|numbers| numbers.borrow_mut().insert(key, number));
            number
        })
    }
}

/// The one copy of a name. There are no more of them than the compiler made functions.
fn interned(name: String) -> &'static str {
    static NAMES: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let mut names = NAMES.lock();
    if let Some(known) = names.get(&*name) {
        return known;
    }
    let name = &*name.leak();
    names.insert(name);
    name
}

/// `sum` and `pipeline::window::sum<f64>::{{closure}}` make `sum<f64>`; under a name
/// of its own, that as well.
fn with_types(name: &str, here: &str) -> String {
    let path = without_modules(here.trim_end_matches("::{{closure}}"));
    let function = path.rsplit("::").next().unwrap_or_default();
    let function = function.split('<').next().unwrap_or_default();
    if name == function || name.ends_with(&format!("::{function}")) {
        path
    } else {
        format!("{name}: {path}")
    }
}

/// A path without the segments that are written like modules.
fn without_modules(path: &str) -> String {
    let mut short = String::new();
    let mut rest = path;
    while let Some(next) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let end = if is_word(next) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else {
            next.len_utf8()
        };
        let (token, behind) = rest.split_at(end);
        let is_module = behind.starts_with("::") && !next.is_uppercase() && is_word(next);
        rest = if is_module { &behind[2..] } else { behind };
        if !is_module {
            short.push_str(token);
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::with_types;

    #[test]
    fn types_are_named_without_the_modules_that_they_are_in() {
        for (name, here, expected) in [
            ("f", "a::b::f<u8>::{{closure}}", "f<u8>"),
            ("f", "a::f::{{closure}}::{{closure}}", "f"),
            (
                "g",
                "a::main::S<alloc::vec::Vec<u16>>::g<&str>::{{closure}}",
                "S<Vec<u16>>::g<&str>",
            ),
            (
                "S::h",
                "<a::S<i8> as a::Tr>::h::{{closure}}",
                "<S<i8> as Tr>::h",
            ),
            ("mine", "a::f<[u8; 4]>::{{closure}}", "mine: f<[u8; 4]>"),
        ] {
            assert_eq!(with_types(name, here), expected);
        }
    }
}
