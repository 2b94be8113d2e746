//! Whose a block is, written behind the bytes that its owner asked for.
//!
//! A block can be freed on another thread, long after, while nobody watches. A table
//! of blocks would have to be locked, and a header would move the block off its
//! alignment; eight bytes at the end need neither, and are gone with the block.

#![allow(unsafe_code, reason = "reading and writing behind a block")]

use super::owners::Owner;
use super::places::{Place, Rate};
use std::alloc::Layout;

/// What stands behind a block: nothing, or who allocated it and where. The library's own
/// are told even where nobody counts, as no closure is to answer for their frees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag(u64);

/// Bytes that each block is longer.
pub(super) const TRAILER: usize = size_of::<Tag>();

// From the lowest bit: whether it is counted, how its place was drawn, its owner,
// its place.
const COUNTED: u64 = 1;
const RATE: u32 = 1;
const OWNER: u32 = 16;
const PLACE: u32 = 32;

impl Tag {
    /// Of a block that nobody counted.
    pub(super) const NONE: Tag = Tag(0);

    #[inline(always)]
    pub(super) fn new(owner: Owner, place: Option<(Place, Rate)>) -> Tag {
        let (place, rate) = place.map_or((0, 0), |(place, rate)| (place.number(), rate.bits()));
        Tag(COUNTED
            | u64::from(rate) << RATE
            | u64::from(owner.number()) << OWNER
            | u64::from(place) << PLACE)
    }

    /// Of a block of this owner that nobody counted.
    #[inline(always)]
    pub(super) fn uncounted(owner: Owner) -> Tag {
        if owner == Owner::MEASURED {
            Tag(u64::from(owner.number()) << OWNER)
        } else {
            Tag::NONE
        }
    }

    /// Whether the library allocated the block for itself.
    #[inline(always)]
    pub(super) fn is_ours(self) -> bool {
        (self.0 >> OWNER) as u16 == Owner::MEASURED.number()
    }

    /// Nobody has a word about the block, and there is nothing in `more` either: one branch.
    #[inline(always)]
    pub(super) fn is_none_and_zero(self, more: usize) -> bool {
        self.0 | more as u64 == 0
    }

    #[inline(always)]
    pub(super) fn owner(self) -> Option<Owner> {
        (self.0 & COUNTED != 0).then(|| Owner::numbered((self.0 >> OWNER) as u16))
    }

    #[inline(always)]
    pub(super) fn place(self) -> Option<(Place, Rate)> {
        let place = Place::numbered((self.0 >> PLACE) as u32)?;
        Some((place, Rate::of_bits((self.0 >> RATE) as u8)))
    }
}

/// The layout of a block with its trailer; `None` where there is no such layout.
#[inline(always)]
pub(super) fn with_trailer(layout: Layout) -> Option<Layout> {
    // A layout's size, rounded up to its alignment, is no more than `isize::MAX`: there
    // is room for the trailer's eight in a `usize`.
    let rounded_up = layout.size() + layout.align() + (TRAILER - 1);
    if rounded_up > isize::MAX as usize {
        return None;
    }
    // SAFETY: the size was just checked, and the alignment is a layout's.
    Some(unsafe {
        let size = layout.size().unchecked_add(TRAILER);
        Layout::from_size_align_unchecked(size, layout.align())
    })
}

/// The layout that the block of this one was allocated with.
///
/// # Safety
/// A block of this layout was allocated: [`with_trailer`] had an answer then.
#[inline(always)]
pub(super) unsafe fn as_allocated(layout: Layout) -> Layout {
    // SAFETY: `with_trailer` checked the same size and alignment.
    unsafe { Layout::from_size_align_unchecked(layout.size() + TRAILER, layout.align()) }
}

/// Writes the tag of a block of so many bytes.
///
/// # Safety
/// The block is valid for writes of `size + TRAILER` bytes.
#[inline(always)]
pub(super) unsafe fn write(block: *mut u8, size: usize, tag: Tag) {
    // SAFETY: within the block, by the caller's promise. A size need not be a multiple
    // of eight, so the tag is not aligned.
    unsafe { block.add(size).cast::<Tag>().write_unaligned(tag) }
}

/// Reads the tag of a block of so many bytes.
///
/// # Safety
/// [`write`] was called for this block and this size, and nobody has written there since.
#[inline(always)]
pub(super) unsafe fn read(block: *mut u8, size: usize) -> Tag {
    // SAFETY: as in `write`; and any eight bytes are a tag.
    unsafe { block.add(size).cast::<Tag>().read_unaligned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_says_what_it_was_told() {
        let rate = Rate::at_most(1 << 19);
        for number in [0, 1, 4095] {
            let owner = Owner::numbered(number);
            for place in [1, 0xffff, u32::MAX] {
                let place = Place::numbered(place).expect("a place");
                let tag = Tag::new(owner, Some((place, rate)));
                assert_eq!(tag.owner(), Some(owner));
                assert_eq!(tag.place(), Some((place, rate)));
            }
            assert_eq!(Tag::new(owner, None).owner(), Some(owner));
            assert_eq!(Tag::new(owner, None).place(), None);
        }
        for nobodys in [Tag::NONE, Tag::uncounted(Owner::MEASURED)] {
            assert_eq!((nobodys.owner(), nobodys.place()), (None, None));
        }
    }

    #[test]
    fn the_librarys_own_blocks_are_told_counted_or_not() {
        let [ours, others] = [Owner::MEASURED, Owner::NOBODY];
        assert!(Tag::uncounted(ours).is_ours() && Tag::new(ours, None).is_ours());
        assert!(!Tag::uncounted(others).is_ours() && !Tag::new(others, None).is_ours());
        assert!(Tag::uncounted(others).is_none_and_zero(0));
    }

    #[test]
    fn a_trailer_stands_behind_any_size_and_alignment() {
        for align in [1, 2, 8, 16, 64, 4096] {
            for size in [0, 1, 7, 8, 9, 100, 4096] {
                let layout = Layout::from_size_align(size, align).expect("a layout");
                let larger = with_trailer(layout).expect("a layout");
                assert_eq!((larger.size(), larger.align()), (size + TRAILER, align));
                // SAFETY: just checked.
                assert_eq!(unsafe { as_allocated(layout) }, larger);

                let mut block = vec![0xA5_u8; larger.size()];
                let tag = Tag::new(Owner::numbered(7), None);
                // SAFETY: the vector is as long as the block with its trailer.
                let read = unsafe {
                    write(block.as_mut_ptr(), size, tag);
                    read(block.as_mut_ptr(), size)
                };
                assert_eq!(read, tag);
                assert!(block[..size].iter().all(|&byte| byte == 0xA5));
            }
        }
    }

    #[test]
    fn a_block_that_would_be_too_large_with_its_trailer_has_no_layout() {
        let largest = Layout::from_size_align(isize::MAX as usize - 7, 1).expect("a layout");
        assert_eq!(with_trailer(largest), None);
        let aligned = Layout::from_size_align(isize::MAX as usize - 4095, 4096).expect("a layout");
        assert_eq!(with_trailer(aligned), None);
        let most_aligned = Layout::from_size_align(0, 1 << (usize::BITS - 1)).expect("a layout");
        assert_eq!(with_trailer(most_aligned), None);
    }
}
