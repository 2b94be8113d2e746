//! Measured stages are in the profile by themselves.

use crate::profiling_alone::{alone, figures, profile};
use measured_core::profile::Profiler;
use measured_core::{Clock, Measured, MockClock, measured_stage, profiled};

#[measured_stage]
fn source(clock: MockClock, records: u64) -> impl Iterator<Item = u64> {
    clock.advance(100);
    (0..records).inspect(move |_| clock.advance(3))
}

#[measured_stage]
fn doubled(records: impl Iterator<Item = u64>, clock: MockClock) -> impl Iterator<Item = u64> {
    records.map(move |n| twice(n, &clock))
}

#[profiled]
fn twice(n: u64, clock: &MockClock) -> u64 {
    clock.advance(5);
    2 * n
}

#[measured_stage]
fn total(records: impl Iterator<Item = u64>, clock: &MockClock) -> u64 {
    records.inspect(|_| clock.advance(7)).sum()
}

#[measured_stage(timing = counts)]
fn counted(records: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    records
}

#[test]
fn what_a_stage_pulls_from_is_its_callee() {
    let stats = profile(|clock| {
        let records = doubled(source(clock.clone(), 4), clock.clone());
        assert_eq!(total(records, clock), 12);
    });
    // Its body, and a pull for each record and one that finds nothing.
    assert_eq!(figures(&stats, "source"), [6, 6, 112, 112]);
    assert_eq!(figures(&stats, "doubled"), [6, 6, 0, 32]);
    assert_eq!(figures(&stats, "twice"), [4, 4, 20, 20]);
    assert_eq!(figures(&stats, "total"), [1, 1, 28, 60]);
    assert_eq!(stats.total_ns(), stats.wall_ns());
    let callers = stats.callers("(source)");
    assert_eq!(
        (&*callers.rows()[0].name, callers.rows()[0].calls),
        ("doubled", 5)
    );
}

#[test]
fn a_mark_is_a_stage_like_any_other() {
    let stats = profile(|clock| {
        let clock = clock.clone();
        (0..3)
            .inspect(move |_| clock.advance(2))
            .measured("marked")
            .for_each(drop);
    });
    let [_, _, own, _] = figures(&stats, "marked");
    assert_eq!(own, 6);
}

#[test]
fn of_a_stage_that_only_counts_the_body_alone_is_seen() {
    let stats = profile(|clock| {
        counted(source(clock.clone(), 2)).for_each(drop);
    });
    assert_eq!(figures(&stats, "counted"), [1, 1, 0, 0]);
    assert_eq!(figures(&stats, "source")[0], 4);
}

#[test]
fn what_calls_and_pulls_cost_is_found_out_unseen() {
    let _alone = alone();
    // On a real clock, as one by hand costs nothing; twice, as the second finds it out anew.
    for _ in 0..2 {
        let profiler = Profiler::start().expect("there is no other");
        doubled(source(MockClock::new(), 9), MockClock::new()).for_each(drop);
        let stats = profiler.stop();
        let mut functions: Vec<_> = stats
            .functions()
            .into_iter()
            .map(|it| (it.name, it.calls))
            .collect();
        functions.sort();
        assert_eq!(
            functions,
            [("doubled", 11), ("source", 11), ("twice", 9)]
                .map(|(name, calls)| (name.to_owned(), calls))
        );
        assert_eq!(stats.threads(), 1);
        assert!(stats.instrumentation_ns() > 0);
    }
}

#[test]
fn a_stage_that_began_before_the_profiler_is_not_seen() {
    let _alone = alone();
    let clock = MockClock::new();
    let mut records = source(clock.clone(), 10);
    records.next();
    let profiler = Profiler::start_with(Clock::Mock(clock)).expect("no other");
    records.for_each(drop);
    assert!(profiler.stop().function("source").is_none());
}

#[test]
fn a_stage_that_is_left_half_way_is_closed() {
    let stats = profile(|clock| {
        let mut records = doubled(source(clock.clone(), 10), clock.clone());
        records.next();
        drop(records);
        twice(1, clock);
    });
    assert_eq!(figures(&stats, "twice"), [2, 2, 10, 10]);
    assert_eq!(stats.callers("(twice)").rows()[0].calls, 1);
}

/// Works 10 ns a record, and panics at the fourth.
#[measured_stage]
fn fragile(records: std::ops::Range<u64>, clock: MockClock) -> impl Iterator<Item = u64> {
    records.inspect(move |&n| {
        clock.advance(10);
        if n == 3 {
            std::panic::resume_unwind(Box::new("down"));
        }
    })
}

/// Pulls until it panics, which is survived.
fn pull_until_it_panics(records: &mut impl Iterator) {
    let pulls = std::panic::AssertUnwindSafe(|| while records.next().is_some() {});
    assert!(std::panic::catch_unwind(pulls).is_err());
}

#[test]
fn a_stage_that_outlives_its_panic_does_not_run_meanwhile() {
    let stats = profile(|clock| {
        let mut records = fragile(0..10, clock.clone());
        pull_until_it_panics(&mut records);
        clock.advance(50_000);
        assert_eq!(records.next(), Some(4));
        assert_eq!(records.next(), Some(5));
    });
    // The body, four pulls, and the two after.
    assert_eq!(figures(&stats, "fragile"), [7, 7, 60, 60]);
}

#[test]
fn a_stage_that_outlives_its_panic_goes_on_elsewhere() {
    let stats = profile(|clock| {
        let mut records = fragile(0..10, clock.clone());
        pull_until_it_panics(&mut records);
        let elsewhere = || {
            profiled_around(records, clock);
        };
        std::thread::scope(|scope| _ = scope.spawn(elsewhere).join());
        clock.advance(50_000);
    });
    assert_eq!(figures(&stats, "fragile"), [6, 6, 50, 50]);
    assert_eq!(figures(&stats, "profiled_around"), [1, 1, 1_000, 1_015]);
    assert_eq!(figures(&stats, "twice"), [1, 1, 5, 5]);
    assert_eq!(stats.callers("(twice)").rows()[0].name, "profiled_around");
}

#[profiled]
fn profiled_around(mut records: impl Iterator<Item = u64>, clock: &MockClock) {
    assert_eq!(records.next(), Some(4));
    clock.advance(1_000);
    twice(1, clock);
}

#[test]
fn a_stage_may_outlive_the_panic_of_its_input() {
    #[measured_stage]
    fn survives(
        mut records: impl Iterator<Item = u64>,
        clock: MockClock,
    ) -> impl Iterator<Item = u64> {
        std::iter::from_fn(move || {
            let pull = std::panic::AssertUnwindSafe(|| records.next());
            let record = std::panic::catch_unwind(pull).unwrap_or(Some(0));
            clock.advance(100);
            record
        })
    }

    let stats = profile(|clock| {
        let records = fragile(0..10, clock.clone());
        assert_eq!(survives(records, clock.clone()).count(), 10);
    });
    assert_eq!(figures(&stats, "fragile"), [12, 12, 100, 100]);
    // The last pull found nothing.
    assert_eq!(figures(&stats, "survives"), [12, 12, 1_100, 1_200]);
}

#[test]
fn a_stage_that_panics_is_closed() {
    #[measured_stage]
    fn fails(records: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
        records.inspect(|&n| {
            if n == 2 {
                std::panic::resume_unwind(Box::new("down"));
            }
        })
    }

    let stats = profile(|clock| {
        let records = fails(source(clock.clone(), 10));
        let drained = std::panic::AssertUnwindSafe(|| records.for_each(drop));
        assert!(std::panic::catch_unwind(drained).is_err());
        twice(1, clock);
    });
    assert!(stats.callers("(twice)").rows().is_empty(), "{stats}");
    assert_eq!(figures(&stats, "source"), [4, 4, 109, 109]);
}
