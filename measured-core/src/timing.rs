//! How often the clock is read, and what follows from the pulls that were timed;
//! pure arithmetic.
//!
//! Timing every pull costs two to four clock reads per record and stage. In
//! [`Timing::Sampled`] only one pull in N is timed, drawn at random, and a
//! stage's share of the wall is *estimated* from those: `R = Σw·y / Σw·x`, with y
//! what a stage took of a cycle, x the whole cycle, and w = N the number of
//! pulls that a timed one stands for (the ratio estimator of survey sampling:
//! Cochran, *Sampling Techniques*, chapter 6). The wall itself is never
//! estimated.

use std::fmt;
use std::str::FromStr;

/// How much of a run is timed. Counts are exact in every mode but `Off`.
///
/// Set for the process with [`set_timing`](crate::set_timing) or the environment
/// variable `MEASURED`, for one registry with
/// [`Registry::with_timing`](crate::Registry::with_timing), for one stage in its
/// attribute. It holds for runs that start afterwards.
///
/// ```
/// use measured_core::Timing;
///
/// assert_eq!("every".parse(), Ok(Timing::Every));
/// assert_eq!("budget=0.5%".parse::<Timing>().unwrap().to_string(), "budget=0.5%");
/// assert_eq!(Timing::default().to_string(), "budget=1%");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Timing {
    /// Nothing is counted and nothing is timed.
    Off,
    /// Records are counted; the clock is read when a run starts and ends.
    Counts,
    /// Records are counted; some pulls, chosen at random, are timed.
    Sampled {
        /// How many.
        budget: Budget,
    },
    /// Every pull is timed.
    Every,
}

impl Default for Timing {
    fn default() -> Timing {
        Timing::Sampled {
            budget: Budget::default(),
        }
    }
}

/// How many pulls [`Timing::Sampled`] times.
///
/// ```
/// use measured_core::Budget;
///
/// assert_eq!("0.5%".parse(), Budget::percent(0.5));
/// assert!("150%".parse::<Budget>().is_err());
/// assert_eq!(Budget::one_in(1024).unwrap().to_string(), "one-in=1024");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget(Limit);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Limit {
    /// A fraction of the pipeline's wall that the timing may cost.
    Overhead(f64),
    /// One pull in so many, on average.
    OneIn(u32),
}

impl Default for Budget {
    /// One per cent.
    fn default() -> Budget {
        Budget(Limit::Overhead(0.01))
    }
}

impl Budget {
    /// The largest mean gap; a gap above it would leave most runs without a sample.
    pub(crate) const LONGEST_GAP: u32 = 1 << 20;

    /// As many pulls as cost `percent` of the pipeline's time, all its stages together.
    ///
    /// # Errors
    /// Outside of 0 to 100, 0 excluded.
    pub fn percent(percent: f64) -> Result<Budget, TimingError> {
        if percent > 0.0 && percent <= 100.0 {
            Ok(Budget(Limit::Overhead(percent / 100.0)))
        } else {
            Err(TimingError(format!(
                "a budget of {percent} % is not one: write a percentage above 0 and up to 100, as in `1%`"
            )))
        }
    }

    /// One pull in `n`, on average.
    ///
    /// # Errors
    /// Zero, or above 1,048,576.
    pub fn one_in(n: u32) -> Result<Budget, TimingError> {
        if n > 0 && n <= Budget::LONGEST_GAP {
            Ok(Budget(Limit::OneIn(n)))
        } else {
            Err(TimingError(format!(
                "one pull in {n} cannot be timed: write a number from 1 to {}",
                Budget::LONGEST_GAP
            )))
        }
    }

    /// The part of the time that timing may cost, where that is what was asked for.
    #[must_use]
    pub fn overhead(&self) -> Option<f64> {
        match self.0 {
            Limit::Overhead(fraction) => Some(fraction),
            Limit::OneIn(_) => None,
        }
    }

    /// The mean gap that keeps to this budget where timing a pull costs `cost`
    /// ticks and the stage's part of a cycle is `cycle` ticks.
    pub(crate) fn gap(&self, cost: f64, cycle: f64) -> u32 {
        match self.0 {
            Limit::OneIn(n) => n,
            Limit::Overhead(fraction) => {
                let gap = cost / (fraction * cycle);
                // Written so that NaN (no cost and no cycle) gives 1.
                if gap > 1.0 {
                    gap.ceil().min(f64::from(Budget::LONGEST_GAP)) as u32
                } else {
                    1
                }
            }
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            // Through f32 so that 0.01 × 100 prints as 1.
            Limit::Overhead(fraction) => write!(f, "{}%", (fraction * 100.0) as f32),
            Limit::OneIn(n) => write!(f, "one-in={n}"),
        }
    }
}

impl FromStr for Budget {
    type Err = TimingError;

    fn from_str(text: &str) -> Result<Budget, TimingError> {
        let not_one = || {
            TimingError(format!(
                "`{text}` is not a budget: write a percentage such as `1%`"
            ))
        };
        let number = text.strip_suffix('%').ok_or_else(not_one)?;
        Budget::percent(number.trim().parse().map_err(|_| not_one())?)
    }
}

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Timing::Off => f.write_str("off"),
            Timing::Counts => f.write_str("counts"),
            Timing::Sampled {
                budget: budget @ Budget(Limit::Overhead(_)),
            } => write!(f, "budget={budget}"),
            Timing::Sampled { budget } => write!(f, "{budget}"),
            Timing::Every => f.write_str("every"),
        }
    }
}

impl FromStr for Timing {
    type Err = TimingError;

    fn from_str(text: &str) -> Result<Timing, TimingError> {
        let not_one = || {
            TimingError(format!(
                "`{text}` is not a timing: write `off`, `counts`, `sampled`, `every`, `budget=1%` or `one-in=1024`"
            ))
        };
        let lower_case = text.to_ascii_lowercase();
        match &*lower_case {
            "off" => Ok(Timing::Off),
            "counts" => Ok(Timing::Counts),
            "sampled" => Ok(Timing::default()),
            "every" => Ok(Timing::Every),
            _ => {
                let budget = match lower_case.split_once('=').ok_or_else(not_one)? {
                    ("budget", percent) => percent.parse()?,
                    ("one-in", n) => Budget::one_in(n.parse().map_err(|_| not_one())?)?,
                    _ => return Err(not_one()),
                };
                Ok(Timing::Sampled { budget })
            }
        }
    }
}

/// A [`Timing`] or [`Budget`] that could not be read; says what to write instead.
///
/// ```
/// let error = "sometimes".parse::<measured_core::Timing>().unwrap_err();
/// assert!(error.to_string().contains("`sometimes` is not a timing"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimingError(String);

impl fmt::Display for TimingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TimingError {}

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
        // Marsaglia's xorshift with period 2^32 − 1 (2003, "[13,17,5]").
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        // Never 0, so in (0, 1], and the logarithm is finite.
        let uniform = f64::from(self.0) / f64::from(u32::MAX);
        1 + (uniform.ln() / (-1.0 / f64::from(mean)).ln_1p()) as u64
    }
}

/// What timed pulls amount to: sums over cycles, each weighted by the number of
/// pulls that it stands for. In ticks; probe cost already taken off.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Estimate {
    /// Σw·x
    pub(crate) cycle: f64,
    /// Σw·y for the stage's own time
    pub(crate) own: f64,
    /// Σw·y for the time inside its inputs
    pub(crate) upstream: f64,
    /// Σw·y for the time inside pipelines within the stage
    pub(crate) nested: f64,
    /// Ticks that the stage around has taken off when they were timed
    pub(crate) claimed: f64,
    /// Σw: about as many pulls as there were.
    pub(crate) pulls: f64,
    /// Σw(w−1)·y², Σw(w−1)·x·y, Σw(w−1)·x², y the own time
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
    /// Σy², Σx·y, Σx², y the own time
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
}

impl Estimate {
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
    use proptest::prelude::*;

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

    #[test]
    fn a_budget_times_everything_that_costs_nothing() {
        let budget = Budget::default();
        assert_eq!((budget.gap(0.0, 0.0), budget.gap(0.0, 50.0)), (1, 1));
        assert_eq!(budget.gap(100.0, 50.0), 200);
        assert_eq!(budget.gap(1e12, 1.0), Budget::LONGEST_GAP);
    }

    #[test]
    fn whoever_shouts_is_heard() {
        for (text, timing) in [("OFF", Timing::Off), ("Every", Timing::Every)] {
            assert_eq!(text.parse(), Ok(timing), "{text}");
        }
        assert_eq!("Budget=2%".parse::<Timing>(), "budget=2%".parse());
    }

    #[test]
    fn what_is_not_a_timing_is_told_what_is() {
        for text in [
            "",
            "sometimes",
            "one-in=0",
            "one-in=x",
            "budget=1",
            "budget=0%",
            "budget=nan%",
            "budget=-1%",
            "one-in=2000000",
        ] {
            let error = text.parse::<Timing>().unwrap_err().to_string();
            assert!(error.contains("write"), "{text}: {error}");
        }
    }

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
        fn timings_survive_being_printed(percent in 1u32..=10_000, n in 1u32..=Budget::LONGEST_GAP) {
            for budget in [Budget::percent(f64::from(percent) / 100.0).unwrap(), Budget::one_in(n).unwrap()] {
                let timing = Timing::Sampled { budget };
                let Timing::Sampled { budget: again } = timing.to_string().parse().unwrap() else { unreachable!() };
                let both = budget.overhead().zip(again.overhead());
                prop_assert!(budget == again || both.is_some_and(|(a, b)| (a - b).abs() < 1e-8));
            }
        }

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
