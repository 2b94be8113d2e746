//! Whose blocks are: the stage or profiled function that ran when they were allocated.

use crate::running;

/// A stage or a profiled function, by the number that it has in [`running`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Owner(u16);

/// Owners that are told apart, the three that are none of these included.
pub(super) const OWNERS: usize = 4096;

impl Owner {
    /// Who allocates where no stage and no profiled function runs.
    pub(super) const NOBODY: Owner = Owner(running::NOBODY as u16);

    /// All stages and functions for which there is no number left.
    pub(super) const OTHERS: Owner = Owner(OWNERS as u16 - 1);

    /// This library: runs, and what it knows of stages.
    pub(super) const MEASURED: Owner = Owner(OWNERS as u16 - 2);

    /// Whoever runs on this thread.
    #[inline(always)]
    pub(super) fn running() -> Owner {
        match running::now() {
            number if number < u32::from(Owner::MEASURED.0) => Owner(number as u16),
            _ => Owner::OTHERS,
        }
    }

    /// The owner of a number, as [`Owner::number`] gave it.
    #[inline(always)]
    pub(super) fn numbered(number: u16) -> Owner {
        Owner(number.min(Owner::OTHERS.0))
    }

    #[inline(always)]
    pub(super) const fn number(self) -> u16 {
        self.0
    }

    /// What it is called and where it is in the source.
    pub(super) fn name_and_location(self) -> (String, String) {
        let words = |name: &str| (name.to_owned(), String::new());
        match self {
            Owner::NOBODY => words("(unattributed)"),
            Owner::OTHERS => words("(others)"),
            Owner::MEASURED => words("(measured)"),
            Owner(number) => running::site(u32::from(number)).map_or_else(
                || words("(unknown)"),
                |site| (site.name.to_owned(), format!("{}:{}", site.file, site.line)),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_no_number_is_one_of_the_others() {
        let before = running::replace(1_000_000);
        assert_eq!(Owner::running(), Owner::OTHERS);
        running::replace(running::NOBODY);
        assert_eq!(Owner::running(), Owner::NOBODY);
        running::replace(before);
    }
}
