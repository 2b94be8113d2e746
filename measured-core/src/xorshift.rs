//! Random numbers in three instructions and four bytes.

/// The number after `state`: of all 32 bits but 0, which it stays at, each comes once
/// (Marsaglia, "Xorshift RNGs", 2003, his [13, 17, 5]). The low bits are the poorest.
pub(crate) fn after(mut state: u32) -> u32 {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    state
}
