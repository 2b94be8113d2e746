//! Every mistake that the attributes answer, with the message that is the answer.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the compiler says of a lifetime, alone of its errors without a code.
const OF_A_LIFETIME: &str = "error: lifetime may not live long enough";

/// Whose own words some answers quote. Other compilers put them differently, or in
/// another order.
const QUOTED: &str = "rustc 1.95.";

#[test]
fn mistakes_are_answered() {
    let mistakes = trybuild::TestCases::new();
    let mut folders = vec!["tests/mistakes"];
    // What the attribute cannot see is for the traits of the code that it makes, where it makes any.
    if cfg!(feature = "enable") {
        folders.push("tests/mistakes/enabled");
    }
    let cases = folders.into_iter().flat_map(files);
    let cases = cases.filter(|path| path.extension().is_some_and(|end| end == "rs"));
    let compiler = compiler();
    for case in cases {
        if compiler.starts_with(QUOTED) || !quotes_the_compiler(&case.with_extension("stderr")) {
            mistakes.compile_fail(case);
        } else {
            let case = case.display();
            // Not captured: a test that passes is not heard otherwise.
            let _ = writeln!(
                io::stderr(),
                "skipped: {case} quotes {QUOTED}x, and this is {compiler}"
            );
        }
    }
}

#[test]
fn the_guides_know_every_answer_and_no_other() {
    let guides = ["attribute", "profiling"]
        .map(|name| fs::read_to_string(format!("../docs/{name}.md")).expect("a guide"));
    let phrases: Vec<&str> = guides.iter().flat_map(|guide| phrases_in(guide)).collect();
    let folders = ["tests/mistakes", "tests/mistakes/enabled"];
    let answers: Vec<String> = folders
        .iter()
        .flat_map(|folder| files(folder))
        .flat_map(|path| answers_in(&path))
        .collect();
    for answer in &answers {
        let known = phrases.iter().any(|phrase| answer.contains(phrase));
        assert!(known, "not in a guide: {answer}");
    }
    for phrase in phrases {
        let given = answers.iter().any(|answer| answer.contains(phrase));
        assert!(given, "no mistake is answered so: {phrase}");
    }
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the mistakes");
    entries
        .map(|entry| entry.expect("a mistake").path())
        .collect()
}

/// `rustc 1.95.0 (…)`
fn compiler() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output();
    let version = version.expect("rustc, which has compiled this").stdout;
    String::from_utf8_lossy(&version).trim().to_owned()
}

/// Whether the compiler itself is among those who answer: by an error of its own, or by
/// a lint that says our words in a sentence of its.
fn quotes_the_compiler(answers: &Path) -> bool {
    // A new mistake has no answers yet, and is given them by trybuild.
    let answers = fs::read_to_string(answers).unwrap_or_default();
    let own = ["error[", OF_A_LIFETIME, "error: use of deprecated"];
    answers
        .lines()
        .any(|line| own.iter().any(|own| line.starts_with(own)))
}

/// What a guide's table of messages quotes of them.
fn phrases_in(guide: &str) -> Vec<&str> {
    let (_, chapter) = guide.split_once("## When it says no").expect("the chapter");
    let (chapter, _) = chapter.split_once("\n## ").expect("the chapter after it");
    let rows = chapter.lines().filter_map(|row| row.strip_prefix("| `"));
    rows.filter_map(|row| row.split_once(" | "))
        .flat_map(|(message, _)| message.split("``"))
        // A message may leave its end open.
        .map(|phrase| phrase.trim_matches(['`', ' ', ',', '…']))
        .filter(|phrase| !phrase.is_empty())
        .collect()
}

/// The messages of ours that a compilation ended with; the compiler's own have a code.
fn answers_in(path: &Path) -> Vec<String> {
    if path
        .extension()
        .is_none_or(|extension| extension != "stderr")
    {
        return Vec::new();
    }
    let output = fs::read_to_string(path).expect("a message");
    let answers = output
        .lines()
        .filter(|line| *line != OF_A_LIFETIME)
        .filter_map(|line| line.strip_prefix("error: "));
    answers.map(str::to_owned).collect()
}
