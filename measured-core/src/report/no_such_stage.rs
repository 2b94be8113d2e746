//! A stage that was asked for and is not in the report.

use super::spelling::nearest;
use super::{Report, StageReport};
use std::error::Error;
use std::fmt;

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
        let there: Vec<String> = self.there.iter().map(|name| format!("{name:?}")).collect();
        write!(f, "{}", there.join(", "))?;
        match nearest(&self.asked, self.there.iter().map(String::as_str)) {
            Some(name) => write!(f, "; did you mean {name:?}?"),
            None => Ok(()),
        }
    }
}

impl Error for NoSuchStage {}
