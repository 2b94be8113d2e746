//! How many pulls are timed where not all are, and at what price.

use super::TimingError;
use std::fmt;
use std::str::FromStr;

/// How many pulls [`Timing::Sampled`](crate::Timing::Sampled) times.
///
/// ```
/// use measured_core::Budget;
///
/// assert_eq!("0.5%".parse(), Budget::percent(0.5));
/// assert_eq!("one-in=1024".parse(), Budget::one_in(1024));
/// assert!("150%".parse::<Budget>().is_err());
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
    ///
    /// ```
    /// assert_eq!(measured_core::Budget::percent(1.0), Ok(Default::default()));
    /// ```
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
    /// If `n` is 0 or above 1,048,576.
    ///
    /// ```
    /// assert!(measured_core::Budget::one_in(0).is_err());
    /// ```
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

    /// The part of the time that timing may cost, above 0 and up to 1, where that is
    /// what was asked for: a hundredth of what [`percent`](Budget::percent) was given.
    ///
    /// ```
    /// let budget: measured_core::Budget = "2%".parse().unwrap();
    /// assert_eq!(budget.overhead(), Some(0.02));
    /// ```
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
                "`{text}` is not a budget: write a percentage such as `1%`, or `one-in=1024`"
            ))
        };
        if let Some(n) = text.strip_prefix("one-in=") {
            return Budget::one_in(n.parse().map_err(|_| not_one())?);
        }
        let percent = text.strip_suffix('%').ok_or_else(not_one)?;
        Budget::percent(percent.trim().parse().map_err(|_| not_one())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_times_everything_that_costs_nothing() {
        let budget = Budget::default();
        assert_eq!((budget.gap(0.0, 0.0), budget.gap(0.0, 50.0)), (1, 1));
        assert_eq!(budget.gap(100.0, 50.0), 200);
        assert_eq!(budget.gap(1e12, 1.0), Budget::LONGEST_GAP);
    }
}
