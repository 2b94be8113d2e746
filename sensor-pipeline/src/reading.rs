//! What flows through the pipeline once rows have been parsed.

use crate::timestamp::Timestamp;
use std::sync::Arc;

/// One reading of one sensor.
///
/// `V` is what is known about the value: `Option<f64>` behind [`parse`](crate::parse()), where it
/// may be missing, and `f64` behind [`filter`](crate::filter()), where it may not. So no later
/// stage can forget to ask.
///
/// A reading is cheap to make and to pass on: it holds its time, and all readings of a sensor share
/// its name.
///
/// ```
/// use sensor_pipeline::Reading;
///
/// let reading = Reading { time: "2013-12-02 21:15:00".into(), sensor: "boiler".into(), value: 73.96 };
/// let missing = reading.clone().with_value(None::<f64>);
/// assert_eq!(missing.sensor, reading.sensor);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Reading<V = f64> {
    /// When.
    pub time: Timestamp,
    /// Which sensor; empty where the input has no such column.
    pub sensor: Arc<str>,
    /// How much.
    pub value: V,
}

impl<V> Reading<V> {
    /// The same reading with another value.
    ///
    /// ```
    /// # use sensor_pipeline::Reading;
    /// let reading = Reading { time: "12:00".into(), sensor: "pump".into(), value: 20.0 };
    /// assert_eq!(reading.with_value(0.2).value, 0.2);
    /// ```
    #[must_use]
    pub fn with_value<W>(self, value: W) -> Reading<W> {
        Reading {
            time: self.time,
            sensor: self.sensor,
            value,
        }
    }
}
