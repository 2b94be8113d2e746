//! Which stage of one report is which of another.

use super::{Report, StageReport};
use std::collections::HashSet;

/// What a stage is known by: its name, and where several have it, its location.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) name: String,
    pub(super) location: String,
}

impl Identity {
    fn of(stage: &StageReport) -> Identity {
        Identity {
            name: stage.name.clone(),
            location: stage.location.clone(),
        }
    }

    /// Those of all stages of a report.
    pub(super) fn all(stages: &[StageReport]) -> Vec<Identity> {
        stages.iter().map(Identity::of).collect()
    }

    fn file(&self) -> &str {
        self.location
            .rsplit_once(':')
            .map_or(&*self.location, |(file, _)| file)
    }
}

/// For each of `new`, which of `known` it is: of those with its name the one at its
/// location, else the first left in its file, else the first left. Lines move with
/// every edit above them, so that a location alone says nothing.
pub(super) fn paired(known: &[Identity], new: &[Identity]) -> Vec<Option<usize>> {
    let mut partners = vec![None; new.len()];
    let same: [fn(&Identity, &Identity) -> bool; 3] = [
        |a, b| a.location == b.location,
        |a, b| a.file() == b.file(),
        |_, _| true,
    ];
    for is_same in same {
        pair(&mut partners, known, new, is_same);
    }
    partners
}

/// The same where the two are added up, and what is paired wrongly is a wrong sum: those
/// of one name are one at one location only, or, where their name is among `unique`,
/// wherever they are.
pub(super) fn paired_to_add(
    known: &[Identity],
    new: &[Identity],
    unique: &HashSet<&str>,
) -> Vec<Option<usize>> {
    let mut partners = vec![None; new.len()];
    pair(&mut partners, known, new, |a, b| {
        a.location == b.location || unique.contains(&*a.name)
    });
    partners
}

/// Each that has no partner yet gets the first of its name that is free and the same.
fn pair(
    partners: &mut [Option<usize>],
    known: &[Identity],
    new: &[Identity],
    is_same: impl Fn(&Identity, &Identity) -> bool,
) {
    for (at, stage) in new.iter().enumerate() {
        if partners[at].is_none() {
            partners[at] = known.iter().enumerate().position(|(candidate, other)| {
                other.name == stage.name
                    && is_same(other, stage)
                    && !partners.contains(&Some(candidate))
            });
        }
    }
}

/// The names that no report has several times.
pub(super) fn unique_names(reports: &[Report]) -> HashSet<&str> {
    let (mut names, mut repeated) = (HashSet::new(), HashSet::new());
    for report in reports {
        let mut here = HashSet::new();
        for name in report.stages.iter().map(|stage| &*stage.name) {
            if !here.insert(name) {
                repeated.insert(name);
            }
        }
        names.extend(here);
    }
    &names - &repeated
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stages(listed: &[(&str, &str)]) -> Vec<Identity> {
        let stage = |&(name, location): &(&str, &str)| Identity {
            name: name.to_owned(),
            location: location.to_owned(),
        };
        listed.iter().map(stage).collect()
    }

    #[test]
    fn stages_are_found_again() {
        let known = stages(&[
            ("a", "x.rs:1"),
            ("b", "x.rs:9"),
            ("b", "y.rs:9"),
            ("b", "y.rs:20"),
        ]);
        for (new, expected) in [
            (vec![("a", "x.rs:1")], vec![Some(0)]),
            // Moved to another line, to another file.
            (vec![("a", "x.rs:7")], vec![Some(0)]),
            (vec![("a", "z.rs:7")], vec![Some(0)]),
            (vec![("c", "x.rs:1")], vec![None]),
            // The one that has not moved comes first, wherever it stands.
            (
                vec![("b", "y.rs:11"), ("b", "y.rs:9")],
                vec![Some(3), Some(2)],
            ),
            (vec![("b", "y.rs:11")], vec![Some(2)]),
            (vec![("a", "x.rs:2"), ("a", "x.rs:3")], vec![Some(0), None]),
        ] {
            assert_eq!(paired(&known, &stages(&new)), expected, "{new:?}");
        }
    }
}
