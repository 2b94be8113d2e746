//! That what runs inside of the allocator neither locks, formats, panics by itself, nor
//! has a thread-local with a destructor: read from its sources.

use std::fs;

/// The files whose code runs for each block.
const INSIDE: [&str; 7] = [
    "allocator",
    "events",
    "ledger",
    "own_memory",
    "peak",
    "places",
    "trailer",
];

/// What must not be in them, with what it would do.
const FORBIDDEN: [(&str, &str); 16] = [
    ("Mutex", "locks"),
    ("RwLock", "locks"),
    ("OnceLock", "may lock"),
    ("LazyLock", "may lock"),
    ("RefCell", "panics when it is borrowed twice"),
    ("format!", "formats"),
    ("print", "formats and locks"),
    ("panic!", "panics"),
    ("unreachable!", "panics"),
    ("todo!", "panics"),
    (".unwrap()", "panics"),
    (".expect(", "panics"),
    ("assert!", "panics"),
    ("assert_eq!", "panics"),
    ("Vec", "allocates"),
    ("Box", "allocates"),
];

#[test]
fn nothing_inside_the_allocator_locks_formats_panics_or_allocates() {
    for file in INSIDE {
        let path = format!("src/memory/{file}.rs");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let production = text.split("#[cfg(test)]").next().unwrap_or(&text);
        for (at, line) in production.lines().enumerate() {
            let code = line.split("//").next().unwrap_or(line);
            for (word, does) in FORBIDDEN {
                assert!(!code.contains(word), "{path}:{}: `{word}` {does}", at + 1);
            }
        }
        for block in production.split("thread_local! {").skip(1) {
            let (cells, _) = block.split_once("\n}\n").expect("the end of a block");
            let made = cells.matches(" static ").count();
            let without_lazy_start = cells.matches("= const {").count();
            assert!(made > 0 && made == without_lazy_start, "{path}: {cells}");
        }
    }
}
