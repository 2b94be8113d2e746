//! What figures are held against, and what no figure can be held against.

use super::Operator;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Limit {
    /// Of the figure after.
    Value(f64),
    /// From before to after, in the figure's unit.
    Change(f64),
    /// The same as a part of what was before.
    Part(f64),
}

impl Limit {
    /// What is wrong with a limit on which no run has any bearing: a gate that is always
    /// shut, or always open.
    pub(super) fn decided(self, operator: Operator) -> Option<String> {
        let (limit, least, why) = match self {
            Limit::Value(limit) => (limit, 0.0, "no figure is below 0"),
            Limit::Part(limit) => (limit, -1.0, "no figure falls by more than 100 %"),
            Limit::Change(_) => return None,
        };
        let is_always = match operator {
            Operator::Least => limit <= least,
            // Only what is gone altogether keeps `> -100%`, and for that there is `== 0`.
            Operator::More => limit < least || limit <= -1.0,
            Operator::Other => limit < least,
            Operator::Less | Operator::Most | Operator::Equal => false,
        };
        let is_never = match operator {
            Operator::Less => limit <= least,
            Operator::Most | Operator::Equal => limit < least,
            Operator::More | Operator::Least | Operator::Other => false,
        };
        let when = match (is_always, is_never) {
            (true, _) => "always",
            (_, true) => "never",
            _ => return None,
        };
        Some(format!(
            "{when} violated: {why}; write a limit such as +10%, -5% or 250"
        ))
    }
}
