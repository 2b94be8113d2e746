//! What a stage is called where all stages are: its name, unless others have it too.

use super::{Report, StageComparison, StageReport, StageSkew};

impl Report {
    /// Its name; where another stage has that too, with where it is.
    pub(super) fn label(&self, stage: &StageReport) -> String {
        label(stage, &self.stages)
    }
}

/// What has a name, and is somewhere.
pub(super) trait Placed {
    /// Its name, and its location.
    fn place(&self) -> (&str, &str);
}

impl Placed for StageReport {
    fn place(&self) -> (&str, &str) {
        (&self.name, &self.location)
    }
}

impl Placed for StageComparison {
    fn place(&self) -> (&str, &str) {
        (&self.name, &self.location)
    }
}

impl Placed for StageSkew {
    fn place(&self) -> (&str, &str) {
        (&self.name, &self.location)
    }
}

/// What one of them is called among all: by where it is, if it has no name.
pub(super) fn label<T: Placed>(one: &T, all: &[T]) -> String {
    let (name, location) = one.place();
    let others: Vec<&str> = all
        .iter()
        .map(Placed::place)
        .filter(|other| other.0 == name && other.1 != location)
        .map(|(_, elsewhere)| elsewhere)
        .collect();
    if others.is_empty() && !name.is_empty() {
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
    format!("{name} ({tail})").trim_start().to_owned()
}

/// Whether a path ends with these of its parts.
fn ends_with(path: &str, tail: &str) -> bool {
    path.strip_suffix(tail)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with(['/', '\\']))
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Placed for (&str, &str) {
        fn place(&self) -> (&str, &str) {
            *self
        }
    }

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
            ("", "src/main.rs:3"),
        ];
        let labels = all.map(|one| label(&one, &all));
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
                "(main.rs:3)",
            ]
        );
    }
}
