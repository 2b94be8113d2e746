//! Whether errors are counted among a stage's records, as its type says it.

/// What a stage's items are looked at for.
pub trait Tally<Item> {
    #[doc(hidden)]
    fn is_error(item: &Item) -> bool;
}

/// For nothing: any item.
#[derive(Debug)]
pub struct Plain;

impl<Item> Tally<Item> for Plain {
    #[inline(always)]
    fn is_error(_: &Item) -> bool {
        false
    }
}

/// `items = result`: errors are counted.
#[derive(Debug)]
pub struct Results;

impl<Item: Fallible> Tally<Item> for Results {
    #[inline(always)]
    fn is_error(item: &Item) -> bool {
        item.is_error()
    }
}

/// A `Result`, under whatever alias.
#[diagnostic::on_unimplemented(
    message = "`items = result` needs items that are a `Result`: remove it, or yield `Result<_, _>`",
    label = "the items are `{Self}`"
)]
pub trait Fallible {
    #[doc(hidden)]
    fn is_error(&self) -> bool;
}

impl<T, E> Fallible for Result<T, E> {
    #[inline(always)]
    fn is_error(&self) -> bool {
        self.is_err()
    }
}
