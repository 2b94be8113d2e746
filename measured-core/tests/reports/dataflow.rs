//! Starved, busy, blocked; and that the order of filters is the one that costs least.

use crate::pipeline::{USUAL, report};
use measured_core::{Measured, MockClock, Registry, Report, Timing, measured_stage};

#[test]
fn a_stage_is_starved_busy_or_blocked_and_nothing_else() {
    let report = report(USUAL);
    for stage in &report.stages {
        let parts = [stage.starved(), stage.busy(), stage.blocked()].map(Option::unwrap);
        let whole: f64 = parts.iter().sum();
        assert!((whole - 1.0).abs() < 1e-9, "{}: {parts:?}", stage.name);
    }
    // The bottleneck is busy; what is before it is blocked, what is after it starved.
    let [keep, slow] = &report.stages[..] else {
        panic!("{report}")
    };
    assert!(keep.blocked() > Some(0.8) && slow.busy() > Some(0.8));
    assert!(slow.starved() < Some(0.2) && keep.starved() < Some(0.2));
}

/// One digit of a number decides, so that those that pass one filter are no likelier to
/// pass another.
#[derive(Clone, Copy)]
struct Filter {
    name: &'static str,
    digit: u64,
    below: u64,
    ns: u64,
}

const FILTERS: [Filter; 3] = [
    Filter {
        name: "cheap and mild",
        digit: 1,
        below: 9,
        ns: 10,
    },
    Filter {
        name: "dear and strict",
        digit: 10,
        below: 1,
        ns: 70,
    },
    Filter {
        name: "neither",
        digit: 100,
        below: 5,
        ns: 30,
    },
];

fn filtered(order: [usize; 3]) -> Report {
    let clock = MockClock::new();
    let registry = Registry::new()
        .with_clock(clock.clone())
        .with_timing(Timing::Every);
    registry.scope(|| {
        let mut records: Box<dyn Iterator<Item = u64>> = Box::new((0..1_000).measured("numbers"));
        for filter in order.map(|at| FILTERS[at]) {
            let clock = clock.clone();
            let passing = records.filter(move |n| {
                clock.advance(filter.ns);
                n / filter.digit % 10 < filter.below
            });
            records = Box::new(passing.measured(filter.name));
        }
        assert_eq!(records.count(), 45);
    });
    registry.capture()
}

#[test]
fn no_other_order_of_filters_costs_less() {
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    let cheapest = orders
        .into_iter()
        .min_by_key(|&order| filtered(order).wall_ns);
    let names = cheapest.unwrap().map(|at| FILTERS[at].name);
    assert_eq!(names, ["neither", "dear and strict", "cheap and mild"]);
    // Whatever the order in which they were measured.
    for order in orders {
        let found = filtered(order).filter_order();
        let found: Vec<&str> = found.iter().map(|filter| filter.stage.as_str()).collect();
        assert_eq!(found, names, "measured in the order {order:?}");
    }
}

#[measured_stage("sevenths")]
fn sevenths(numbers: impl Iterator<Item = u64>, clock: MockClock) -> Vec<u64> {
    let numbers = numbers.inspect(|_| clock.advance(10));
    numbers.filter(|n| n % 7 == 0).collect()
}

#[test]
fn a_stage_that_returns_a_collection_is_no_filter() {
    let clock = MockClock::new();
    let registry = Registry::new()
        .with_clock(clock.clone())
        .with_timing(Timing::Every);
    registry.scope(|| {
        let numbers = (0..1_000).inspect(|_| clock.advance(30));
        let evens = numbers.filter(|n| n % 2 == 0).measured("evens");
        sevenths(evens, clock.clone())
    });
    let report = registry.capture();
    let sevenths = report.stage("sevenths").unwrap();
    assert_eq!((sevenths.records_in, sevenths.records_out), (500, 72));
    let text = report.dataflow().to_string();
    assert!(!text.contains("Filters"), "{text}");
    let marked = registry.capture().filter_order();
    assert!(
        marked.iter().all(|filter| filter.stage != "sevenths"),
        "{marked:?}"
    );
}
