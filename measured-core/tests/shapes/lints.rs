//! Lints hold as they are set, for what is made of a parameter too. That this compiles is the test; `lints.sh`
//! holds all the other shapes against clippy.

#![deny(unused, unfulfilled_lint_expectations)]
// Where nothing is measured, nobody uses them up.
#![allow(
    clippy::needless_pass_by_value,
    reason = "unused is what they are here"
)]

use measured_core::measured_stage;

use crate::expect;

#[test]
fn allowed_and_expected_of_a_parameter() {
    #[measured_stage]
    fn first(
        #[allow(unused_variables, reason = "the test")] allowed: impl Iterator<Item = u32>,
        #[expect(unused_variables, reason = "the test")] expected: impl Iterator<Item = u32>,
        #[cfg_attr(all(), expect(unused_variables, reason = "the test"))] configured: Vec<u32>,
        #[expect(unused_mut, reason = "the test")] mut number: u32,
    ) -> impl Iterator<Item = u32> {
        0..number
    }
    let empty = std::iter::empty;
    expect("first", (0, 3), || {
        first(empty(), empty(), Vec::new(), 3).count()
    });
}
