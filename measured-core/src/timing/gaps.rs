//! The gaps between timed pulls.

use crate::xorshift;

/// Draws the gaps between timed pulls.
///
/// A fixed stride must not ship: in step with a workload that repeats it reads
/// anything (with a heavy record every 64th: 1,731 ns or 67 ns for a true 99).
/// Geometric gaps have no memory, so that every pull is timed with the same
/// probability 1/N whatever came before, which is what the weight w = N claims.
#[derive(Clone, Debug)]
pub(crate) struct Gaps(u32);

impl Gaps {
    pub(crate) fn seeded(seed: u64) -> Gaps {
        // SplitMix64's finaliser (Steele, Lea, Flood 2014), so that neighbouring
        // seeds share nothing; a xorshift needs a state other than zero.
        let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Gaps((z ^ (z >> 31)) as u32 | 1)
    }

    /// For keeping it in an atomic, and back with `Gaps::resumed`.
    pub(crate) fn state(&self) -> u32 {
        self.0
    }

    pub(crate) fn resumed(state: u32) -> Gaps {
        Gaps(state)
    }

    /// How many pulls until the next timed one, itself included: geometric with mean `mean`.
    pub(crate) fn draw(&mut self, mean: u32) -> u64 {
        if mean <= 1 {
            return 1;
        }
        self.0 = xorshift::after(self.0);
        // Never 0, so in (0, 1], and the logarithm is finite.
        let uniform = f64::from(self.0) / f64::from(u32::MAX);
        1 + (uniform.ln() / (-1.0 / f64::from(mean)).ln_1p()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_have_the_mean_and_the_memorylessness_of_a_geometric_distribution() {
        for mean in [2u32, 64, 1024] {
            let mut gaps = Gaps::seeded(u64::from(mean));
            let draws: Vec<u64> = (0..200_000).map(|_| gaps.draw(mean)).collect();
            let m = f64::from(mean);
            let average = draws.iter().sum::<u64>() as f64 / draws.len() as f64;
            assert!(
                (average / m - 1.0).abs() < 0.01,
                "mean {average} for {mean}"
            );
            let beyond = draws.iter().filter(|&&gap| gap > u64::from(mean)).count() as f64
                / draws.len() as f64;
            let expected = (1.0 - 1.0 / m).powf(m);
            assert!(
                (beyond - expected).abs() < 0.01,
                "{beyond} beyond {mean}, not {expected}"
            );
        }
    }

    #[test]
    fn a_gap_of_one_times_every_pull() {
        let mut gaps = Gaps::seeded(1);
        assert!((0..100).all(|_| gaps.draw(1) == 1));
    }
}
