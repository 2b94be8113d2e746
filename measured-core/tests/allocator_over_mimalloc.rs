//! The tracking allocator in front of mimalloc.
#![cfg(feature = "alloc")]
#![allow(unsafe_code, reason = "allocators are called and written")]
#![allow(clippy::cast_possible_wrap, reason = "no block is of 2^63 bytes")]

mod allocator;

use measured_core::memory::TrackingAllocator;
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: TrackingAllocator<MiMalloc> = TrackingAllocator::with(MiMalloc);
