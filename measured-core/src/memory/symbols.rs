//! From where a program goes on to the line of the user's code: what is done when
//! somebody reads, never when a block is allocated.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A line of somebody's code, and the function that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) function: String,
    /// Empty where the program does not know.
    pub(super) file: String,
    /// 0 where the program does not know.
    pub(super) number: u32,
}

/// The lines that were found so far: finding one takes microseconds, and the first
/// one reads the program's debug information.
#[derive(Debug)]
pub(super) struct Symbols {
    /// Innermost first: functions that were inlined, and then the one they are in.
    lines: HashMap<usize, Vec<Line>>,
    folder: PathBuf,
}

impl Symbols {
    pub(super) fn new() -> Symbols {
        Symbols {
            lines: HashMap::new(),
            folder: std::env::current_dir().unwrap_or_default(),
        }
    }

    /// The innermost line of a stack that is neither the allocator's nor the standard
    /// library's; `None` where all of them are.
    pub(super) fn line_of(&mut self, frames: &[usize]) -> Option<Line> {
        let mut lines = frames.iter().map(|&frame| self.lines_at(frame));
        let mut line = lines.find_map(|lines| lines.into_iter().find(is_of_the_user))?;
        line.file = shortened(Path::new(&line.file), &self.folder);
        Some(line)
    }

    fn lines_at(&mut self, frame: usize) -> Vec<Line> {
        let found = self.lines.entry(frame);
        found.or_insert_with(|| found_at(frame)).clone()
    }
}

fn found_at(frame: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let address = std::ptr::without_provenance_mut(frame);
    backtrace::resolve(address, |symbol| {
        let Some(name) = symbol.name() else { return };
        let file = symbol.filename();
        lines.push(Line {
            // Without the hashes that tell instances apart.
            function: format!("{name:#}"),
            file: file.map_or_else(String::new, |file| file.to_string_lossy().into_owned()),
            number: symbol.lineno().unwrap_or(0),
        });
    });
    lines
}

/// As seen from the working folder, if it is below that.
fn shortened(file: &Path, folder: &Path) -> String {
    let below = file.strip_prefix(folder).unwrap_or(file);
    below.to_string_lossy().into_owned()
}

fn is_of_the_user(line: &Line) -> bool {
    let is_library = line.file.contains("lib/rustlib/src/rust/library/")
        || line.file.starts_with("/rustc/")
        || line.file.starts_with("/rust/deps/")
        || line.file.contains("/backtrace-0.");
    !is_library && !is_own_file(&line.file) && !is_library_name(&line.function)
}

/// Where the program knows lines and no more, functions that were inlined have no path
/// in their names, and only their file tells whose they are.
fn is_own_file(file: &str) -> bool {
    let folder = |file| Path::new(file).parent();
    // As the compiler was given it: from the root of the workspace, or from that of the disk.
    let own = folder(file!()).expect("a file is in a folder");
    folder(file).is_some_and(|folder| folder.ends_with(own))
}

/// By name, for programs without debug information.
fn is_library_name(function: &str) -> bool {
    const OWN: &str = "measured_core::memory::";
    const LIBRARIES: [&str; 8] = [
        "core::",
        "alloc::",
        "std::",
        "hashbrown::",
        "backtrace::",
        "__rust",
        "__rdl",
        OWN,
    ];
    let is_library = |path: &str| LIBRARIES.iter().any(|library| path.starts_with(library));
    let Some(within) = function.strip_prefix('<') else {
        return is_library(function) || !function.contains("::") && function.starts_with("_R");
    };
    match within.split_once(" as ") {
        // `<T as alloc::…>`: the library's, for whatever `T` is.
        Some((of, path)) if !of.contains("::") => is_library(path),
        _ => is_library(within),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_told_by_its_names() {
        for function in [
            "alloc::raw_vec::RawVec<T,A>::grow_one",
            "<alloc::vec::Vec<T> as core::iter::traits::collect::FromIterator<T>>::from_iter",
            "<T as alloc::slice::hack::ConvertVec>::to_vec",
            "__rustc::__rust_alloc",
            "<measured_core::memory::allocator::TrackingAllocator<A> as core::alloc::global::GlobalAlloc>::alloc",
        ] {
            assert!(is_library_name(function), "{function}");
        }
        for function in [
            "main",
            "sensor_pipeline::parse::fields",
            "<sensor_pipeline::row::Row as core::clone::Clone>::clone",
            "measured_core::registry::Registry::new",
            "alloc_free::run",
        ] {
            assert!(!is_library_name(function), "{function}");
        }
    }

    #[test]
    fn the_allocator_is_told_by_its_files() {
        let own = Path::new(file!()).with_file_name("places.rs");
        let of = |file: &Path| Line {
            function: "walk".to_owned(),
            file: file.to_string_lossy().into_owned(),
            number: 230,
        };
        assert!(!is_of_the_user(&of(&own)));
        assert!(!is_of_the_user(&of(&Path::new("/home/user").join(&own))));
        for mine in [
            "/home/user/src/memory/places.rs",
            "/home/user/rust/library/main.rs",
        ] {
            assert!(is_of_the_user(&of(Path::new(mine))));
        }
    }

    #[test]
    fn a_line_of_this_test_is_found() {
        let mut frames = Vec::new();
        backtrace::trace(|frame| {
            frames.push(frame.ip().addr());
            true
        });
        let line = Symbols::new().lines_at(frames[frames.len().min(64) - 1]);
        let all: Vec<Line> = frames.iter().flat_map(|&f| found_at(f)).collect();
        assert!(
            all.iter()
                .any(|l| l.function.contains("a_line_of_this_test_is_found")),
            "{line:?} {all:?}"
        );
    }
}
