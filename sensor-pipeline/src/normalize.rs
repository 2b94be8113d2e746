//! The third stage: values of every range become comparable.

use crate::range::Range;
use crate::reading::Reading;
use measured_core::measured_stage;

/// Maps values from the range to 0 … 1.
///
/// ```
/// use sensor_pipeline::{Range, Reading, normalize};
///
/// let reading = |value| Reading { time: "12:00".into(), sensor: "pump".into(), value };
///
/// let readings = normalize([reading(25.0)].into_iter(), Range::new(0.0, 100.0)?);
/// assert!(readings.eq([reading(0.25)]));
/// # Ok::<(), sensor_pipeline::RangeError>(())
/// ```
#[measured_stage("normalize")]
pub fn normalize(
    readings: impl Iterator<Item = Reading>,
    range: Range,
) -> impl Iterator<Item = Reading> {
    readings.map(move |reading| {
        let value = range.normalize(reading.value);
        reading.with_value(value)
    })
}
