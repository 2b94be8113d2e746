//! Which of the inputs within one timed pull are timed, where there are many.
//!
//! A filter that keeps one record in 100,000 pulls its input as often for each. To time
//! all of that would cost more than the pull, whatever the budget; to time none would
//! say nothing of what is the input's. So the further a pull goes, the longer the gaps:
//! about 16 inputs are timed each time their number doubles.

/// So many are all timed.
pub(crate) const ALL: u32 = 32;
/// So many at each mean gap after them: 2, 4, 8 and so on.
const AT_EACH: u32 = 16;

/// The mean gap before an input is timed where `timed` have been; so many it stands for.
/// With gaps that have no memory each input is timed with the probability 1/stride, so
/// that the sum of stride × time is without bias (Horvitz and Thompson, 1952).
pub(crate) fn stride(timed: u32) -> u32 {
    match timed.checked_sub(ALL) {
        None => 1,
        Some(beyond) => 2 << (beyond / AT_EACH).min(19),
    }
}

/// How many inputs so many timed ones stand for.
pub(crate) fn stood_for(timed: u32) -> u64 {
    (0..timed).map(|before| u64::from(stride(before))).sum()
}

/// The standard error of what the inputs of a pull took, as a part of it, where there are
/// so many and they take about as long each: √Σs(s−1) / n, s the strides.
pub(crate) fn standard_error(inputs: f64) -> f64 {
    let not_all = 1.0 - f64::from(ALL) / inputs.max(f64::from(ALL));
    (not_all / f64::from(3 * AT_EACH)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::gaps::Gaps;

    /// How many of `inputs` are timed, and how many they stand for.
    fn timed(inputs: u64, gaps: &mut Gaps) -> (u32, u64) {
        let (mut timed, mut at) = (0, gaps.draw(1));
        while at <= inputs {
            timed += 1;
            at += gaps.draw(stride(timed));
        }
        (timed, stood_for(timed))
    }

    #[test]
    fn few_are_all_timed() {
        let mut gaps = Gaps::seeded(1);
        assert_eq!(timed(32, &mut gaps), (32, 32));
        assert!((0..32).all(|before| stride(before) == 1));
        assert!(standard_error(32.0) <= 0.0);
        assert_eq!(
            [32, 47, 48, 64, u32::MAX].map(stride),
            [2, 2, 4, 8, 1 << 20]
        );
    }

    #[test]
    fn many_are_stood_for_without_bias_by_some_dozens() {
        const SEEDS: u64 = 2_000;
        for inputs in [100, 1_000, 100_000] {
            let (mut most, mut sum, mut squares) = (0, 0.0, 0.0);
            for seed in 0..SEEDS {
                let (few, all) = timed(inputs, &mut Gaps::seeded(seed));
                let ratio = all as f64 / inputs as f64;
                most = most.max(few);
                sum += ratio;
                squares += (ratio - 1.0).powi(2);
            }
            let n = SEEDS as f64;
            let deviation = (squares / n).sqrt();
            let expected = standard_error(inputs as f64);
            assert!(
                (deviation / expected - 1.0).abs() < 0.25,
                "{inputs}: {deviation}, not {expected}"
            );
            let error = 4.0 * deviation / n.sqrt();
            assert!((sum / n - 1.0).abs() < error, "{inputs}: {}", sum / n);
            assert!(most <= 48 + 20 * (inputs / 32).ilog2(), "{inputs}: {most}");
        }
    }
}
