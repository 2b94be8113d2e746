//! That ARCHITECTURE.md's list of folders names every source file, and none that is gone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn the_list_of_folders_names_every_file() {
    let architecture = fs::read_to_string("../ARCHITECTURE.md").expect("ARCHITECTURE.md");
    let (_, list) = architecture
        .split_once("```text\nmeasured-core/src/\n")
        .expect("the list of folders");
    let (list, _) = list.split_once("```").expect("its end");
    let listed: BTreeSet<&str> = list
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
        .filter(|word| {
            word.strip_suffix(".rs")
                .is_some_and(|name| !name.is_empty())
        })
        .collect();

    let described = ["src", "../measured-macros/src"];
    let there: BTreeSet<String> = described
        .map(Path::new)
        .into_iter()
        .flat_map(files)
        .collect();
    let unlisted: Vec<_> = there
        .iter()
        .filter(|file| !listed.contains(file.as_str()))
        .collect();
    assert!(unlisted.is_empty(), "not in ARCHITECTURE.md: {unlisted:?}");

    let elsewhere = files(Path::new("../sensor-pipeline/src"));
    let gone: Vec<_> = listed
        .iter()
        .filter(|&&file| !there.contains(file) && !elsewhere.iter().any(|name| name == file))
        .collect();
    assert!(gone.is_empty(), "in ARCHITECTURE.md alone: {gone:?}");
}

/// The names of a folder's sources, but of those that are what their folder is.
fn files(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        if path.is_dir() {
            files.append(&mut self::files(&path));
        } else if name.ends_with(".rs") && name != "mod.rs" && name != "off.rs" {
            files.push(name.into_owned());
        }
    }
    files
}
