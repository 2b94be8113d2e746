//! The tracker's own memory: from the system's allocator, past the one that is
//! tracked, so that it is charged to nobody; and counted, so that it is no secret.

#![allow(unsafe_code, reason = "blocks of memory become values")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicPtr, AtomicUsize};
use std::{ptr, slice};

static HELD: AtomicUsize = AtomicUsize::new(0);

/// Bytes that the tracker holds.
pub(super) fn held() -> usize {
    HELD.load(Relaxed)
}

/// Keeps a value for good; `None` where the system has no memory left.
pub(super) fn kept<T: Sync>(value: T) -> Option<&'static T> {
    let block = allocated(Layout::new::<T>())?.cast::<T>();
    // SAFETY: aligned for `T`, as long as it, nobody else's, and never freed.
    unsafe {
        block.write(value);
        Some(&*block)
    }
}

/// Keeps a copy for good; `None` where the system has no memory left.
pub(super) fn kept_copy<T: Sync + Copy>(values: &[T]) -> Option<&'static [T]> {
    let block = allocated(Layout::for_value(values))?.cast::<T>();
    // SAFETY: aligned for `T`, as long as all of them, nobody else's, and never freed.
    unsafe {
        ptr::copy_nonoverlapping(values.as_ptr(), block, values.len());
        Some(slice::from_raw_parts(block, values.len()))
    }
}

fn allocated(layout: Layout) -> Option<*mut u8> {
    if layout.size() == 0 {
        return None;
    }
    // SAFETY: the layout is not of size zero.
    let block = unsafe { System.alloc(layout) };
    if block.is_null() {
        return None;
    }
    HELD.fetch_add(layout.size(), Relaxed);
    Some(block)
}

/// Where any thread finds something that is kept.
#[derive(Debug)]
pub(super) struct Link<T: 'static>(AtomicPtr<T>);

impl<T: Sync> Link<T> {
    pub(super) const fn empty() -> Link<T> {
        Link(AtomicPtr::new(ptr::null_mut()))
    }

    #[inline]
    pub(super) fn get(&self) -> Option<&'static T> {
        Link::at(self.0.load(Acquire))
    }

    pub(super) fn set(&self, to: Option<&'static T>) {
        self.0.store(Link::pointer(to), Release);
    }

    /// Leads to `new` if it led to `old`, else says where it leads.
    pub(super) fn lead_from(
        &self,
        old: Option<&'static T>,
        new: &'static T,
    ) -> Result<(), Option<&'static T>> {
        let (old, new) = (Link::pointer(old), Link::pointer(Some(new)));
        match self.0.compare_exchange(old, new, AcqRel, Acquire) {
            Ok(_) => Ok(()),
            Err(other) => Err(Link::at(other)),
        }
    }

    fn pointer(to: Option<&'static T>) -> *mut T {
        to.map_or(ptr::null_mut(), |value| ptr::from_ref(value).cast_mut())
    }

    #[inline]
    fn at(pointer: *mut T) -> Option<&'static T> {
        // SAFETY: null, or from a reference that is good for ever; it is never written
        // through but by the value's own atomics.
        unsafe { pointer.as_ref() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_was_given() {
        assert_eq!(kept([7_u64; 100]).expect("memory"), &[7; 100]);
        let copy = kept_copy(&[1_usize, 2, 3]).expect("memory");
        assert_eq!(copy, [1, 2, 3]);
        assert!(held() >= 824);
        assert!(kept_copy::<u8>(&[]).is_none());
    }
}
