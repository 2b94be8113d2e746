//! The tables, as they are printed.

use crate::profiling_alone::profile;
use measured_core::profile::{SortBy, scope};
use measured_core::{MockClock, profiled};

#[profiled]
fn window_sum(clock: &MockClock) {
    clock.advance(40);
}

#[profiled]
fn descend(clock: &MockClock, deep: u32) {
    clock.advance(1_000);
    if deep > 0 {
        descend(clock, deep - 1);
    }
}

/// The table without the numbers of its sources' lines, which move with every edit, and
/// the rule, which is as long as they are.
fn without_lines(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("--"));
    let lines = lines.map(|line| match line.split_once("printed.rs:") {
        Some((figures, place)) => {
            let name = place.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{figures}printed.rs{name}\n")
        }
        None => format!("{line}\n"),
    });
    lines.collect()
}

#[test]
fn a_profile_has_the_columns_of_pstats() {
    let stats = profile(|clock| {
        scope!("features");
        for _ in 0..1_250 {
            window_sum(clock);
            window_sum(clock);
        }
        descend(clock, 4);
        clock.advance(3_000);
    });
    assert_eq!(
        without_lines(&stats.to_string()),
        "\
2,506 function calls (2,502 primitive calls) in 0.000 seconds
Ordered by: cumtime

ncalls    tottime  percall    cumtime    percall  file:line(function)
     1    3.00 µs  3.00 µs  108.00 µs  108.00 µs  printed.rs(features)
 2,500  100.00 µs    40 ns  100.00 µs      40 ns  printed.rs(window_sum)
   5/1    5.00 µs  1.00 µs    5.00 µs    5.00 µs  printed.rs(descend)

1 thread of 108.00 µs wall; timing the calls cost 0 ns, taken off.
"
    );
    assert_eq!(
        without_lines(&stats.sort_by(SortBy::Calls).top(1).to_string()),
        "\
2,506 function calls (2,502 primitive calls) in 0.000 seconds
Ordered by: ncalls; 1 of 3 functions

ncalls    tottime  percall    cumtime  percall  file:line(function)
 2,500  100.00 µs    40 ns  100.00 µs    40 ns  printed.rs(window_sum)

1 thread of 108.00 µs wall; timing the calls cost 0 ns, taken off.
"
    );
}

#[test]
fn a_comparison_says_what_became_of_each() {
    let naive = profile(|clock| {
        scope!("features");
        (0..10).for_each(|_| window_sum(clock));
        clock.advance(100);
    });
    let running = profile(|clock| {
        scope!("features");
        clock.advance(50);
    });
    assert_eq!(
        without_lines(&running.compare_to(&naive).to_string()),
        "\
file:line(function)       ncalls before  after  cumtime before  after   change
printed.rs(features)               1      1          500 ns  50 ns  -90.0 %
printed.rs(window_sum)             10      -          400 ns      -     gone

all functions 500 ns before, 50 ns after, -90.0 %.
"
    );
    let backwards = naive.compare_to(&running).to_string();
    assert!(backwards.contains("new"), "{backwards}");
    assert!(
        backwards.ends_with("all functions 50 ns before, 500 ns after, +900.0 %.\n"),
        "{backwards}"
    );
    let nothing = profile(|_| ());
    assert_eq!(
        nothing.compare_to(&nothing).to_string(),
        "No function was called, before or after.\n"
    );
}

#[test]
fn nothing_is_said_of_nothing() {
    let stats = profile(|_| ());
    assert_eq!(stats.to_string(), "0 function calls in 0.000 seconds\n");
    assert_eq!(
        stats.filter("x").to_string(),
        "0 function calls in 0.000 seconds\n"
    );
}

#[test]
fn what_is_not_in_a_profile_is_said_so() {
    let stats = profile(|clock| {
        scope!("features");
        window_sum(clock);
    });
    let missing = "No function has \"nosuch\" in its file:line(function).\n";
    assert_eq!(stats.callers("nosuch").to_string(), missing);
    assert_eq!(stats.callees("nosuch").to_string(), missing);
    let filtered = stats.filter("nosuch").to_string();
    assert!(filtered.contains(missing), "{filtered}");
    assert_eq!(
        stats.callers("(features)").to_string(),
        "Nothing that is profiled called (features).\n"
    );
    assert_eq!(
        stats.callees("(window_sum)").to_string(),
        "(window_sum) called nothing that is profiled.\n"
    );
    let none = stats.top(0).to_string();
    assert!(none.contains("; 0 of 2 functions\n"), "{none}");
}
