//! A program that forgot to install the tracking allocator is told so, and what to
//! write; it is not told that nothing was allocated.
#![cfg(feature = "alloc")]

use measured_core::assert_no_alloc;
use measured_core::memory::{self, NotInstalled, Snapshot, allocated_by};

const WHAT_TO_WRITE: &str = "#[global_allocator] static ALLOCATOR: \
    measured_core::memory::TrackingAllocator = measured_core::memory::TrackingAllocator::new();";

#[test]
fn tracking_does_not_start() {
    assert!(!memory::is_installed());
    assert_eq!(memory::start(), Err(NotInstalled));
    assert!(!memory::is_tracking());
    assert!(NotInstalled.to_string().ends_with(WHAT_TO_WRITE));
    assert_eq!(Snapshot::take().allocated_count(), 0);
}

#[test]
#[should_panic(expected = "no allocation of this program is seen")]
fn nothing_is_said_of_a_closure() {
    let (_, _) = allocated_by(|| 2 + 2);
}

#[test]
#[should_panic(expected = "no allocation of this program is seen")]
fn nothing_is_asserted_of_a_closure() {
    assert_no_alloc!(|| 2 + 2);
}
