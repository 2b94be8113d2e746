//! Statistics as JSON.

use super::entries::Entries;
use crate::json;
use serde::Serialize;

impl<T: Serialize> Entries<T> {
    /// As JSON, indented, with a line feed at its end: `by`, `is_exact`, and `entries`
    /// with the fields of [`Statistic`](super::Statistic) or
    /// [`StatisticDiff`](super::StatisticDiff).
    ///
    /// ```
    /// use measured_core::memory::{GroupBy, Snapshot};
    ///
    /// let before = Snapshot::take();
    /// let json = before.statistics(GroupBy::Stage).to_json();
    /// assert!(json.starts_with("{\n  \"by\": \"stage\",\n"));
    ///
    /// let json = Snapshot::take().compare_to(&before, GroupBy::File).to_json();
    /// assert!(json.starts_with("{\n  \"by\": \"file\",\n"));
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        json::to_text(self)
    }
}
