//! What tells one measured place in the source from another.

/// A stage's, or a profiled function's, place in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SiteId {
    pub(crate) name: &'static str,
    pub(crate) module: &'static str,
    pub(crate) file: &'static str,
    pub(crate) line: u32,
}

/// The module of sites that nobody is told of: with them is found out what timing
/// costs, and telling would be counted in.
pub(crate) const UNWATCHED: &str = "(unwatched)";
