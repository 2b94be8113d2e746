//! The allocator in front of another one.

#![allow(unsafe_code, reason = "an allocator implements an unsafe trait")]

use super::trailer::{self, TRAILER, Tag};
use super::{events, trailer::with_trailer};
use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;

/// A global allocator that passes all on to another one, and counts while it is asked to.
///
/// ```
/// use measured_core::memory::TrackingAllocator;
///
/// #[global_allocator]
/// static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() { assert!(measured_core::memory::is_installed()) }
/// ```
///
/// Each block is eight bytes longer, by a trailer that says whose it is. While nobody
/// counts, an allocation costs a load and a store more and a free two loads; for the
/// rest see [the module](super#what-it-costs).
///
/// It never panics, locks, formats or allocates by itself. A block that is so large
/// that there is no room for its trailer is refused, as the inner allocator would.
#[derive(Clone, Copy, Debug, Default)]
pub struct TrackingAllocator<A = System> {
    inner: A,
}

impl TrackingAllocator {
    /// In front of the system's allocator.
    ///
    /// ```
    /// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
    /// # #[global_allocator]
    /// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() -> Result<(), memory::NotInstalled> {
    /// memory::start()?;
    /// assert!(memory::is_tracking());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub const fn new() -> TrackingAllocator {
        TrackingAllocator::with(System)
    }
}

impl<A> TrackingAllocator<A> {
    /// In front of that one.
    ///
    /// ```
    /// use measured_core::memory::TrackingAllocator;
    /// use std::alloc::System;
    ///
    /// // In its place mimalloc, jemalloc, or one of your own.
    /// #[global_allocator]
    /// static ALLOCATOR: TrackingAllocator<System> = TrackingAllocator::with(System);
    /// # fn main() { assert!(measured_core::memory::is_installed()) }
    /// ```
    #[must_use]
    pub const fn with(inner: A) -> TrackingAllocator<A> {
        TrackingAllocator { inner }
    }
}

// Where nobody counts, it is single instructions that tracking costs. So what is rare is
// in functions of its own, and takes its arguments in the order in which they are there:
// else registers are saved and moved for its sake.
impl<A: GlobalAlloc> TrackingAllocator<A> {
    /// # Safety
    /// As for `alloc`.
    #[inline(always)]
    unsafe fn alloc_tagged(&self, layout: Layout) -> *mut u8 {
        let Some(larger) = with_trailer(layout) else {
            return ptr::null_mut();
        };
        // SAFETY: `larger` is not of size zero; the block is as long as it says.
        unsafe { counted(self.inner.alloc(larger), layout.size()) }
    }

    /// # Safety
    /// As for `alloc`.
    #[inline(never)]
    unsafe fn alloc_aligned(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { self.alloc_tagged(layout) }
    }

    /// # Safety
    /// As for `dealloc`, of a block that has this tag.
    #[inline(never)]
    unsafe fn dealloc_counted(&self, block: *mut u8, layout: Layout, tag: Tag) {
        events::freed(tag, layout.size());
        // SAFETY: the caller's promise.
        unsafe { self.inner.dealloc(block, trailer::as_allocated(layout)) };
    }

    /// # Safety
    /// As for `realloc`, of a block that has this tag, to a size that has room for another.
    #[inline(never)]
    unsafe fn realloc_counted(
        &self,
        block: *mut u8,
        layout: Layout,
        new_size: usize,
        tag: Tag,
    ) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe {
            let old = trailer::as_allocated(layout);
            let moved = self.inner.realloc(block, old, new_size + TRAILER);
            if !moved.is_null() {
                events::freed(tag, layout.size());
            }
            counted(moved, new_size)
        }
    }
}

/// Tags the new block, if it is one, and counts it where somebody wants to know.
///
/// # Safety
/// Where it is not null, the block is valid for writes of `size + TRAILER` bytes.
#[inline(always)]
unsafe fn counted(block: *mut u8, size: usize) -> *mut u8 {
    if block.is_null() {
        return block;
    }
    if !events::is_idle() {
        // SAFETY: the caller's promise.
        return unsafe { allocated(block, size) };
    }
    // SAFETY: the caller's promise.
    unsafe { trailer::write(block, size, Tag::NONE) };
    block
}

/// # Safety
/// The block is valid for writes of `size + TRAILER` bytes.
#[cold]
#[inline(never)]
unsafe fn allocated(block: *mut u8, size: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { trailer::write(block, size, events::allocated(size)) };
    block
}

// SAFETY: the inner allocator does all of it. It is asked for blocks of the same
// alignment that are `TRAILER` bytes longer, so that they have room for what the caller
// asked for; it gets the same layouts back with them.
unsafe impl<A: GlobalAlloc> GlobalAlloc for TrackingAllocator<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe {
            // With the trailer a block is as long as this alignment at least, which all
            // allocators have without further ado.
            if layout.align() <= TRAILER {
                self.alloc_tagged(layout)
            } else {
                self.alloc_aligned(layout)
            }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let Some(larger) = with_trailer(layout) else {
            return ptr::null_mut();
        };
        // SAFETY: as in `alloc`; what is written is behind the zeroes.
        unsafe { counted(self.inner.alloc_zeroed(larger), layout.size()) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller promises that the block is ours and of this layout, so
        // `counted` has written its tag.
        unsafe {
            let tag = trailer::read(block, layout.size());
            if events::is_idle_about(tag) {
                self.inner.dealloc(block, trailer::as_allocated(layout));
            } else {
                self.dealloc_counted(block, layout, tag);
            }
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller promises that there is such a layout.
        let new = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        let Some(larger) = with_trailer(new) else {
            return ptr::null_mut();
        };
        // SAFETY: as in `dealloc` for the old block, as in `alloc` for the new one. The
        // tag is read before the block may be gone; where the answer is null it is not,
        // and keeps its tag.
        unsafe {
            let tag = trailer::read(block, layout.size());
            if !events::is_idle_about(tag) {
                return self.realloc_counted(block, layout, new_size, tag);
            }
            let old = trailer::as_allocated(layout);
            let moved = self.inner.realloc(block, old, larger.size());
            if !moved.is_null() {
                trailer::write(moved, new_size, Tag::NONE);
            }
            moved
        }
    }
}
