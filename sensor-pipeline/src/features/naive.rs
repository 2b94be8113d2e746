//! The window summed anew for each value: right, simple, and as slow as the window is long.

use super::Moments;
use measured_core::profiled;
use std::collections::VecDeque;
use std::num::NonZeroUsize;

/// A trailing window that is summed twice for each value: once for the mean, once for the variance.
///
/// That is how one writes it first. It is kept because a profiler must catch it, and because
/// [`RunningWindow`](super::RunningWindow) is tested against it.
///
/// ```
/// use sensor_pipeline::NaiveWindow;
///
/// let mut window = NaiveWindow::new(2.try_into().unwrap());
/// window.push(1.0);
/// assert_eq!(window.push(3.0).mean, 2.0);
/// ```
#[derive(Clone, Debug)]
pub struct NaiveWindow {
    length: usize,
    values: VecDeque<f64>,
}

impl NaiveWindow {
    /// An empty window that will hold the last `length` values.
    ///
    /// ```
    /// # use sensor_pipeline::NaiveWindow;
    /// let window = NaiveWindow::new(10.try_into().unwrap());
    /// ```
    #[must_use]
    pub fn new(length: NonZeroUsize) -> Self {
        Self {
            length: length.get(),
            values: VecDeque::new(),
        }
    }

    /// Takes a value in, lets the oldest go if the window is full, and gives the moments of the
    /// values in the window.
    ///
    /// ```
    /// # use sensor_pipeline::NaiveWindow;
    /// let mut window = NaiveWindow::new(2.try_into().unwrap());
    /// let means = [1.0, 3.0, 5.0].map(|value| window.push(value).mean);
    /// assert_eq!(means, [1.0, 2.0, 4.0]);
    /// ```
    #[expect(
        clippy::cast_precision_loss,
        reason = "a window of 2^53 values fits no memory"
    )]
    pub fn push(&mut self, value: f64) -> Moments {
        if self.values.len() == self.length {
            self.values.pop_front();
        }
        self.values.push_back(value);
        let count = self.values.len() as f64;
        let mean = window_sum(self.values.iter().copied()) / count;
        let squares = self
            .values
            .iter()
            .map(|value| (value - mean) * (value - mean));
        let variance = window_sum(squares) / count;
        Moments { mean, variance }
    }
}

/// The hot spot: called twice for each value, and each time through the whole window.
#[profiled]
fn window_sum(values: impl Iterator<Item = f64>) -> f64 {
    values.sum()
}
