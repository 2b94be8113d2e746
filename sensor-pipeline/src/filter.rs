//! The second stage: what can be believed goes on.

use crate::range::Range;
use crate::reading::Reading;
use measured_core::measured_stage;

/// Drops readings whose value is missing or out of the range, as every infinite one is.
///
/// ```
/// use sensor_pipeline::{Range, Reading, filter};
///
/// let readings = [Some(20.0), None, Some(850.0), Some(f64::INFINITY)]
///     .map(|value| Reading { time: "12:00".into(), sensor: "pump".into(), value });
///
/// let kept = filter(readings.into_iter(), Range::new(0.0, 100.0)?);
/// assert!(kept.map(|reading| reading.value).eq([20.0]));
/// # Ok::<(), sensor_pipeline::RangeError>(())
/// ```
#[measured_stage("filter")]
pub fn filter(
    readings: impl Iterator<Item = Reading<Option<f64>>>,
    range: Range,
) -> impl Iterator<Item = Reading> {
    readings.filter_map(move |reading| {
        let value = reading.value.filter(|&value| range.contains(value))?;
        Some(reading.with_value(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_range_are_in_it_and_what_is_not_finite_never_is() {
        let values = [
            Some(0.0),
            Some(100.0),
            Some(-f64::MIN_POSITIVE),
            Some(100.000_001),
            Some(f64::NAN),
            Some(f64::NEG_INFINITY),
            None,
        ];
        let readings = values.into_iter().map(|value| Reading {
            time: "t".into(),
            sensor: "s".into(),
            value,
        });
        let range = Range::new(0.0, 100.0).expect("not empty");
        let kept: Vec<f64> = filter(readings, range)
            .map(|reading| reading.value)
            .collect();
        assert_eq!(kept, [0.0, 100.0]);
    }
}
