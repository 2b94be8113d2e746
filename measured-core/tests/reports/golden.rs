//! Texts that are held against the files of `golden/`.
//!
//! After a change that is meant: `BLESS=1 cargo test -p measured-core --all-features --test reports`,
//! and read what `git diff` says.

use std::path::Path;
use std::{env, fs};

#[track_caller]
pub(crate) fn assert_golden(name: &str, text: &str) {
    let file = Path::new("tests/reports/golden").join(name);
    if env::var_os("BLESS").is_some() {
        fs::write(&file, text).expect("a folder for it");
        return;
    }
    let golden = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        text == golden,
        "not as in {}, which BLESS=1 writes:\n{text}",
        file.display()
    );
}
