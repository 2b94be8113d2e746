//! The fourth stage: each reading gets the mean and the variance of its sensor's last
//! readings, itself included.

mod naive;
mod running;

use measured_core::measured_stage;
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

pub use self::naive::NaiveWindow;
pub use self::running::RunningWindow;
use crate::reading::Reading;

/// Adds to each reading the mean and the population variance of its sensor's last `window`
/// readings, itself included; of fewer while there are fewer.
///
/// ```
/// use sensor_pipeline::{Method, Reading, features};
///
/// let reading = |value| Reading { time: "12:00".into(), sensor: "pump".into(), value };
/// let readings = [1.0, 3.0, 5.0].map(reading);
///
/// let featured = features(readings.into_iter(), 2.try_into().unwrap(), Method::Running);
/// let moments: Vec<_> = featured.map(|f| (f.moments.mean, f.moments.variance)).collect();
/// assert_eq!(moments, [(1.0, 0.0), (2.0, 1.0), (4.0, 1.0)]);
/// ```
#[measured_stage("features")]
pub fn features(
    readings: impl Iterator<Item = Reading>,
    window: NonZeroUsize,
    method: Method,
) -> impl Iterator<Item = Featured> {
    let mut windows: HashMap<Arc<str>, Window> = HashMap::new();
    readings.map(move |reading| {
        let moments = match windows.get_mut(&*reading.sensor) {
            Some(window) => window.push(reading.value),
            None => windows
                .entry(Arc::clone(&reading.sensor))
                .or_insert_with(|| Window::new(window, method))
                .push(reading.value),
        };
        Featured { reading, moments }
    })
}

/// A reading with the features of its window.
///
/// ```
/// use sensor_pipeline::{Featured, Moments, Reading};
///
/// let featured = Featured {
///     reading: Reading { time: "12:00".into(), sensor: "pump".into(), value: 0.75 },
///     moments: Moments { mean: 0.5, variance: 0.0625 },
/// };
/// let distance = featured.reading.value - featured.moments.mean;
/// assert_eq!(distance, featured.moments.variance.sqrt());
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Featured {
    /// The reading.
    pub reading: Reading,
    /// Mean and variance of the window that ends with it.
    pub moments: Moments,
}

/// The first two moments of a window.
///
/// ```
/// use sensor_pipeline::{Moments, RunningWindow};
///
/// let mut window = RunningWindow::new(10.try_into().unwrap());
/// assert_eq!(window.push(7.0), Moments { mean: 7.0, variance: 0.0 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// The arithmetic mean.
    pub mean: f64,
    /// The population variance: the mean squared distance from the mean.
    pub variance: f64,
}

/// How the features of a window are computed.
///
/// ```
/// assert_eq!(sensor_pipeline::Method::default(), sensor_pipeline::Method::Running);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// [`RunningWindow`]: a few operations for each reading, however long the window.
    #[default]
    Running,
    /// [`NaiveWindow`]: sums the window for each reading. Kept as the specimen that a profiler
    /// must catch.
    Naive,
}

/// One sensor's window, by the method that was chosen when the pipeline started.
enum Window {
    Running(RunningWindow),
    Naive(NaiveWindow),
}

impl Window {
    fn new(length: NonZeroUsize, method: Method) -> Self {
        match method {
            Method::Running => Self::Running(RunningWindow::new(length)),
            Method::Naive => Self::Naive(NaiveWindow::new(length)),
        }
    }

    #[inline]
    fn push(&mut self, value: f64) -> Moments {
        match self {
            Self::Running(window) => window.push(value),
            Self::Naive(window) => window.push(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn readings(values: &[(u8, f64)]) -> impl Iterator<Item = Reading> {
        values.iter().map(|&(sensor, value)| Reading {
            time: "t".into(),
            sensor: sensor.to_string().into(),
            value,
        })
    }

    proptest! {
        #[test]
        fn each_sensor_has_its_own_window_by_either_method(
            values in vec((0..4_u8, 0.0..=1.0_f64), 0..200),
            window in prop_oneof![1..12_usize, Just(1000)],
        ) {
            let window = NonZeroUsize::new(window).expect("at least 1");
            let mut alone: HashMap<u8, NaiveWindow> = HashMap::new();
            let running = features(readings(&values), window, Method::Running);
            let naive = features(readings(&values), window, Method::Naive);
            for ((&(sensor, value), running), naive) in values.iter().zip(running).zip(naive) {
                let alone = alone.entry(sensor).or_insert_with(|| NaiveWindow::new(window));
                prop_assert_eq!(alone.push(value), naive.moments);
                prop_assert!((running.moments.mean - naive.moments.mean).abs() < 1e-13);
                prop_assert!((running.moments.variance - naive.moments.variance).abs() < 1e-13);
                prop_assert_eq!(running.reading, naive.reading);
            }
        }
    }
}
