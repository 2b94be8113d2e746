//! Every mistake that the attributes answer, with the message that is the answer.

#[test]
fn mistakes_are_answered() {
    trybuild::TestCases::new().compile_fail("tests/mistakes/*.rs");
}
