//! Captures of pipelines that hang: who has been silent, and for how long.

use crate::pipeline::Pipeline;
use measured_core::{Measured, Report, Timing};
use std::cell::RefCell;

const LONG: u64 = 300_000_000;

/// What is captured while `second` of three stages is within its 5,000th pull.
fn captured_in_a_pull(timing: Timing) -> Report {
    let Pipeline { registry, clock } = Pipeline::new(timing);
    let captured = RefCell::new(None);
    registry.scope(|| {
        let first = (0..5_000).inspect(|_| clock.advance(40)).measured("first");
        let second = first.inspect(|&n| {
            clock.advance(40);
            if n == 4_999 {
                clock.advance(LONG);
                *captured.borrow_mut() = Some(registry.capture());
            }
        });
        let third = second.measured("second").inspect(|_| clock.advance(40));
        third.measured("third").for_each(|_| clock.advance(40));
    });
    captured.into_inner().unwrap()
}

#[test]
fn where_every_pull_is_timed_the_stage_that_hangs_is_named() {
    let text = captured_in_a_pull(Timing::Every)
        .table()
        .width(1_000)
        .to_string();
    let silence = "\nsecond has been silent for 300.00 ms: a pull of it has not ended, or nobody pulls.\nBottleneck: second, 99.8 %";
    assert!(text.contains(silence), "{text}");
}

#[test]
fn where_a_pull_went_by_untimed_nothing_is_made_of_the_wall_that_it_took() {
    let sampled = "one-in=1000000".parse().unwrap();
    let text = captured_in_a_pull(sampled).table().width(1_000).to_string();
    let silence = "\nfirst, second and third have been silent for 300";
    assert!(text.contains(silence), "{text}");
    let void =
        "\nNo bottleneck can be named: more of the wall is unaccounted for than any stage has.";
    assert!(text.contains(void), "{text}");
    for claim in [
        "Bottleneck",
        "Twice as fast",
        "takes longer than any stage",
        "MEASURED=every tells",
    ] {
        assert!(!text.contains(claim), "{claim} in {text}");
    }
}

#[test]
fn who_was_heard_of_a_moment_ago_is_not_silent() {
    let Pipeline { registry, clock } = Pipeline::new(Timing::Every);
    let text = registry.scope(|| {
        let mut numbers = (0..100).inspect(|_| clock.advance(40)).measured("numbers");
        numbers.by_ref().take(50).for_each(drop);
        clock.advance(40);
        registry.capture().to_string()
    });
    assert!(!text.contains("silent"), "{text}");
    assert!(text.contains("Bottleneck: numbers"), "{text}");
}
