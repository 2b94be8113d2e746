//! That what the documentation links to is there: files and chapters, and in the guides
//! of rustdoc the pages that take the place of files.

use std::fs;
use std::path::{Path, PathBuf};

const REPOSITORY: &str = "https://github.com/measured-rs/measured/blob/main/";

#[test]
fn every_link_leads_somewhere() {
    let mut links = 0;
    for page in pages() {
        let text = read(&page);
        let folder = page.parent().expect("a folder");
        for target in definitions(&text)
            .map(|(_, target)| target)
            .chain(inline(&text))
        {
            let (file, chapter) = target.split_once('#').unwrap_or((target, ""));
            let file = match file.strip_prefix(REPOSITORY) {
                Some(file) => Path::new("..").join(file),
                None if file.contains("://") => continue,
                None if file.is_empty() => page.clone(),
                None => folder.join(file),
            };
            links += 1;
            assert!(file.exists(), "{}: {target} is not there", page.display());
            let known = chapter.is_empty() || chapters(&read(&file)).any(|known| known == chapter);
            assert!(known, "{}: {target} is no chapter", page.display());
        }
    }
    assert!(links > 50, "{links}");
}

#[test]
fn what_a_guide_links_to_has_a_page_in_rustdoc() {
    let source = read(Path::new("src/guide.rs"));
    let mut overridden = Vec::new();
    let mut guides = 0;
    for line in source.lines() {
        if let Some((_, rest)) = line.split_once("#[doc = \"[") {
            overridden.push(rest.split_once("]: ").expect("a definition").0);
        } else if let Some((_, rest)) = line.split_once("include_str!(\"../docs/") {
            let name = rest.split_once('"').expect("a file").0;
            let text = read(&Path::new("../docs").join(name));
            let links = definitions(&text);
            for (link, _) in links.filter(|(_, target)| is_ours(target)) {
                assert!(
                    overridden.contains(&link),
                    "docs/{name}: [{link}] in guide.rs"
                );
            }
            let lost = inline(&text).find(|target| is_ours(target));
            assert_eq!(
                lost, None,
                "docs/{name}: a link in the text has no override"
            );
            overridden.clear();
            guides += 1;
        }
    }
    assert!(guides >= 11, "{guides}");
}

#[test]
fn contents_name_every_chapter_in_order() {
    let mut lists = 0;
    for page in pages() {
        let text = read(&page);
        let chapters: Vec<_> = headings(&text, "## ").map(anchor).collect();
        let listed: Vec<_> = text
            .lines()
            .filter_map(|line| line.strip_prefix("- [")?.split_once("](#"))
            .filter_map(|(_, target)| target.strip_suffix(')'))
            .collect();
        if !listed.is_empty() {
            assert_eq!(listed, chapters, "{}", page.display());
            lists += 1;
        }
    }
    assert!(lists > 3, "{lists}");
}

fn pages() -> Vec<PathBuf> {
    let guides = fs::read_dir("../docs").expect("the guides");
    let guides = guides.map(|guide| guide.expect("a guide").path());
    let others = [
        "../README.md",
        "../ARCHITECTURE.md",
        "../CHANGELOG.md",
        "../CONTRIBUTING.md",
        "../benches/README.md",
    ];
    guides
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .chain(others.map(PathBuf::from))
        .collect()
}

fn read(page: &Path) -> String {
    fs::read_to_string(page).unwrap_or_else(|error| panic!("{}: {error}", page.display()))
}

/// What is a file of this repository, or a page about this crate.
fn is_ours(target: &str) -> bool {
    let is_file = !target.contains("://") && !target.starts_with('#');
    is_file || target.starts_with(REPOSITORY) || target.contains("docs.rs/measured-core/")
}

/// The lines outside of blocks of code.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_block = false;
    text.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        in_block ^= fence;
        !fence && !in_block
    })
}

/// `[name]: target`
fn definitions(text: &str) -> impl Iterator<Item = (&str, &str)> {
    prose(text).filter_map(|line| line.strip_prefix('[')?.split_once("]: "))
}

/// `[text](target)`
fn inline(text: &str) -> impl Iterator<Item = &str> {
    prose(text)
        .flat_map(|line| line.split("](").skip(1))
        .map(|rest| rest.split_once(')').expect("the end of a link").0)
}

fn headings<'a>(text: &'a str, mark: &str) -> impl Iterator<Item = &'a str> {
    prose(text).filter_map(move |line| line.strip_prefix(mark))
}

fn chapters(text: &str) -> impl Iterator<Item = String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#').trim()))
}

/// As GitHub and rustdoc make it of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        _ => c.is_alphanumeric().then(|| c.to_ascii_lowercase()),
    });
    kept.collect()
}
