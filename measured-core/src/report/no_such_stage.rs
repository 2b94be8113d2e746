//! A stage that was asked for and is not in the report.

use super::spelling::nearest;
use super::{Report, StageReport};
use crate::figures::count;
use std::collections::HashSet;
use std::error::Error;
use std::fmt;

/// Of more names nobody reads the rest.
const LISTED: usize = 20;

/// There is no stage of this name in the report.
///
/// ```
/// # if cfg!(feature = "enable") {
/// # use measured_core::{Measured, Registry};
/// # let registry = Registry::new();
/// # registry.scope(|| (0..10).measured("parse").measured("filter").for_each(drop));
/// let error = registry.capture().what_if("filtre", 2.0).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"no stage "filtre" in the report, which has "parse", "filter"; did you mean "filter"?"#
/// );
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NoSuchStage {
    /// What was asked for.
    pub asked: String,
    /// The stages that there are, in pipeline order.
    pub there: Vec<String>,
}

impl Report {
    /// The first stage of this name, with an error that says what might have been meant.
    pub(super) fn find(&self, name: &str) -> Result<&StageReport, NoSuchStage> {
        self.stage(name).ok_or_else(|| NoSuchStage {
            asked: name.to_owned(),
            there: self.stages.iter().map(|stage| stage.name.clone()).collect(),
        })
    }
}

impl fmt::Display for NoSuchStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no stage {:?} in the report, which has ", self.asked)?;
        if self.there.is_empty() {
            return write!(f, "none");
        }
        let mut seen = HashSet::new();
        let there = self.there.iter().filter(|name| seen.insert(*name));
        let there: Vec<String> = there.map(|name| format!("{name:?}")).collect();
        let (listed, rest) = there.split_at(there.len().min(LISTED));
        write!(f, "{}", listed.join(", "))?;
        if !rest.is_empty() {
            write!(f, ", and {} more", count(rest.len() as u64))?;
        }
        match nearest(&self.asked, self.there.iter().map(String::as_str)) {
            Some(name) => write!(f, "; did you mean {name:?}?"),
            None => Ok(()),
        }
    }
}

impl Error for NoSuchStage {}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(asked: &str, there: impl IntoIterator<Item = String>) -> String {
        let (asked, there) = (asked.to_owned(), there.into_iter().collect());
        NoSuchStage { asked, there }.to_string()
    }

    #[test]
    fn a_name_is_listed_once() {
        let there = ["run", "run", "sink"].map(str::to_owned);
        assert_eq!(
            said("x", there),
            "no stage \"x\" in the report, which has \"run\", \"sink\""
        );
    }

    #[test]
    fn of_many_names_the_first_are_listed_and_the_nearest_is_offered() {
        let said = said("step 999", (0..2_000).map(|n| format!("stap {n}")));
        assert!(
            said.contains("\"stap 19\", and 1,980 more; did you mean \"stap 999\"?"),
            "{said}"
        );
    }
}
