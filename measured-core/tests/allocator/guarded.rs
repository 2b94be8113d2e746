//! `assert_no_alloc!`: what it says, and when.

use super::grown;
use super::process::each_alone;
use super::start;
use measured_core::assert_no_alloc;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a panic says.
fn said(f: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(f)).expect_err("a panic");
    let text = panic.downcast::<String>().expect("a message");
    *text
}

#[inline(never)]
fn culprit() -> usize {
    black_box(vec![0_u8; 24]).len() + black_box(Box::new(1_usize)).wrapping_add(1)
}

each_alone! {
    fn it_says_how_much_where_and_why() {
        let message = said(|| _ = assert_no_alloc!(culprit, "the {} path", "hot"));
        let (count, rest) = message.split_once(", first ").expect("a place");
        assert_eq!(count, "allocates 2 blocks of 32 bytes where nothing is to be allocated");
        assert!(rest.contains("guarded::culprit"), "{message}");
        if cfg!(debug_assertions) {
            assert!(rest.contains("tests/allocator/guarded.rs:"), "{message}");
        }
        assert!(rest.ends_with(": the hot path"), "{message}");
    }

    fn it_is_silent_where_nothing_is_allocated() {
        let mut block = Vec::with_capacity(20);
        block.extend([1_u8; 10]);
        let sum = assert_no_alloc!(|| {
            block.push(1);
            block.iter().sum::<u8>()
        });
        assert_eq!(sum, 11);
    }

    fn a_block_that_is_freed_is_none_that_is_allocated() {
        let block = vec![1_u8; 10];
        assert_no_alloc!(|| drop(block));
    }

    fn what_is_tracked_meanwhile_is_what_it_was() {
        start();
        let (message, live, _) = grown(|| said(|| _ = assert_no_alloc!(culprit)));
        assert!(message.contains("first "), "{message}");
        // The message is kept, and whatever the panic needed once.
        assert!(live[0] >= message.len() as i64, "{live:?}");
        let (_, live, ever) = grown(culprit);
        assert_eq!((live, ever), ([0, 0], [32, 2]));
    }
}
