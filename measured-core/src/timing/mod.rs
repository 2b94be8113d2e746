//! How much of a run is timed; pure arithmetic.
//!
//! Timing every pull costs two to four clock reads per record and stage. In
//! [`Timing::Sampled`] only one pull in N is timed, drawn at random.

mod budget;
mod estimate;
mod gaps;
pub(crate) mod strides;

pub use budget::Budget;
pub(crate) use estimate::{Batch, Estimate};
#[cfg(feature = "enable")]
pub(crate) use gaps::Gaps;

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
#[non_exhaustive]
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

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Timing::Off => f.write_str("off"),
            Timing::Counts => f.write_str("counts"),
            Timing::Sampled { budget } if budget.overhead().is_some() => {
                write!(f, "budget={budget}")
            }
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
                    ("budget", percent) if !percent.contains('=') => percent.parse()?,
                    ("one-in", _) => lower_case.parse()?,
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
    }
}
