//! The profiler, where there is none: the feature `profile` is off, and all that is
//! left is what stands in programs that can be profiled.

pub use crate::__scope as scope;
