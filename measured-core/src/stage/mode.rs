//! Whether a stage reads clocks, as its type says it.

/// Whether a stage's pulls may read the clock; fixed when the stage is compiled.
pub trait Mode: sealed::Sealed {
    #[doc(hidden)]
    const CLOCKED: bool;
    /// The stage is a mark: another may have its input after it.
    #[doc(hidden)]
    const MARKED: bool = false;
}

/// The mode is chosen at run time.
#[derive(Debug)]
pub struct Clocked;

impl Mode for Clocked {
    const CLOCKED: bool = true;
}

/// As [`Clocked`], of a mark.
#[derive(Debug)]
pub struct Mark;

impl Mode for Mark {
    const CLOCKED: bool = true;
    const MARKED: bool = true;
}

/// `timing = counts`: records are counted, with no check that would keep a loop
/// from being vectorised.
#[derive(Debug)]
pub struct Counted;

impl Mode for Counted {
    const CLOCKED: bool = false;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Clocked {}
    impl Sealed for super::Mark {}
    impl Sealed for super::Counted {}
}
