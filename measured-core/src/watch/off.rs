//! `watch` where there is nobody to tell: neither of the features `profile` and
//! `alloc` is on. All of it is nothing.

use crate::allocations::StageAllocations;
use crate::site_id::SiteId;

#[inline(always)]
pub(crate) fn for_ourselves<R>(f: impl FnOnce() -> R) -> R {
    f()
}

pub(crate) fn is_on() -> bool {
    false
}

#[derive(Debug, Default)]
pub(crate) struct Watched;

#[expect(clippy::unused_self, reason = "the face of the one that watches")]
impl Watched {
    #[inline(always)]
    pub(crate) fn begin(&self, _: SiteId) {}

    #[inline(always)]
    pub(crate) fn is_on(&self) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) fn is_charged(&self) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) fn follows_inputs(&self) -> bool {
        false
    }

    #[inline(always)]
    pub(crate) fn enter(&self) {}

    pub(crate) fn forget(&self) {}

    #[inline(always)]
    pub(crate) fn leave(&self) -> Option<StageAllocations> {
        None
    }

    #[inline(always)]
    pub(crate) fn enter_input(&self) -> Option<StageAllocations> {
        None
    }

    #[inline(always)]
    pub(crate) fn leave_input(&self) -> Option<StageAllocations> {
        None
    }
}
