//! What a panic does that leaves a pull.

/// What is told that a panic leaves its pull.
pub(super) trait Pulse {
    fn unwind(&mut self);
}

/// A pull that has not returned; dropped, as by a panic, it says so. That costs code
/// where nothing runs but panics, and no instruction elsewhere.
pub(super) struct Unwinding<'a, P: Pulse>(pub(super) &'a mut P);

impl<P: Pulse> Drop for Unwinding<'_, P> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.unwind();
    }
}
