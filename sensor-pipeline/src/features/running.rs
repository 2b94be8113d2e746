//! The window's moments kept up to date: a few operations for each value, and nothing that has left
//! the window is ever subtracted.
//!
//! # Why not a running sum and a running sum of squares
//!
//! Adding what comes and subtracting what goes is the textbook's remedy for summing the window anew.
//! It is not stable. On readings of 10^9 + N(0, 1) the sum of squares is near 10^18 a value, of which
//! a double resolves no less than 128; the variance, near 1, is what remains when two such sums are
//! subtracted. It comes out wrong by 10^5 and negative. And what a subtraction has rounded away
//! stays away: a single 10^12 spoils every later window.
//!
//! # What is done instead
//!
//! The window is a queue made of two stacks. The *newer* values have one running [`Sums`]. Of the
//! *older* values there is one `Sums` for every suffix: of the last one, of the last two, and so on to
//! all of them. When the oldest value leaves, the longest suffix is dropped. When no older value is
//! left, the newer ones become the older, and their suffixes are summed. So each value is summed
//! twice in its life, which is O(1) for each however long the window; and the sums of the window,
//! those of the longest suffix and those of the newer values taken together, are made of its own
//! values and of nothing else.
//!
//! * **An outlier leaves no trace**, not in the last bit: what has left is in no sum.
//! * **The variance is never negative**: `Sums` keeps the squared distances from the mean, which are
//!   a sum of squares from the first to the last step (Youngs and Cramer's updating, 1971), and not
//!   a difference.
//! * **The values' level does not matter.** All are summed as differences from a *reference*: the
//!   value that came in when the window was last turned over. That value is still in the window:
//!   it is the last to be older, and when it is the oldest of all the next turn is due. So for n
//!   values of mean m and standard deviation s it lies within s·√(n−1) of m (Samuelson's
//!   inequality), and the condition number of the variance, √(1 + (m − reference)²/s²), is at most √n
//!   instead of m/s. With it the error of the updating is bounded by about n·√n·u of the variance
//!   (Chan et al. 1983; u = 2^-53), whatever the values: for 1,000 of them 3.5·10^-12.
//!   What is measured lies a thousand times below: see `tests/variance_accuracy.rs`.
//!
//! The values must be finite, and their squares too: up to 10^150.

use super::Moments;
use measured_core::profiled;
use std::collections::VecDeque;
use std::num::NonZeroUsize;

/// A trailing window whose moments are kept up to date in a few operations for each value,
/// however long it is (and in one value out of `length`, the window is turned over at once).
///
/// Its variance is as good as two careful passes over the window would give, is never negative, and
/// has no trace of a value that has left: the comment at the top of this file's source tells why.
///
/// ```
/// use sensor_pipeline::RunningWindow;
///
/// let mut window = RunningWindow::new(2.try_into().unwrap());
/// window.push(1e12);
/// window.push(1e9 + 1.0);
/// let moments = window.push(1e9 + 3.0);
/// assert_eq!((moments.mean, moments.variance), (1e9 + 2.0, 1.0));
/// ```
#[derive(Clone, Debug)]
pub struct RunningWindow {
    length: usize,
    /// Every value in the window, the oldest first.
    values: VecDeque<f64>,
    /// What is subtracted from a value before it is summed: one of those in the window.
    reference: f64,
    /// The sums of the last older value, of the last two, … of all of them.
    older: Vec<Sums>,
    newer: Sums,
}

impl RunningWindow {
    /// An empty window that will hold the last `length` values.
    ///
    /// ```
    /// # use sensor_pipeline::RunningWindow;
    /// let window = RunningWindow::new(1000.try_into().unwrap());
    /// ```
    #[must_use]
    pub fn new(length: NonZeroUsize) -> Self {
        Self {
            length: length.get(),
            values: VecDeque::new(),
            reference: 0.0,
            older: Vec::new(),
            newer: Sums::EMPTY,
        }
    }

    /// Takes a value in, lets the oldest go if the window is full, and gives the moments of the
    /// values in the window.
    ///
    /// ```
    /// # use sensor_pipeline::RunningWindow;
    /// let mut window = RunningWindow::new(2.try_into().unwrap());
    /// let variances = [1.0, 3.0, 7.0].map(|value| window.push(value).variance);
    /// assert_eq!(variances, [0.0, 1.0, 4.0]);
    /// ```
    #[inline]
    pub fn push(&mut self, value: f64) -> Moments {
        if self.values.is_empty() {
            self.reference = value;
        } else if self.values.len() == self.length {
            self.values.pop_front();
            self.older.pop();
            if self.older.is_empty() {
                self.turn_over(value);
            }
        }
        self.values.push_back(value);
        self.newer = self.newer.with(value - self.reference);
        let older = self.older.last().copied().unwrap_or(Sums::EMPTY);
        older.and(self.newer).moments(self.reference)
    }

    /// Makes all values older ones, and sums their suffixes.
    #[profiled]
    fn turn_over(&mut self, reference: f64) {
        self.reference = reference;
        self.newer = Sums::EMPTY;
        let suffixes = self.values.iter().rev().scan(Sums::EMPTY, |sums, value| {
            *sums = sums.with(value - reference);
            Some(*sums)
        });
        self.older.extend(suffixes);
    }
}

/// What is kept of a number of values.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sums {
    count: f64,
    sum: f64,
    /// Of the squared distances from the mean.
    squares: f64,
}

impl Sums {
    const EMPTY: Self = Self {
        count: 0.0,
        sum: 0.0,
        squares: 0.0,
    };

    /// With one more value.
    #[inline]
    fn with(self, value: f64) -> Self {
        if self.count == 0.0 {
            return Self {
                count: 1.0,
                sum: value,
                squares: 0.0,
            };
        }
        let count = self.count + 1.0;
        let sum = self.sum + value;
        let apart = count * value - sum;
        Self {
            count,
            sum,
            squares: self.squares + apart * apart / (count * self.count),
        }
    }

    /// With all those of `other`.
    #[inline]
    fn and(self, other: Self) -> Self {
        if self.count == 0.0 {
            return other;
        }
        let count = self.count + other.count;
        let apart = other.count * self.sum - self.count * other.sum;
        Self {
            count,
            sum: self.sum + other.sum,
            squares: self.squares
                + other.squares
                + apart * apart / (self.count * other.count * count),
        }
    }

    fn moments(self, reference: f64) -> Moments {
        Moments {
            mean: reference + self.sum / self.count,
            variance: self.squares / self.count,
        }
    }
}

#[cfg(test)]
#[expect(
    clippy::cast_precision_loss,
    reason = "no test fills a window with 2^53 values"
)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::NaiveWindow;
    use super::*;

    fn length(length: usize) -> NonZeroUsize {
        NonZeroUsize::new(length).expect("no test has an empty window")
    }

    fn all(window: usize, values: &[f64]) -> Vec<Moments> {
        let mut running = RunningWindow::new(length(window));
        values.iter().map(|&value| running.push(value)).collect()
    }

    /// Numbers as they come from sensors and as they do not: many levels, some of them far off.
    fn values() -> impl Strategy<Value = Vec<f64>> {
        let value = prop_oneof![
            4 => -1.0..1.0_f64,
            2 => 1e9 - 3.0..1e9 + 3.0_f64,
            1 => -1e12..1e12_f64,
            1 => Just(0.0),
            1 => Just(-0.0),
            1 => Just(1e-300),
        ];
        vec(value, 1..300)
    }

    proptest! {
        #[test]
        fn the_moments_are_those_of_the_window_summed_anew(
            window in prop_oneof![Just(1), Just(2), 1..40_usize, 300..1000_usize],
            values in values(),
        ) {
            let mut naive = NaiveWindow::new(length(window));
            for (at, (running, &value)) in all(window, &values).into_iter().zip(&values).enumerate() {
                let naive = naive.push(value);
                let inside = &values[(at + 1).saturating_sub(window)..=at];
                let largest = inside.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
                // The naive sums are the less exact ones: these are the bounds of *their* error.
                let rounding = inside.len() as f64 * f64::EPSILON * largest;
                prop_assert!((running.mean - naive.mean).abs() <= rounding);
                let spread = naive.variance.sqrt() + rounding;
                prop_assert!(
                    (running.variance - naive.variance).abs() <= 8.0 * rounding * spread,
                    "at {at}: {running:?}, naively {naive:?}"
                );
            }
        }

        #[test]
        fn the_variance_is_never_negative_and_that_of_equal_values_is_0(
            window in 1..20_usize,
            values in values(),
            level in -1e12..1e12_f64,
        ) {
            prop_assert!(all(window, &values).iter().all(|moments| moments.variance >= 0.0));
            let level_after: Vec<f64> = values.into_iter().chain(vec![level; window]).collect();
            let last = *all(window, &level_after).last().expect("not empty");
            prop_assert_eq!(last, Moments { mean: level, variance: 0.0 });
        }

        #[test]
        fn an_outlier_that_has_left_leaves_not_a_bit_behind(
            window in 1..100_usize,
            values in vec(-1.0..1.0_f64, 300),
            at in 0..200_usize,
            outlier in prop_oneof![Just(1e12), Just(-1e12), Just(1e150), Just(f64::NAN), Just(f64::INFINITY)],
        ) {
            let mut struck = values.clone();
            struck[at] = outlier;
            prop_assert_eq!(&all(window, &struck)[at + window..], &all(window, &values)[at + window..]);
        }
    }

    #[test]
    fn a_window_of_one_has_the_value_for_its_mean_and_no_variance() {
        for moments in all(1, &[1e12, 0.1, -3.0]).windows(1).zip([1e12, 0.1, -3.0]) {
            assert_eq!(
                moments.0[0],
                Moments {
                    mean: moments.1,
                    variance: 0.0
                }
            );
        }
    }

    #[test]
    fn the_memory_is_that_of_the_values_there_are_not_of_those_there_may_be() {
        let mut window = RunningWindow::new(NonZeroUsize::MAX);
        assert_eq!(
            window.push(2.0),
            Moments {
                mean: 2.0,
                variance: 0.0
            }
        );
    }
}
