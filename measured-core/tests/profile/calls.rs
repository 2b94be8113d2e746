//! What calls amount to.

use crate::profiling_alone::{figures, profile};
use measured_core::profile::{ProfileStats, SortBy, scope};
use measured_core::{MockClock, profiled};

#[profiled]
fn leaf(clock: &MockClock) {
    clock.advance(3);
}

#[profiled]
fn branch(clock: &MockClock) {
    clock.advance(10);
    leaf(clock);
    leaf(clock);
    clock.advance(1);
}

#[profiled]
fn fibonacci(n: u64, clock: &MockClock) -> u64 {
    clock.advance(1);
    if n < 2 {
        n
    } else {
        fibonacci(n - 1, clock) + fibonacci(n - 2, clock)
    }
}

#[profiled]
fn is_even(n: u64, clock: &MockClock) -> bool {
    clock.advance(2);
    n == 0 || is_odd(n - 1, clock)
}

#[profiled]
fn is_odd(n: u64, clock: &MockClock) -> bool {
    clock.advance(5);
    if n == 0 {
        leaf(clock);
    }
    n > 0 && is_even(n - 1, clock)
}

#[test]
fn own_time_leaves_callees_out_and_cumulative_time_does_not() {
    let stats = profile(|clock| {
        branch(clock);
        clock.advance(1_000);
        leaf(clock);
    });
    assert_eq!(figures(&stats, "branch"), [1, 1, 11, 17]);
    assert_eq!(figures(&stats, "leaf"), [3, 3, 9, 9]);
    assert_eq!((stats.calls(), stats.primitive_calls()), (4, 4));
    assert_eq!((stats.total_ns(), stats.wall_ns()), (20, 1_020));
    assert_eq!((stats.threads(), stats.instrumentation_ns()), (1, 0));
}

#[test]
fn recursion_is_counted_once_in_cumulative_time() {
    let stats = profile(|clock| {
        assert_eq!(fibonacci(10, clock), 55);
    });
    assert_eq!(figures(&stats, "fibonacci"), [177, 1, 177, 177]);
}

#[test]
fn recursion_has_no_depth_at_which_it_is_miscounted() {
    let stats = profile(|clock| {
        assert!(!is_even(10_001, clock));
    });
    assert_eq!(figures(&stats, "is_even"), [5_001, 1, 10_002, 35_010]);
    assert_eq!(figures(&stats, "is_odd"), [5_001, 1, 25_005, 35_008]);
    // Called at the very bottom for the first time, and its callers know of it.
    assert_eq!(figures(&stats, "leaf"), [1, 1, 3, 3]);
    assert_eq!(stats.unplaced_calls(), 0);
    assert_eq!(stats.total_ns(), stats.wall_ns());
}

#[test]
fn a_scope_ends_with_its_block() {
    let stats = profile(|clock| {
        scope!("all");
        for _ in 0..3 {
            scope!("a third");
            clock.advance(2);
        }
        clock.advance(1);
    });
    assert_eq!(figures(&stats, "all"), [1, 1, 1, 7]);
    assert_eq!(figures(&stats, "a third"), [3, 3, 6, 6]);
}

#[test]
fn callers_and_callees_are_told_apart() {
    let stats = profile(|clock| {
        branch(clock);
        {
            scope!("another");
            leaf(clock);
        }
        leaf(clock);
    });
    let rows = |table: measured_core::profile::ProfileTable| {
        let rows = table.rows().iter();
        rows.map(|row| (row.name.clone(), row.calls, row.cumulative_ns))
            .collect::<Vec<_>>()
    };
    let named = |name: &str, calls, ns| (name.to_owned(), calls, ns);
    assert_eq!(
        rows(stats.callers("(leaf)")),
        [named("branch", 2, 6), named("another", 1, 3)]
    );
    assert_eq!(rows(stats.callees("(branch)")), [named("leaf", 2, 6)]);
    assert_eq!(rows(stats.callers("(branch)")), []);
}

#[test]
fn what_a_recursive_function_has_of_its_callers_is_counted_once() {
    let stats = profile(|clock| {
        is_even(4, clock);
    });
    let callers = stats.callers("(is_odd)");
    let caller = &callers.rows()[0];
    assert_eq!((&*caller.name, caller.calls), ("is_even", 2));
    assert_eq!((caller.primitive_calls, caller.cumulative_ns), (1, 14));
}

#[test]
fn all_orders_are_total() {
    let stats = profile(|clock| {
        branch(clock);
        scope!("zero");
    });
    let names = |order| {
        let table = stats.sort_by(order);
        let names = table.rows().iter().map(|row| row.name.clone());
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(SortBy::Cumulative), ["branch", "leaf", "zero"]);
    assert_eq!(names(SortBy::Total), ["branch", "leaf", "zero"]);
    assert_eq!(names(SortBy::Calls), ["leaf", "branch", "zero"]);
    assert_eq!(names(SortBy::Name), ["branch", "leaf", "zero"]);
}

#[test]
fn profiles_add_up() {
    let once = |times| {
        profile(|clock| {
            for _ in 0..times {
                branch(clock);
            }
        })
    };
    let (mut left, mut right) = (once(2), once(3));
    let other = left.clone();
    left.merge(&right);
    right.merge(&other);
    assert_eq!(left, right);
    assert_eq!(left.functions(), once(5).functions());
    left.merge(&ProfileStats::default());
    assert_eq!(left, right);
}

#[test]
fn a_change_is_seen_function_by_function() {
    let before = profile(|clock| {
        branch(clock);
        scope!("old");
    });
    let after = profile(|clock| {
        clock.advance(0);
        leaf(clock);
        scope!("new");
    });
    let comparison = after.compare_to(&before);
    let seen = comparison.functions.iter().map(|row| {
        let ns = |side: &Option<measured_core::profile::FunctionStats>| {
            side.as_ref().map(|it| it.cumulative_ns)
        };
        (&*row.name, ns(&row.before), ns(&row.after))
    });
    assert_eq!(
        seen.collect::<Vec<_>>(),
        [
            ("branch", Some(17), None),
            ("leaf", Some(6), Some(3)),
            ("new", None, Some(0)),
            ("old", Some(0), None),
        ]
    );
}
