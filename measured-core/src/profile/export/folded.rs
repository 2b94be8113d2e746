//! Folded stacks: one line for each way to call a function.

use super::super::stats::ProfileStats;
use std::fmt::Write;

impl ProfileStats {
    /// As folded stacks, which flame graph programs read: a line for each way to call a
    /// function, its callers from the outermost on with semicolons between, and the
    /// nanoseconds of its own.
    ///
    /// ```
    /// use measured_core::profile::Profiler;
    /// use measured_core::{Clock, MockClock, profiled};
    ///
    /// #[profiled]
    /// fn outer(clock: &MockClock) {
    ///     clock.advance(5);
    ///     inner(clock);
    /// }
    ///
    /// #[profiled]
    /// fn inner(clock: &MockClock) {
    ///     clock.advance(12);
    /// }
    ///
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// let clock = MockClock::new();
    /// let profiler = Profiler::start_with(Clock::Mock(clock.clone()))?;
    /// outer(&clock);
    /// assert_eq!(profiler.stop().to_folded(), "outer 5\nouter;inner 12\n");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn to_folded(&self) -> String {
        let labels: Vec<String> = self.labels().iter().map(|label| frame(label)).collect();
        let mut text = String::new();
        for call in self.calls.iter().filter(|call| call.self_ns > 0) {
            let mut stack: Vec<&str> = self
                .ancestors(call)
                .map(|above| &*labels[above.function])
                .collect();
            stack.reverse();
            stack.push(&labels[call.function]);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{} {}", stack.join(";"), call.self_ns);
        }
        text
    }
}

/// A name that neither ends its frame nor its line.
fn frame(name: &str) -> String {
    name.replace(';', ":").replace(char::is_control, " ")
}
