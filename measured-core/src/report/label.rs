//! What a stage is called where all stages are: its name, unless others have it too.

use super::{Comparison, Report, StageComparison, StageReport};

impl Report {
    /// Its name; where another stage has that too, with where it is.
    pub(super) fn label(&self, stage: &StageReport) -> String {
        let stages = self.stages.iter();
        label(
            (&stage.name, &stage.location),
            stages.map(|it| (&*it.name, &*it.location)),
        )
    }
}

impl Comparison {
    /// As that of a report.
    pub(super) fn label(&self, stage: &StageComparison) -> String {
        let stages = self.stages.iter();
        label(
            (&stage.name, &stage.location),
            stages.map(|it| (&*it.name, &*it.location)),
        )
    }
}

/// Of a name and a location among all.
fn label<'a>(one: (&str, &str), all: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let (name, location) = one;
    let others: Vec<&str> = all
        .filter(|other| other.0 == name && other.1 != location)
        .map(|other| other.1)
        .collect();
    if others.is_empty() {
        return name.to_owned();
    }
    // As little of it as tells them apart: the beginnings of paths are alike, and where
    // room is short, it is the end that is cut.
    let tells = |part: &str| !others.iter().any(|other| ends_with(other, part));
    let starts = location.rmatch_indices(['/', '\\']).map(|(at, _)| at + 1);
    let tails = starts.map(|at| &location[at..]);
    let tail = tails
        .into_iter()
        .find(|tail| tells(tail))
        .unwrap_or(location);
    format!("{name} ({tail})")
}

/// Whether a path ends with these of its parts.
fn ends_with(path: &str, tail: &str) -> bool {
    path.strip_suffix(tail)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_told_where_the_name_does_not_do() {
        let all = [
            ("parse", "src/a.rs:1"),
            ("run", "src/a.rs:7"),
            ("run", "src/b.rs:7"),
            ("read", "src/x/mod.rs:3"),
            ("read", "src/y/mod.rs:3"),
            ("read", "src/y/mod.rs:4"),
            ("twice", "lib.rs:5"),
            ("twice", "lib.rs:5"),
            ("top", "main.rs:2"),
            ("top", "src/main.rs:2"),
        ];
        let labels = all.map(|one| label(one, all.into_iter()));
        assert_eq!(
            labels,
            [
                "parse",
                "run (a.rs:7)",
                "run (b.rs:7)",
                "read (x/mod.rs:3)",
                "read (y/mod.rs:3)",
                "read (mod.rs:4)",
                "twice",
                "twice",
                "top (main.rs:2)",
                "top (src/main.rs:2)",
            ]
        );
    }
}
