//! Every mistake that the attributes answer, with the message that is the answer.

use std::fs;
use std::path::Path;

#[test]
fn mistakes_are_answered() {
    let mistakes = trybuild::TestCases::new();
    mistakes.compile_fail("tests/mistakes/*.rs");
    // What the attribute cannot see is for the traits of the code that it makes, where it makes any.
    if cfg!(feature = "enable") {
        mistakes.compile_fail("tests/mistakes/enabled/*.rs");
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
        .flat_map(|folder| fs::read_dir(folder).expect("the mistakes"))
        .flat_map(|entry| answers_in(&entry.expect("a mistake").path()))
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
        .filter_map(|line| line.strip_prefix("error: "));
    answers.map(str::to_owned).collect()
}
