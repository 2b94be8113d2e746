//! The place in the source that a stage is.

use crate::registry::SiteId;
use crate::timing::Timing;

/// One attributed function: a static that the attribute puts into its body.
#[derive(Debug)]
pub struct Site {
    pub(crate) id: SiteId,
    timing: Option<SiteTiming>,
}

/// `timing = …` in the attribute.
#[derive(Clone, Copy, Debug)]
pub enum SiteTiming {
    /// `timing = off`
    Off,
    /// `timing = counts`
    Counts,
    /// `timing = sampled`
    Sampled,
    /// `timing = every`
    Every,
}

impl Site {
    /// The site of a function called `name` in reports.
    #[must_use]
    pub const fn new(
        name: &'static str,
        module: &'static str,
        file: &'static str,
        line: u32,
    ) -> Site {
        Site {
            id: SiteId {
                name,
                module,
                file,
                line,
            },
            timing: None,
        }
    }

    /// The same with a timing of its own.
    #[must_use]
    pub const fn with_timing(self, timing: SiteTiming) -> Site {
        Site {
            id: self.id,
            timing: Some(timing),
        }
    }

    /// What its runs are timed with where everyone else's are timed with `general`.
    pub(crate) fn timing(&self, general: Timing) -> Timing {
        match (self.timing, general) {
            (Some(SiteTiming::Off), _) => Timing::Off,
            (Some(SiteTiming::Counts), _) => Timing::Counts,
            // `sampled` keeps the budget that the process has, where it has one.
            (None, general) | (Some(SiteTiming::Sampled), general @ Timing::Sampled { .. }) => {
                general
            }
            (Some(SiteTiming::Sampled), _) => Timing::default(),
            (Some(SiteTiming::Every), _) => Timing::Every,
        }
    }
}
