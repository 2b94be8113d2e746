//! Who called a function, and whom it called.

use super::stats::{Call, FunctionStats, ProfileStats};
use super::table::{Pattern, ProfileTable, unmatched};
use std::collections::BTreeMap;

impl ProfileStats {
    /// Who called the functions that match `name`, as [`filter`](ProfileTable::filter)
    /// has it. A row is a caller, its figures those of the calls that it made of them.
    ///
    /// ```
    /// use measured_core::profile::{Profiler, scope};
    ///
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// let (_, stats) = Profiler::run(|| {
    ///     scope!("features");
    ///     for _ in 0..2 {
    ///         scope!("sum");
    ///     }
    /// })?;
    /// let callers = stats.callers("sum");
    /// assert_eq!((&*callers.rows()[0].name, callers.rows()[0].calls), ("features", 2));
    /// print!("{callers}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn callers(&self, name: &str) -> ProfileTable {
        let callee = self.matching(name);
        let rows = self.edges(|caller, call| (callee[call.function]).then_some(caller));
        let heading = if !callee.contains(&true) {
            unmatched(name)
        } else if rows.is_empty() {
            format!("Nothing that is profiled called {name}.")
        } else {
            format!("Callers of {name}:")
        };
        ProfileTable::new(rows).saying(heading)
    }

    /// Whom the functions that match `name` called: a row is a callee, its figures those
    /// of the calls that they made of it.
    ///
    /// ```
    /// # use measured_core::profile::{Profiler, scope};
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # let (_, stats) = Profiler::run(|| {
    /// #     scope!("features");
    /// #     scope!("sum");
    /// # })?;
    /// assert_eq!(stats.callees("features").rows()[0].name, "sum");
    /// # Ok(())
    /// # }
    /// ```
    pub fn callees(&self, name: &str) -> ProfileTable {
        let caller = self.matching(name);
        let rows = self.edges(|by, call| caller[by].then_some(call.function));
        let heading = if !caller.contains(&true) {
            unmatched(name)
        } else if rows.is_empty() {
            format!("{name} called nothing that is profiled.")
        } else {
            format!("Called by {name}:")
        };
        ProfileTable::new(rows).saying(heading)
    }

    fn matching(&self, name: &str) -> Vec<bool> {
        let pattern = Pattern::new(name);
        let functions = self.functions.iter();
        functions
            .map(|place| pattern.matches(&place.uncalled()))
            .collect()
    }

    /// The calls of one function by another, added up by what `row` makes of the
    /// caller and the call.
    fn edges(&self, row: impl Fn(usize, &Call) -> Option<usize>) -> Vec<FunctionStats> {
        let row_of = |call: &Call| {
            let caller = call.parent.map(|parent| self.calls[parent].function);
            row(caller?, call)
        };
        let mut rows: BTreeMap<usize, FunctionStats> = BTreeMap::new();
        for (call, cumulative) in self.calls.iter().zip(self.cumulative()) {
            let Some(at) = row_of(call) else { continue };
            let again = self.ancestors(call).any(|above| row_of(above) == Some(at));
            rows.entry(at)
                .or_insert_with(|| self.functions[at].uncalled())
                .add(call, cumulative, again);
        }
        rows.into_values().collect()
    }
}
