//! Blocks of all kinds are what they would be without a trailer, and are counted as
//! they were asked for.

use super::process::each_alone;
use super::{grown, start};
use std::alloc::{GlobalAlloc, Layout, alloc, alloc_zeroed, dealloc, realloc};
use std::collections::{BTreeMap, HashMap};
use std::hint::black_box;

fn layout(size: usize, align: usize) -> Layout {
    Layout::from_size_align(size, align).expect("a layout")
}

/// Fills a block with bytes that depend on where they are.
unsafe fn fill(block: *mut u8, size: usize) {
    for at in 0..size {
        // SAFETY: the caller's block is so long.
        unsafe { block.add(at).write((at * 31 + 7) as u8) };
    }
}

unsafe fn is_filled(block: *mut u8, size: usize) -> bool {
    // SAFETY: the caller's block is so long.
    (0..size).all(|at| unsafe { block.add(at).read() } == (at * 31 + 7) as u8)
}

each_alone! {
    fn any_size_and_alignment() {
        start();
        for align in [1, 2, 4, 8, 16, 32, 64, 256, 4096, 1 << 16] {
            for size in [1, 3, 8, 15, 16, 17, 24, 63, 64, 1000, 4096, 100_000] {
                let of = layout(size, align);
                let (block, live, _) = grown(|| unsafe { alloc(of) });
                assert!(!block.is_null() && block.addr() % align == 0, "{of:?}");
                assert_eq!(live, [size as i64, 1], "{of:?}");
                let ((), live, _) = grown(|| unsafe {
                    fill(block, size);
                    assert!(is_filled(block, size), "{of:?}");
                    dealloc(block, of);
                });
                assert_eq!(live, [-(size as i64), -1], "{of:?}");
            }
        }
    }

    fn zeroed_blocks_are_zero_where_others_were_before() {
        start();
        for size in [1, 24, 40, 1000, 1 << 20] {
            let of = layout(size, 16);
            for _ in 0..10 {
                // SAFETY: allocated, used and freed with one layout.
                let is_zero = unsafe {
                    let dirty = alloc(of);
                    fill(dirty, size);
                    dealloc(dirty, of);
                    let block = alloc_zeroed(of);
                    let is_zero = (0..size).all(|at| block.add(at).read() == 0);
                    dealloc(block, of);
                    is_zero
                };
                assert!(is_zero, "{size}");
            }
        }
    }

    fn a_block_that_grows_and_shrinks_keeps_its_bytes_and_is_counted_anew() {
        start();
        for align in [1, 8, 16, 128] {
            let mut size = 10;
            let ((), live, ever) = grown(|| {
                // SAFETY: each block is given back with the layout of its last size.
                unsafe {
                    let mut block = alloc(layout(size, align));
                    fill(block, size);
                    for new in [11, 18, 26, 5000, 300_000, 299_993, 4096, 33, 9] {
                        block = realloc(block, layout(size, align), new);
                        assert!(block.addr() % align == 0);
                        assert!(is_filled(block, size.min(new)), "{size} to {new}");
                        size = new;
                        fill(block, size);
                    }
                    dealloc(block, layout(size, align));
                }
            });
            assert_eq!(live, [0, 0]);
            assert_eq!(ever, [10 + 11 + 18 + 26 + 5000 + 300_000 + 299_993 + 4096 + 33 + 9, 10]);
        }
    }

    fn a_block_of_no_bytes_has_room_for_its_trailer() {
        start();
        let of = layout(0, 1);
        let ((), live, ever) = grown(|| {
            // The program's own allocator: `std::alloc` does not ask for nothing.
            // SAFETY: with its trailer the inner allocator is asked for eight bytes.
            unsafe {
                let block = crate::ALLOCATOR.alloc(of);
                assert!(!block.is_null());
                let grown = crate::ALLOCATOR.realloc(block, of, 5);
                crate::ALLOCATOR.dealloc(grown, layout(5, 1));
            }
        });
        assert_eq!((live, ever), ([0, 0], [5, 2]));
    }

    fn a_block_too_large_for_any_machine_is_refused() {
        start();
        let ((), live, _) = grown(|| {
            for size in [isize::MAX as usize, isize::MAX as usize - 7, isize::MAX as usize - 8] {
                // SAFETY: the layout is one; the answer is null.
                unsafe {
                    assert!(black_box(alloc(layout(size, 1))).is_null());
                    assert!(black_box(alloc_zeroed(layout(size, 1))).is_null());
                }
            }
            let kept = layout(100, 1);
            // SAFETY: a block that could not grow is what it was.
            unsafe {
                let block = alloc(kept);
                fill(block, 100);
                assert!(realloc(block, kept, isize::MAX as usize).is_null());
                assert!(is_filled(block, 100));
                dealloc(block, kept);
            }
        });
        assert_eq!(live, [0, 0]);
    }

    fn collections_work_and_leave_nothing_behind() {
        start();
        let ((), live, ever) = grown(|| {
            let words: Vec<String> = (0..2_000).map(|n| format!("word {n}")).collect();
            let by_word: HashMap<&str, usize> =
                words.iter().enumerate().map(|(at, word)| (word.as_str(), at)).collect();
            let sorted: BTreeMap<&str, usize> = by_word.clone().into_iter().collect();
            assert!(words.iter().enumerate().all(|(at, word)| sorted[word.as_str()] == at));
        });
        assert_eq!(live, [0, 0]);
        assert!(ever[1] > 2_000);
    }
}
