//! A comparison of reports, held against rules.

use super::Failure;
use super::format::Shown;
use crate::grid::{Sentence, Table, Tone};
use crate::report::{Comparison, Report, Rule, Violation};
use serde_json::json;

pub(super) struct Judged {
    comparison: Comparison,
    violations: Vec<Violation>,
}

impl Judged {
    pub(super) fn of(
        before: &[Report],
        after: &[Report],
        rules: &[Rule],
    ) -> Result<Judged, Failure> {
        let comparison = Comparison::between(before, after);
        let violations = comparison
            .check(rules)
            .map_err(|error| Failure::Usage(format!("--fail-on: {error}")))?;
        Ok(Judged {
            comparison,
            violations,
        })
    }

    /// A failure where a rule is violated.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        if self.violations.is_empty() {
            return Ok(());
        }
        Err(Failure::Rules(self.told().collect()))
    }

    fn told(&self) -> impl Iterator<Item = String> + '_ {
        let violations = self.violations.iter();
        violations.map(|violation| format!("violated: {violation}"))
    }
}

impl Shown for Judged {
    fn table(&self) -> Table {
        self.comparison.table()
    }

    /// With the violations, which go to standard error otherwise: a pull request has none.
    fn markdown(&self) -> String {
        let violated = self.told().map(|told| Sentence::new(told).tone(Tone::Bad));
        violated.fold(self.table(), Table::say).to_markdown()
    }

    fn json(&self) -> String {
        let violations: Vec<String> = self.violations.iter().map(ToString::to_string).collect();
        let both = json!({"comparison": self.comparison, "violations": violations});
        format!("{both:#}\n")
    }
}
