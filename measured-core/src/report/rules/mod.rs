//! Rules for machines: what a comparison must not show.

mod figure;
mod limit;
mod parse;

use super::compare::{Comparison, Difference, StageComparison, Verdict};
use super::no_such_stage::NoSuchStage;
use crate::figures::{change, or_dash, plus_or_minus};
use figure::Figure;
use limit::Limit;
use std::fmt;

/// What must not be, of a figure before and after: `features.self_ns > +10%`.
///
/// A rule is a figure, a comparison (`>`, `>=`, `<`, `<=`, `==`, `!=`) and a limit; it
/// is violated where the comparison holds.
///
/// - **Figures** of a stage, after its name and a dot: `self_ns` (self time per record),
///   `p99_ns`, `throughput_rps`, `selectivity`, `records_in`, `records_out`,
///   `records_err`, `panicked`, as in [`StageComparison`]. Of the whole: `wall_ns`.
/// - **Names** stand as they are, dots included; in double quotes, with `\"` and `\\`,
///   where they hold blanks, quotes or one of `<>=!`: `"a < b".self_ns`. A name that
///   several stages have stands for all of them.
/// - **Limits** with `%` are changes as parts of what was before, `+10%`, `-5%`;
///   limits with a sign and no `%` are changes in the figure's own unit, `+20`; limits
///   with neither are held against the figure after, `250`.
///
/// Where a limit is a change, a difference that noise explains counts as none. So
/// `> +10%` is violated where a stage got slower by more than 10 % *and* the
/// difference [is shown](Difference::is_shown); `!= 0%` where any is shown. Counts have
/// no noise within one report, so that with one report a side `filter.selectivity !=
/// 0%` is violated by a single record.
///
/// Where self times are [too quick](crate::Report::is_below_resolution) for the clock, or a
/// limit that is no change meets a `self_ns` of [low
/// confidence](StageComparison::low_confidence), nobody knows whether the rule is violated,
/// and to check it is an error.
///
/// ```
/// # fn main() -> Result<(), measured_core::RuleError> {
/// # if cfg!(feature = "enable") {
/// use measured_core::{Report, Rule};
///
/// let rule: Rule = "wall_ns > +10%".parse()?;
/// let report = Report::capture();
/// assert_eq!(report.compare_to(&report).check(&[rule])?, []);
/// # }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    text: String,
    /// `None`: the whole.
    stage: Option<String>,
    figure: Figure,
    operator: Operator,
    limit: Limit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    More,
    Least,
    Less,
    Most,
    Equal,
    Other,
}

/// A rule that was violated; prints as one line.
///
/// ```
/// # if cfg!(feature = "enable") {
/// # use measured_core::{Measured, Registry, Rule};
/// # let registry = Registry::new();
/// # let run = |n| { registry.scope(|| (0..n).measured("parse").for_each(drop)); registry.capture() };
/// let (before, after) = (run(10), run(10));
/// let rule: Rule = "parse.records_out != 0%".parse()?;
/// let violations = after.compare_to(&before).check(&[rule])?;
/// assert!(violations[0].to_string().starts_with("parse.records_out != 0%: 10 before, 20 after, +100.0 %"));
/// # }
/// # Ok::<(), measured_core::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// Where the stage is that violates it; `None` for the whole.
    pub location: Option<String>,
    /// How it does.
    pub difference: Difference,
}

/// A rule that cannot be read, or that asks for what is not there; prints as one line
/// that says what to write instead.
///
/// ```
/// use measured_core::Rule;
///
/// assert_eq!(
///     "filter.self_ns > ten".parse::<Rule>().unwrap_err().to_string(),
///     r#"rule "filter.self_ns > ten", column 18: no number: write a limit such as +10%, -5% or 250"#,
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError(String);

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RuleError {}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |value: Option<f64>| or_dash(value, |value| self.rule.figure.written(value));
        let Difference { before, after, .. } = self.difference;
        write!(
            f,
            "{}: {} before, {} after",
            self.rule,
            written(before),
            written(after)
        )?;
        if let Some(part) = self.difference.relative() {
            let noise = self.difference.relative_noise().unwrap_or(0.0);
            write!(f, ", {}{}", change(part), plus_or_minus(noise))?;
        }
        match &self.location {
            Some(location) => write!(f, " ({location})"),
            None => Ok(()),
        }
    }
}

impl Comparison {
    /// The violations of these rules, in their order.
    ///
    /// # Errors
    /// A rule about a stage or a figure that is not there: it would never be violated. Or
    /// about one that the reports do not know well enough to decide.
    ///
    /// ```
    /// use measured_core::{Report, Rule};
    ///
    /// let report = Report::capture();
    /// let rules: Vec<Rule> = vec!["features.self_ns > +10%".parse()?];
    /// let error = report.compare_to(&report).check(&rules).unwrap_err();
    /// assert!(error.to_string().contains("features"), "{error}");
    /// # Ok::<(), measured_core::RuleError>(())
    /// ```
    pub fn check(&self, rules: &[Rule]) -> Result<Vec<Violation>, RuleError> {
        let mut violations = Vec::new();
        for rule in rules {
            for (stage, difference) in rule.subjects(self)? {
                if let Some(why) = stage.and_then(|stage| rule.undecided(stage)) {
                    return Err(rule.refused(&format!("not decided: {why}")));
                }
                if rule
                    .is_violated(difference)
                    .ok_or_else(|| rule.lacks(stage, difference))?
                {
                    violations.push(Violation {
                        rule: rule.clone(),
                        location: stage.map(|stage| stage.location.clone()),
                        difference: *difference,
                    });
                }
            }
        }
        Ok(violations)
    }
}

impl Rule {
    /// What it is about: the whole, or all stages of a name.
    fn subjects<'a>(
        &self,
        comparison: &'a Comparison,
    ) -> Result<Vec<(Option<&'a StageComparison>, &'a Difference)>, RuleError> {
        let Some(name) = &self.stage else {
            return Ok(vec![(None, &comparison.wall_ns)]);
        };
        let stages = comparison.stages.iter().filter(|stage| stage.name == *name);
        let subjects: Vec<_> = stages
            .map(|stage| (Some(stage), self.figure.of(stage, comparison)))
            .collect();
        if subjects.is_empty() {
            let there = comparison.stages.iter().map(|stage| stage.name.clone());
            let error = NoSuchStage {
                asked: name.clone(),
                there: there.collect(),
            };
            return Err(self.refused(&error.to_string()));
        }
        Ok(subjects)
    }

    /// Why nobody knows whether it is violated. A change of the self time has in its noise
    /// what samples missed and what the clock does not resolve, and is known where one
    /// side is; a figure by itself has none.
    fn undecided(&self, stage: &StageComparison) -> Option<&'static str> {
        let is_value = matches!(self.limit, Limit::Value(_));
        let (before, after) = (stage.too_quick_before, stage.too_quick_after);
        let is_too_quick = match self.figure {
            Figure::Own if is_value => after,
            Figure::Own => before && after,
            Figure::P99 => before || after,
            _ => false,
        };
        let is_doubted = self.figure == Figure::Own && is_value && stage.low_confidence;
        if is_too_quick {
            Some(
                "the stage is too quick to be timed; take the rule out, or measure it and its neighbours as one stage",
            )
        } else if is_doubted {
            Some(
                "the samples do not carry it; capture with MEASURED=every, or write a change such as +10%",
            )
        } else {
            None
        }
    }

    /// `None` where there is nothing to hold it against.
    fn is_violated(&self, difference: &Difference) -> Option<bool> {
        let shown = |value: f64| if difference.is_shown() { value } else { 0.0 };
        let (value, limit) = match self.limit {
            Limit::Value(limit) => (difference.after?, limit),
            Limit::Change(limit) => (shown(difference.after? - difference.before?), limit),
            Limit::Part(limit) => (shown(difference.relative()?), limit),
        };
        Some(self.operator.holds(value, limit))
    }

    fn lacks(&self, stage: Option<&StageComparison>, difference: &Difference) -> RuleError {
        let figure = self.figure.name();
        let side = if difference.after.is_none() {
            "after"
        } else {
            "before"
        };
        let why = match stage.map(|stage| stage.verdict) {
            Some(Verdict::Gone) => "the stage is gone; take the rule out, or bring the stage back",
            Some(Verdict::New) => "the stage is new; write a limit without sign and % for it",
            Some(Verdict::NeverReached) => "the stage never ran; run what calls it",
            Some(Verdict::NotMeasured) => "timing was off there; run with MEASURED=sampled",
            None => "there are no reports, or timing was off; give one with MEASURED=sampled",
            Some(_) if self.figure == Figure::Selectivity => "the stage took in no records",
            Some(_) => "no record was timed; capture with timing `sampled` or `every`",
        };
        self.refused(&format!("there is no {figure} {side}: {why}"))
    }

    fn refused(&self, why: &str) -> RuleError {
        RuleError(format!("rule {:?}: {why}", self.text))
    }
}

impl Operator {
    /// The longer first, as `>` begins `>=`.
    const ALL: [(&'static str, Operator); 6] = [
        (">=", Operator::Least),
        ("<=", Operator::Most),
        ("==", Operator::Equal),
        ("!=", Operator::Other),
        (">", Operator::More),
        ("<", Operator::Less),
    ];

    fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Operator::More => value > limit,
            Operator::Least => value >= limit,
            Operator::Less => value < limit,
            Operator::Most => value <= limit,
            #[allow(clippy::float_cmp, reason = "`== 0%` and counts mean exactly that")]
            Operator::Equal => value == limit,
            #[allow(clippy::float_cmp, reason = "`!= 0%` and counts mean exactly that")]
            Operator::Other => value != limit,
        }
    }
}
