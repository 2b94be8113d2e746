//! The allocation profiler.
