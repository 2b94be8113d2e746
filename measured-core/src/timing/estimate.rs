//! What follows from the pulls that were timed.
//!
//! A stage's share of the wall is *estimated* from them: `R = Σw·y / Σw·x`, with y
//! what a stage took of a cycle, x the whole cycle, and w = N the number of
//! pulls that a timed one stands for (the ratio estimator of survey sampling:
//! Cochran, *Sampling Techniques*, chapter 6). The wall itself is never
//! estimated.

/// What timed pulls amount to: sums over cycles, each weighted by the number of
/// pulls that it stands for. In ticks; probe cost already taken off.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Estimate {
    /// Σw·x
    pub(crate) cycle: f64,
    /// Σw·y for the stage's self time
    pub(crate) own: f64,
    /// Σw·y for the time inside its inputs
    pub(crate) upstream: f64,
    /// Σw·y for the time inside pipelines within the stage
    pub(crate) nested: f64,
    /// Ticks that the stage around has taken off when they were timed
    pub(crate) claimed: f64,
    /// Σw: about as many pulls as there were.
    pub(crate) pulls: f64,
    /// Σw(w−1)·y², Σw(w−1)·x·y, Σw(w−1)·x², y the self time
    spread: [f64; 3],
    /// Σw(w−1)·x, Σw(w−1)
    around: [f64; 2],
}

/// Timed cycles of one weight, before it is applied.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Batch {
    /// How many.
    pub(crate) pulls: f64,
    pub(crate) cycle: f64,
    pub(crate) own: f64,
    pub(crate) upstream: f64,
    pub(crate) nested: f64,
    pub(crate) claimed: f64,
    /// Σy², Σx·y, Σx², y the self time
    pub(crate) squares: [f64; 3],
}

impl Estimate {
    pub(crate) fn add(&mut self, weight: u32, batch: &Batch) {
        let w = f64::from(weight);
        self.cycle += w * batch.cycle;
        self.own += w * batch.own;
        self.upstream += w * batch.upstream;
        self.nested += w * batch.nested;
        self.claimed += batch.claimed;
        self.pulls += w * batch.pulls;
        self.around[0] += w * (w - 1.0) * batch.cycle;
        self.around[1] += w * (w - 1.0) * batch.pulls;
        for (sum, square) in self.spread.iter_mut().zip(batch.squares) {
            *sum += w * (w - 1.0) * square;
        }
    }

    pub(crate) fn merge(&mut self, other: &Estimate) {
        self.cycle += other.cycle;
        self.own += other.own;
        self.upstream += other.upstream;
        self.nested += other.nested;
        self.claimed += other.claimed;
        self.pulls += other.pulls;
        self.around[0] += other.around[0];
        self.around[1] += other.around[1];
        for (sum, square) in self.spread.iter_mut().zip(other.spread) {
            *sum += square;
        }
    }

    /// The stage's own part of a cycle, R.
    pub(crate) fn own_ratio(&self) -> f64 {
        ratio(self.own, self.cycle)
    }

    /// Its inputs' part of a cycle.
    pub(crate) fn upstream_ratio(&self) -> f64 {
        ratio(self.upstream, self.cycle)
    }

    /// The standard error of [`own_ratio`](Estimate::own_ratio):
    /// √(Σw(w−1)(y−R·x)²) / Σw·x; zero where every cycle was timed.
    pub(crate) fn standard_error(&self) -> f64 {
        let [yy, xy, xx] = self.spread;
        let r = self.own_ratio();
        // Rounding can leave a small negative where y is all but proportional to x.
        ratio((yy - 2.0 * r * xy + r * r * xx).max(0.0).sqrt(), self.cycle)
    }

    /// The mean cycle, x̄ = Σw·x / Σw, and the standard error that it has as a part
    /// of itself: √(Σw(w−1)(x−x̄)²) / Σw·x. Its error is that of cycles which differ,
    /// where that of Σw·x is also how many of them happened to be drawn.
    pub(crate) fn mean_cycle(&self) -> Option<(f64, f64)> {
        let mean = self.cycle / self.pulls;
        let [x, one] = self.around;
        let square = self.spread[2] - 2.0 * mean * x + mean * mean * one;
        (self.cycle > 0.0).then(|| (mean, square.max(0.0).sqrt() / self.cycle))
    }

    /// The standard error of Σw·x: √Σw(w−1)x².
    pub(crate) fn cycle_error(&self) -> f64 {
        self.spread[2].max(0.0).sqrt()
    }
}

/// `part / whole` within 0 to 1; 0 where there is no whole. Below zero comes of
/// stages shorter than the cost of timing them.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        (part / whole).clamp(0.0, 1.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::gaps::Gaps;
    use proptest::prelude::*;

    #[test]
    fn the_estimate_is_exact_where_every_cycle_was_timed() {
        let mut estimate = Estimate::default();
        estimate.add(
            1,
            &Batch {
                pulls: 4.0,
                cycle: 100.0,
                own: 25.0,
                upstream: 50.0,
                nested: 0.0,
                claimed: 0.0,
                squares: [90.0, 90.0, 90.0],
            },
        );
        assert_eq!(
            (
                estimate.own_ratio(),
                estimate.upstream_ratio(),
                estimate.standard_error()
            ),
            (0.25, 0.5, 0.0)
        );
    }

    #[test]
    fn two_standard_errors_cover_the_truth_in_about_95_of_100_samples() {
        // A population of cycles whose own part varies, sampled 1 in 16.
        let population: Vec<(f64, f64)> = (0..20_000u64)
            .map(|i| {
                let y = (i * 7919 % 97) as f64;
                (y, y + (i * 104_729 % 31) as f64)
            })
            .collect();
        let truth = population.iter().map(|p| p.0).sum::<f64>()
            / population.iter().map(|p| p.1).sum::<f64>();
        let covered = (0..200u64).filter(|&seed| {
            let (mut gaps, mut at, mut estimate) = (Gaps::seeded(seed), 0, Estimate::default());
            loop {
                at += gaps.draw(16) as usize;
                let Some(&(y, x)) = population.get(at - 1) else {
                    break;
                };
                estimate.add(
                    16,
                    &Batch {
                        pulls: 1.0,
                        cycle: x,
                        own: y,
                        upstream: 0.0,
                        nested: 0.0,
                        claimed: 0.0,
                        squares: [y * y, x * y, x * x],
                    },
                );
            }
            (estimate.own_ratio() - truth).abs() <= 2.0 * estimate.standard_error()
        });
        let covered = covered.count();
        assert!((184..=198).contains(&covered), "{covered} of 200");
    }

    proptest! {
        #[test]
        fn merging_estimates_is_adding_all_batches(a in 0.0f64..1e9, b in 0.0f64..1e9, w in 1u32..5000) {
            let batch = |x: f64| Batch { pulls: 1.0, cycle: x, own: x / 3.0, upstream: x / 5.0, nested: x / 7.0, claimed: x, squares: [x, x, x] };
            let (mut whole, mut left, mut right) = (Estimate::default(), Estimate::default(), Estimate::default());
            whole.add(w, &batch(a));
            whole.add(1, &batch(b));
            left.add(w, &batch(a));
            right.add(1, &batch(b));
            left.merge(&right);
            prop_assert_eq!(whole, left);
        }
    }
}
