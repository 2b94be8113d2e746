//! The tracking allocator in front of the system's.
#![cfg(feature = "alloc")]
#![allow(unsafe_code, reason = "allocators are called and written")]
#![allow(clippy::cast_possible_wrap, reason = "no block is of 2^63 bytes")]

mod allocator;

use measured_core::memory::TrackingAllocator;

#[global_allocator]
static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
