//! The range in which a value is believed.

use std::fmt;
use std::str::FromStr;

/// From the lowest to the highest value that a sensor can have: what `filter` keeps, and what
/// `normalize` maps to 0 … 1.
///
/// ```
/// use sensor_pipeline::Range;
///
/// let range: Range = "-20:60".parse()?;
/// assert!(range.contains(60.0) && !range.contains(f64::NAN));
/// assert_eq!(range.normalize(20.0), 0.5);
/// # Ok::<(), sensor_pipeline::RangeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    low: f64,
    high: f64,
}

impl Range {
    /// The range from `low` to `high`, both included.
    ///
    /// # Errors
    /// When a bound is not finite, the low one is not below the high one, or they lie so far apart
    /// that their difference is not finite.
    ///
    /// ```
    /// # use sensor_pipeline::{Range, RangeError};
    /// assert!(Range::new(0.0, 100.0).is_ok());
    /// assert_eq!(Range::new(5.0, 5.0), Err(RangeError::Empty));
    /// ```
    pub fn new(low: f64, high: f64) -> Result<Self, RangeError> {
        if !low.is_finite() || !high.is_finite() {
            Err(RangeError::NotFinite)
        } else if low >= high {
            Err(RangeError::Empty)
        } else if (high - low).is_infinite() {
            Err(RangeError::TooWide)
        } else {
            Ok(Self { low, high })
        }
    }

    /// Whether the value lies in the range. What is not a number does not.
    ///
    /// ```
    /// # use sensor_pipeline::Range;
    /// assert!(!Range::new(0.0, 100.0)?.contains(100.5));
    /// # Ok::<(), sensor_pipeline::RangeError>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn contains(self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Where in the range the value lies: 0 at the low end, 1 at the high one, and never outside of
    /// that for a value in the range, because rounding keeps the order of numbers.
    ///
    /// ```
    /// # use sensor_pipeline::Range;
    /// assert_eq!(Range::new(-1.0, 3.0)?.normalize(0.0), 0.25);
    /// # Ok::<(), sensor_pipeline::RangeError>(())
    /// ```
    #[must_use]
    #[inline]
    pub fn normalize(self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }
}

impl fmt::Display for Range {
    /// As [`FromStr`] reads it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.low, self.high)
    }
}

impl FromStr for Range {
    type Err = RangeError;

    /// Reads `LO:HI`.
    fn from_str(text: &str) -> Result<Self, RangeError> {
        let (low, high) = text.split_once(':').ok_or(RangeError::NotTwoNumbers)?;
        let number = |text: &str| text.trim().parse().map_err(|_| RangeError::NotTwoNumbers);
        Self::new(number(low)?, number(high)?)
    }
}

/// Why two numbers are no range.
///
/// ```
/// # use sensor_pipeline::Range;
/// let error = "100:0".parse::<Range>().unwrap_err();
/// assert_eq!(error.to_string(), "the low end must be below the high one");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangeError {
    /// The text is not two numbers with a colon between them.
    NotTwoNumbers,
    /// An end is infinite or not a number.
    NotFinite,
    /// The low end is not below the high one.
    Empty,
    /// The ends lie too far apart for their difference to be a finite number.
    TooWide,
}

impl fmt::Display for RangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotTwoNumbers => "expected two numbers LO:HI, as in 0:100",
            Self::NotFinite => "both ends must be finite numbers",
            Self::Empty => "the low end must be below the high one",
            Self::TooWide => "the ends lie too far apart",
        })
    }
}

impl std::error::Error for RangeError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn absurd_ranges_are_refused() {
        for (text, why) in [
            ("", RangeError::NotTwoNumbers),
            ("7", RangeError::NotTwoNumbers),
            ("1:2:3", RangeError::NotTwoNumbers),
            ("a:b", RangeError::NotTwoNumbers),
            ("nan:1", RangeError::NotFinite),
            ("0:inf", RangeError::NotFinite),
            ("1:1", RangeError::Empty),
            ("2:1", RangeError::Empty),
            ("-1e308:1e308", RangeError::TooWide),
        ] {
            assert_eq!(text.parse::<Range>(), Err(why), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_value_in_the_range_is_normalised_to_between_0_and_1(
            low in -1e300..1e300_f64,
            width in 1e-300..1e300_f64,
            part in 0.0..=1.0_f64,
        ) {
            let Ok(range) = Range::new(low, low + width) else { return Ok(()) };
            let value = (low + part * width).min(low + width);
            prop_assert!((0.0..=1.0).contains(&range.normalize(value)));
        }

        #[test]
        fn a_range_is_read_as_it_is_written(low in -1e9..1e9, width in 1e-3..1e9) {
            let range = Range::new(low, low + width).expect("not empty");
            prop_assert_eq!(range.to_string().parse(), Ok(range));
        }
    }
}
