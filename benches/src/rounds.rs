//! Interleaved rounds. On a shared machine the nanoseconds of one minute say nothing about those
//! of the next, so every round runs every variant once, in a new order, and what is compared is
//! the variants of one round.

use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::time::{Duration, Instant};

/// One way of doing the work: does it all and says what it amounted to.
pub type Variant<'a> = Box<dyn Fn() -> u64 + 'a>;

/// Times every variant once a round. The answer has a row for every variant and in it the time of
/// every round.
///
/// # Panics
///
/// When two variants disagree on the result: then they did not do the same work.
#[must_use]
pub fn interleaved(rounds: usize, variants: &[Variant<'_>]) -> Vec<Vec<Duration>> {
    let expected = variants[0]();
    let mut times = vec![Vec::with_capacity(rounds); variants.len()];
    let mut order = Order::of(variants.len());
    for _ in 0..rounds {
        for &variant in order.shuffled() {
            let start = Instant::now();
            let result = variants[variant]();
            times[variant].push(start.elapsed());
            assert_eq!(result, expected, "variant {variant} did other work");
        }
    }
    times
}

/// The order in which a round takes the variants, new for every round, so that no variant always
/// follows the same neighbour, and the same in every run of an instrument.
#[derive(Debug)]
pub struct Order {
    variants: Vec<usize>,
    round: u32,
}

impl Order {
    /// An order of so many variants.
    #[must_use]
    pub fn of(variants: usize) -> Self {
        Self {
            variants: (0..variants).collect(),
            round: 0,
        }
    }

    /// The variants in the order of the next round.
    pub fn shuffled(&mut self) -> &[usize] {
        self.round += 1;
        let hash = BuildHasherDefault::<DefaultHasher>::default();
        self.variants
            .sort_by_key(|variant| hash.hash_one((self.round, variant)));
        &self.variants
    }
}

/// What rounds amount to: the 10th percentile is the machine left alone, the median a usual day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The 10th percentile.
    pub quiet: f64,
    /// The median.
    pub typical: f64,
}

impl Spread {
    /// The spread of these values.
    ///
    /// # Panics
    ///
    /// When there is no value.
    #[must_use]
    pub fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self {
            quiet: values[values.len() / 10],
            typical: values[values.len() / 2],
        }
    }

    /// Nanoseconds per operation.
    #[must_use]
    pub fn per(operations: u64, times: &[Duration]) -> Self {
        Self::of(times.iter().map(|time| nanos_per(operations, *time)))
    }

    /// Nanoseconds per operation beyond what it takes without.
    ///
    /// Typical is the median of what the two differ by in one round: a slow minute slows both.
    /// Quiet is the difference of the two 10th percentiles, not the 10th percentile of the
    /// differences: that one picks the rounds in which the bare run was disturbed, and called a
    /// variant faster than itself by a tenth of a nanosecond.
    #[must_use]
    pub fn beyond(without: &[Duration], operations: u64, with: &[Duration]) -> Self {
        let differences = with
            .iter()
            .zip(without)
            .map(|(with, without)| nanos_per(operations, *with) - nanos_per(operations, *without));
        Self {
            quiet: Self::per(operations, with).quiet - Self::per(operations, without).quiet,
            typical: Self::of(differences).typical,
        }
    }
}

/// How much of this comes on one of those.
#[must_use]
pub fn ratio(this: u64, those: u64) -> f64 {
    this as f64 / those as f64
}

fn nanos_per(operations: u64, time: Duration) -> f64 {
    ratio(
        u64::try_from(time.as_nanos()).expect("a run takes less than 500 years"),
        operations,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_round_takes_every_variant_once() {
        let mut order = Order::of(7);
        let first = order.shuffled().to_vec();
        let mut second = order.shuffled().to_vec();
        assert_ne!(first, second);
        second.sort_unstable();
        assert_eq!(second, [0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn the_spread_of_one_to_hundred_is_its_tenth_percentile_and_its_median() {
        let spread = Spread::of((0..100).rev().map(f64::from));
        assert_eq!(
            spread,
            Spread {
                quiet: 10.0,
                typical: 50.0
            }
        );
    }

    #[test]
    fn a_slow_round_slows_both_sides_and_does_not_count() {
        let without = [100, 900].map(Duration::from_nanos);
        let with = [120, 920].map(Duration::from_nanos);
        let spread = Spread::beyond(&without, 10, &with);
        assert!((spread.quiet - 2.0).abs() < 1e-9 && (spread.typical - 2.0).abs() < 1e-9);
    }
}
