//! Calls that end in other ways than by returning, and profilers that come and go.

use crate::profiling_alone::{alone, figures, profile};
use measured_core::profile::{Profiler, scope};
use measured_core::{Clock, MockClock, profiled};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

#[profiled]
fn fails(clock: &MockClock, deep: u32) {
    clock.advance(1);
    if deep == 0 {
        resume_unwind(Box::new("down"));
    }
    fails(clock, deep - 1);
}

#[profiled]
fn catches(clock: &MockClock) {
    let ended = catch_unwind(AssertUnwindSafe(|| fails(clock, 2)));
    assert!(ended.is_err());
    clock.advance(10);
}

#[profiled]
fn leaves(clock: &MockClock, early: bool) -> Option<u32> {
    clock.advance(1);
    let value = (!early).then_some(7)?;
    clock.advance(1);
    Some(value)
}

#[profiled]
fn idle(clock: &MockClock) {
    clock.advance(1);
}

#[test]
fn a_panic_ends_all_calls_that_it_leaves() {
    let stats = profile(|clock| {
        catches(clock);
        idle(clock);
    });
    assert_eq!(figures(&stats, "fails"), [3, 1, 3, 3]);
    assert_eq!(figures(&stats, "catches"), [1, 1, 10, 13]);
    // Called by nobody, as all that was open is closed.
    assert!(stats.callers("(idle)").rows().is_empty());
}

#[test]
fn a_question_mark_ends_a_call() {
    let stats = profile(|clock| {
        assert_eq!(leaves(clock, true), None);
        assert_eq!(leaves(clock, false), Some(7));
    });
    assert_eq!(figures(&stats, "leaves"), [2, 2, 3, 3]);
}

#[test]
fn what_runs_already_is_nobodys_and_what_goes_on_is_counted_until_the_stop() {
    #[profiled]
    fn outer(clock: &MockClock) -> measured_core::profile::ProfileStats {
        clock.advance(100);
        let profiler = Profiler::start_with(Clock::Mock(clock.clone())).expect("no other");
        clock.advance(50);
        idle(clock);
        inner(clock, profiler)
    }

    #[profiled]
    fn inner(clock: &MockClock, profiler: Profiler) -> measured_core::profile::ProfileStats {
        clock.advance(7);
        let stats = profiler.stop();
        clock.advance(1_000);
        stats
    }

    let _alone = alone();
    let clock = MockClock::new();
    let stats = outer(&clock);
    assert!(stats.function("outer").is_none());
    assert_eq!(figures(&stats, "inner"), [1, 1, 7, 7]);
    assert_eq!(figures(&stats, "idle"), [1, 1, 1, 1]);
    assert_eq!(stats.wall_ns(), 58);
}

#[test]
fn a_profiler_may_start_while_calls_of_the_last_one_go_on() {
    let _alone = alone();
    let clock = MockClock::new();
    let start = || Profiler::start_with(Clock::Mock(clock.clone())).expect("no other");
    let first = start();
    let stats = {
        scope!("stale");
        scope!("stale too");
        assert_eq!(figures(&first.stop(), "stale"), [1, 1, 0, 0]);
        let second = start();
        {
            scope!("fresh");
            clock.advance(2);
        }
        second
    };
    // Both stale ones have ended by now, and nothing came of it.
    idle(&clock);
    let stats = stats.stop();
    assert!(stats.function("stale").is_none());
    assert_eq!(figures(&stats, "fresh"), [1, 1, 2, 2]);
    assert_eq!(figures(&stats, "idle"), [1, 1, 1, 1]);
    assert!(stats.callers("(idle)").rows().is_empty());
}

#[test]
fn a_process_has_one_profiler_at_a_time() {
    let _alone = alone();
    let first = Profiler::start().expect("no other");
    let line = line!() - 1;
    let error = Profiler::start().expect_err("there is one").to_string();
    assert!(error.contains(&format!("ends.rs:{line}:")), "{error}");
    drop(first);
    let (three, stats) = Profiler::run(|| 3).expect("the first was dropped");
    assert_eq!((three, stats.calls()), (3, 0));
}

#[test]
fn nothing_is_seen_before_the_start_and_after_the_stop() {
    // Not to be seen by the profilers of others, either.
    let _alone = alone();
    let clock = MockClock::new();
    idle(&clock);
    let profiler = Profiler::start_with(Clock::Mock(clock.clone())).expect("no other");
    let stats = profiler.stop();
    idle(&clock);
    assert_eq!((stats.calls(), stats.functions().len()), (0, 0));
}

#[test]
fn a_clock_that_steps_back_takes_no_time_away() {
    let stats = profile(|clock| {
        scope!("outer");
        clock.advance(10);
        {
            scope!("back");
            clock.rewind(4);
        }
        clock.advance(5);
    });
    assert_eq!(figures(&stats, "back"), [1, 1, 0, 0]);
    assert_eq!(figures(&stats, "outer"), [1, 1, 15, 15]);
}
