//! The place in the source that a stage is.

use super::call::{self, Call};
use super::mode::{Clocked, Counted};
use crate::registry::{Registry, Stage};
use crate::site_id::SiteId;
use crate::timing::Timing;
use std::sync::{Arc, OnceLock};

/// One attributed function: a static that the attribute puts into its body.
#[derive(Debug)]
pub struct Site {
    pub(crate) id: SiteId,
    timing: Option<SiteTiming>,
    /// Its stage in the process's registry, once it has run there: no lock and no
    /// lookup then. It has another use: clippy sees by it that whoever starts a
    /// run changes something, and does not call for `#[must_use]` on every stage.
    stage: OnceLock<Arc<Stage>>,
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
            stage: OnceLock::new(),
        }
    }

    /// The same with a timing of its own.
    #[must_use]
    pub const fn with_timing(mut self, timing: SiteTiming) -> Site {
        self.timing = Some(timing);
        self
    }

    /// A call of the function begins.
    pub fn start(&'static self) -> Call<Clocked> {
        call::start(self)
    }

    /// The same under `timing = counts`.
    pub fn start_counted(&'static self) -> Call<Counted> {
        call::start(self)
    }

    /// Its stage in that registry.
    pub(crate) fn stage(&self, registry: &Registry) -> Arc<Stage> {
        if registry.is_global() {
            Arc::clone(self.stage.get_or_init(|| registry.stage(self.id)))
        } else {
            registry.stage(self.id)
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
