//! The allocation profiler where there is none: the feature `alloc` is off. What the
//! profiler asks of it has nothing for an answer.

/// Nobody is charged.
pub(crate) mod charges {
    use crate::allocations::StageAllocations;

    pub(crate) fn are_wanted() -> bool {
        false
    }

    pub(crate) fn for_ourselves<R>(f: impl FnOnce() -> R) -> R {
        f()
    }

    pub(crate) fn begin(_: usize) {}

    pub(crate) fn end(_: usize) -> StageAllocations {
        StageAllocations::NONE
    }

    pub(crate) fn begin_input(_: usize) -> StageAllocations {
        StageAllocations::NONE
    }

    pub(crate) fn end_input(_: usize) -> StageAllocations {
        StageAllocations::NONE
    }
}
