//! Statistics as JSON.

use super::differences::StatisticDiffs;
use super::statistics::Statistics;
use crate::json;

impl Statistics {
    /// As JSON, indented, with a line feed at its end: `by`, `is_exact`, and `entries`
    /// with the fields of [`Statistic`](super::Statistic).
    ///
    /// ```
    /// use measured_core::memory::{GroupBy, Snapshot};
    ///
    /// let json = Snapshot::take().statistics(GroupBy::Stage).to_json();
    /// assert!(json.starts_with("{\n  \"by\": \"stage\",\n"));
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        json::to_text(self)
    }
}

impl StatisticDiffs {
    /// As JSON, indented, with a line feed at its end: `by`, `is_exact`, and `entries`
    /// with the fields of [`StatisticDiff`](super::StatisticDiff).
    ///
    /// ```
    /// use measured_core::memory::{GroupBy, Snapshot};
    ///
    /// let before = Snapshot::take();
    /// let json = Snapshot::take().compare_to(&before, GroupBy::File).to_json();
    /// assert!(json.starts_with("{\n  \"by\": \"file\",\n"));
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        json::to_text(self)
    }
}
