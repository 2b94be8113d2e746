//! That imports run one way: the order of ARCHITECTURE.md, read from it and held
//! against the `crate::` paths of the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn no_module_imports_from_above_itself() {
    let order = order();
    let mut used = BTreeSet::new();
    let mut upward = Vec::new();
    for file in sources(Path::new("src")) {
        let module = module_of(&file);
        used.insert(module.clone());
        let Some(height) = height(&order, &module) else {
            continue;
        };
        let text = fs::read_to_string(&file).expect("a source");
        for (at, line) in production(&text) {
            for import in imports(line) {
                let at = format!("{}:{}: {import}", file.display(), at + 1);
                // No braces behind `crate::`, in which this finds no module.
                let Some(imported) = self::height(&order, import) else {
                    panic!("{at:?} is no module of ARCHITECTURE.md's order");
                };
                // A module's own parts are its own affair.
                if import != module && imported >= height {
                    upward.push(at);
                }
            }
        }
    }
    assert!(
        upward.is_empty(),
        "imported from the same step or from above:\n{}",
        upward.join("\n")
    );

    let listed: BTreeSet<String> = order.into_iter().flatten().collect();
    let unlisted: Vec<_> = used.difference(&listed).collect();
    assert!(
        unlisted.is_empty(),
        "not in ARCHITECTURE.md's order: {unlisted:?}"
    );
}

/// The steps of the order, lowest first: the lines of the block that is marked `text imports`.
fn order() -> Vec<Vec<String>> {
    let architecture = fs::read_to_string("../ARCHITECTURE.md").expect("ARCHITECTURE.md");
    let (_, block) = architecture
        .split_once("```text imports\n")
        .expect("a block marked `text imports`");
    let (block, _) = block.split_once("```").expect("its end");
    let steps: Vec<Vec<String>> = block
        .lines()
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .collect();
    assert!(steps.len() > 5, "{block}");
    steps
}

fn height(order: &[Vec<String>], module: &str) -> Option<usize> {
    order
        .iter()
        .position(|step| step.iter().any(|listed| listed == module))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of sources");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = paths
        .flat_map(|path| {
            if path.is_dir() {
                sources(&path)
            } else {
                vec![path]
            }
        })
        .collect();
    files.sort();
    files
}

/// `src/stage/run.rs` is part of `stage`, `src/timing.rs` is `timing`.
fn module_of(file: &Path) -> String {
    let below_src = file
        .strip_prefix("src")
        .expect("a source")
        .with_extension("");
    let first = below_src.iter().next().expect("a name");
    first.to_string_lossy().into_owned()
}

/// The lines of a source, counted from 0, without its unit tests, which may look up.
fn production(text: &str) -> impl Iterator<Item = (usize, &str)> {
    // How far the test is indented that is left out just now.
    let mut left_out = None;
    text.lines().enumerate().filter(move |(_, line)| {
        let code = line.trim_start();
        let indent = line.len() - code.len();
        let is_test = left_out.is_some() || code == "#[cfg(test)]";
        if code == "#[cfg(test)]" {
            left_out.get_or_insert(indent);
        } else if left_out == Some(indent) && code.ends_with(['}', ';', ',']) {
            left_out = None;
        }
        !is_test
    })
}

/// The modules that a line of code names by `crate::`; comments may name any.
fn imports(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or(line);
    code.split("crate::").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        let name = rest.get(..end.unwrap_or(rest.len()))?;
        // Types are re-exported by the front door.
        let is_type = name.starts_with(char::is_uppercase);
        // The crate's exported macros stand in no module.
        let is_macro = name.starts_with("__");
        (!is_macro).then_some(if is_type { "lib" } else { name })
    })
}
