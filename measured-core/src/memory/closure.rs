//! What a piece of code allocates, for tests of users.

use super::events;
use super::places::Stack;
use super::symbols::Symbols;
use std::fmt;
use std::hint::black_box;
use std::sync::OnceLock;

/// What a closure allocated and freed on its thread, and, apart from it, what this
/// library did for itself meanwhile.
///
/// ```
/// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
/// # #[global_allocator]
/// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() -> Result<(), memory::NotInstalled> {
/// let (_, allocated) = memory::allocated_by(|| drop(Box::new([0_u8; 100])));
/// assert_eq!((allocated.count, allocated.size), (1, 100));
/// assert_eq!((allocated.freed_count, allocated.freed_size), (1, 100));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Allocated {
    /// Blocks that were allocated; one that grew or shrank is allocated anew.
    pub count: u64,
    /// Their bytes.
    pub size: u64,
    /// Blocks that were freed, those from before included.
    pub freed_count: u64,
    /// Their bytes.
    pub freed_size: u64,
    /// Blocks that this library allocated for itself, as it does when a stage first
    /// runs. They are in none of the other figures.
    pub measured_count: u64,
    /// Their bytes.
    pub measured_size: u64,
}

impl Allocated {
    /// How many bytes more are held than before; negative where more were freed.
    ///
    /// ```
    /// use measured_core::memory::{TrackingAllocator, allocated_by};
    ///
    /// #[global_allocator]
    /// static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
    /// # fn main() {
    /// let (_kept, allocated) = allocated_by(|| Box::new([0_u8; 100]));
    /// assert_eq!(allocated.held(), 100);
    /// # }
    /// ```
    #[must_use]
    pub fn held(&self) -> i64 {
        self.size.wrapping_sub(self.freed_size) as i64
    }
}

impl fmt::Display for Allocated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blocks = if self.count == 1 { "block" } else { "blocks" };
        write!(f, "{} {blocks} of {} bytes", self.count, self.size)
    }
}

/// Calls `f` and says what it allocated on this thread: every block, to the byte,
/// whether or not anybody [tracks](super::start).
///
/// ```
/// use measured_core::memory::{TrackingAllocator, allocated_by};
///
/// #[global_allocator]
/// static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() {
/// let (squares, allocated) = allocated_by(|| (0..100_u64).map(|n| n * n).collect::<Vec<_>>());
/// assert_eq!((allocated.count, allocated.size), (1, 800));
/// # drop(squares);
/// # }
/// ```
///
/// # Panics
/// Where the [`TrackingAllocator`](super::TrackingAllocator) is not the program's
/// global allocator: nothing would be seen.
#[track_caller]
pub fn allocated_by<R>(f: impl FnOnce() -> R) -> (R, Allocated) {
    assert!(is_installed(), "{}", super::NotInstalled);
    events::counting(|| {
        let before = events::totals();
        let result = f();
        let totals = events::totals().less(before);
        let allocated = Allocated {
            count: totals.allocated.blocks,
            size: totals.allocated.bytes,
            freed_count: totals.freed.blocks,
            freed_size: totals.freed.bytes,
            measured_count: totals.ours.blocks,
            measured_size: totals.ours.bytes,
        };
        (result, allocated)
    })
}

/// Whether the program's allocations are seen: a [`TrackingAllocator`](super::TrackingAllocator)
/// is its `#[global_allocator]`. The first call finds out, by a byte that it allocates
/// and that is counted nowhere.
///
/// ```
/// # use measured_core::memory::{self, GroupBy, Snapshot, TrackingAllocator};
/// # #[global_allocator]
/// # static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() -> Result<(), memory::NotInstalled> {
/// assert!(memory::is_installed());
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn is_installed() -> bool {
    static IS_INSTALLED: OnceLock<bool> = OnceLock::new();
    *IS_INSTALLED.get_or_init(|| events::sees(|| drop(black_box(Box::new(0_u8)))))
}

/// What `assert_no_alloc!` calls.
#[track_caller]
pub(crate) fn without_allocating<R>(f: impl FnOnce() -> R, why: fmt::Arguments<'_>) -> R {
    let ((result, first), allocated) = allocated_by(|| events::guarding(f));
    if allocated.count > 0 {
        let place = events::for_tracker(|| place_of(first));
        panic!("allocates {allocated} where nothing is to be allocated{place}{why}");
    }
    result
}

/// Where the first block came from, for the message.
fn place_of(first: Option<&Stack>) -> String {
    let line = first.and_then(|stack| Symbols::new().line_of(stack.frames()));
    line.map_or_else(String::new, |line| match line.file.as_str() {
        "" => format!(", first in {}", line.function),
        file => format!(", first at {file}:{} in {}", line.number, line.function),
    })
}
