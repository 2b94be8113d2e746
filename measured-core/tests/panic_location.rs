//! A panic inside a stage names the user's function and line, not ours.

use std::backtrace::Backtrace;
use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};

use measured_core::measured_stage;

#[measured_stage]
fn eager(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    let mut values: Vec<u32> = values.collect();
    values.remove(9); // eager panics here
    values.into_iter()
}

#[measured_stage]
fn lazy(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    values.map(|value| {
        value.checked_sub(1).unwrap() // lazy panics here
    })
}

#[measured_stage]
fn sink(values: Box<dyn Iterator<Item = u32>>) -> Result<u32, String> {
    let sum: u32 = values.sum();
    if sum == 0 {
        return Err("nothing to add".to_owned());
    }
    assert_eq!(sum, 7); // sink panics here
    Ok(sum)
}

struct Seen {
    line: u32,
    backtrace: String,
}

thread_local! {
    static SEEN: RefCell<Option<Seen>> = const { RefCell::new(None) };
}

/// What a panic hook sees of the panic in `stage`.
fn seen<R>(stage: impl FnOnce() -> R) -> Seen {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(|info| {
        let line = info.location().expect("a panic has a location").line();
        let backtrace = Backtrace::force_capture().to_string();
        SEEN.set(Some(Seen { line, backtrace }));
    }));
    let result = panic::catch_unwind(AssertUnwindSafe(stage));
    panic::set_hook(usual);
    assert!(result.is_err(), "the stage was to panic");
    SEEN.take().expect("the hook was called")
}

/// The line on which that comment stands.
fn line_of(comment: &str) -> u32 {
    let line = include_str!("panic_location.rs")
        .lines()
        .position(|line| line.ends_with(comment));
    u32::try_from(line.unwrap() + 1).unwrap()
}

// One test: the panic hook is the whole process's.
#[test]
fn panics_are_the_functions_own() {
    for (name, seen) in [
        ("eager", seen(|| eager(0..3).count())),
        ("lazy", seen(|| lazy(0..3).count())),
        ("sink", seen(|| sink(Box::new(0..3)))),
    ] {
        let line = line_of(&format!("// {name} panics here"));
        assert_eq!(seen.line, line, "{name}");
        let backtrace = seen.backtrace;
        assert!(
            backtrace.contains(&format!("panic_location::{name}")),
            "{name}: {backtrace}"
        );
        if cfg!(debug_assertions) {
            assert!(
                backtrace.contains(&format!("panic_location.rs:{line}")),
                "{name}: {backtrace}"
            );
        }
    }
}
