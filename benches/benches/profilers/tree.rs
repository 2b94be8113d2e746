//! The calls that everyone profiles: a branch that calls a leaf twice.

use super::{CALLS, Profiled};

/// The tree with these attributes on its functions, and this at the head of their bodies.
macro_rules! tree {
    ($([$attribute:meta])* $(; $head:stmt)?) => {
        $(#[$attribute])*
        #[inline(never)]
        fn leaf(n: u64) -> u64 {
            $($head)?
            ::std::hint::black_box(n)
        }

        $(#[$attribute])*
        #[inline(never)]
        fn branch(n: u64) -> u64 {
            $($head)?
            leaf(n) ^ leaf(n + 1)
        }

        fn root(branches: u64) -> u64 {
            (0..branches).fold(0, |sum, n| sum.wrapping_add(branch(n)))
        }
    };
}

pub(crate) use tree;

tree!();

struct Bare(u64);

pub(crate) fn bare() -> Box<dyn Profiled> {
    Box::new(Bare(0))
}

impl Profiled for Bare {
    fn calls(&mut self, branches: u64) -> u64 {
        self.0 += CALLS * branches;
        root(branches)
    }

    fn seen(&mut self) -> u64 {
        self.0
    }
}
