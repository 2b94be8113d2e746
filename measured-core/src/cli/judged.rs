//! A comparison of reports, held against rules.

use super::Failure;
use super::format::Shown;
use crate::grid::{Sentence, Table, Tone};
use crate::report::{Comparison, Report, Rule, RuleError, Violation};
use serde_json::json;
use std::slice;

/// Whatever its rules come to, there is a comparison to be shown: it may be of a run that took
/// an hour.
pub(super) struct Judged {
    comparison: Comparison,
    violations: Vec<Violation>,
    /// Of rules about what is not there, or not known well enough.
    undecided: Vec<RuleError>,
}

impl Judged {
    pub(super) fn of(before: &[Report], after: &[Report], rules: &[Rule]) -> Judged {
        let mut judged = Judged {
            comparison: Comparison::between(before, after),
            violations: Vec::new(),
            undecided: Vec::new(),
        };
        for rule in rules {
            match judged.comparison.check(slice::from_ref(rule)) {
                Ok(violations) => judged.violations.extend(violations),
                Err(undecided) => judged.undecided.push(undecided),
            }
        }
        judged
    }

    /// A failure where a rule is violated, or none is but nobody knows of all.
    /// Whether anybody read the comparison has no bearing on it: a gate is shut all the same.
    pub(super) fn verdict(&self) -> Result<(), Failure> {
        let told: Vec<String> = self.told().collect();
        if told.is_empty() {
            Ok(())
        } else if self.violations.is_empty() {
            Err(Failure::Usage(format!("--fail-on: {}", told.join("; "))))
        } else {
            Err(Failure::Rules(told))
        }
    }

    fn told(&self) -> impl Iterator<Item = String> + '_ {
        let violations = self.violations.iter();
        let violations = violations.map(|violation| format!("violated: {violation}"));
        violations.chain(self.undecided.iter().map(ToString::to_string))
    }
}

impl Shown for Judged {
    fn table(&self) -> Table {
        self.comparison.table()
    }

    /// With what goes to standard error otherwise: a pull request has none.
    fn markdown(&self) -> String {
        let told = self.told().map(|told| Sentence::new(told).tone(Tone::Bad));
        told.fold(self.table(), Table::say).to_markdown()
    }

    fn json(&self) -> String {
        let violations: Vec<String> = self.violations.iter().map(ToString::to_string).collect();
        let undecided: Vec<String> = self.undecided.iter().map(ToString::to_string).collect();
        let all = json!({"comparison": self.comparison, "violations": violations, "undecided": undecided});
        format!("{all:#}\n")
    }
}
