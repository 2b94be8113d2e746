//! `assert_no_alloc!`: for tests of code that is not to allocate.

/// Calls a closure and panics if it allocates on this thread; returns what it returns.
///
/// A block that grows or shrinks is allocated too; one that is freed is not, nor what
/// this library allocates for itself, as when a stage first runs. Words after the
/// closure are added to the message, as with `assert!`.
///
/// ```
/// use measured_core::assert_no_alloc;
/// use measured_core::memory::TrackingAllocator;
///
/// #[global_allocator]
/// static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();
/// # fn main() {
/// let readings = [21.5, 21.7, 22.4];
/// let hottest = assert_no_alloc!(|| readings.iter().copied().fold(0.0, f64::max));
/// assert_eq!(hottest, 22.4);
/// # }
/// ```
///
/// ```should_panic
/// # use measured_core::assert_no_alloc;
/// # #[global_allocator]
/// # static ALLOCATOR: measured_core::memory::TrackingAllocator = measured_core::memory::TrackingAllocator::new();
/// # fn main() {
/// assert_no_alloc!(|| vec![21.5, 21.7, 22.4], "the hot path");
/// # }
/// ```
///
/// # Panics
/// If it does, and where the tracking allocator is not installed.
#[macro_export]
macro_rules! assert_no_alloc {
    ($closure:expr $(,)?) => {
        $crate::private::without_allocating($closure, ::core::format_args!(""))
    };
    ($closure:expr, $($why:tt)+) => {
        $crate::private::without_allocating(
            $closure,
            ::core::format_args!(": {}", ::core::format_args!($($why)+)),
        )
    };
}
