//! Amdahl's law, held against a clock that obeys it.

use crate::pipeline::{USUAL, Work, report};
use measured_core::{Report, WhatIf, WhatIfError};

#[track_caller]
fn assert_near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-9,
        "{found} instead of {expected}"
    );
}

#[track_caller]
fn what_if(report: &Report, speedups: &[(&str, f64)]) -> WhatIf {
    report.what_if_all(speedups).unwrap()
}

/// What is foretold of a pipeline is what it takes when the work is what was supposed.
#[test]
fn what_is_foretold_comes_true() {
    let before = report(USUAL);
    let comes_true = |speedups: &[(&str, f64)], then: Work| {
        let foretold = what_if(&before, speedups);
        let after = report(then);
        assert_eq!(foretold.wall_after_ns, after.wall_ns, "{speedups:?}");
        let (wall, wall_after) = (before.wall_ns as f64, after.wall_ns as f64);
        assert_near(foretold.saved, (wall - wall_after) / wall);
        let throughput = |report: &Report| report.stage("slow").unwrap().throughput_rps;
        assert_near(
            foretold.gained,
            throughput(&after) / throughput(&before) - 1.0,
        );
    };
    comes_true(&[("slow", 2.0)], Work { slow: 450, ..USUAL });
    comes_true(
        &[("slow", 0.5)],
        Work {
            slow: 1_800,
            ..USUAL
        },
    );
    comes_true(&[("keep", 8.0)], Work { keep: 5, ..USUAL });
    comes_true(&[("slow", f64::INFINITY)], Work { slow: 0, ..USUAL });
    let both = Work {
        keep: 10,
        slow: 300,
        ..USUAL
    };
    comes_true(&[("keep", 4.0), ("slow", 3.0)], both);
}

#[test]
fn ceilings_are_what_is_saved_when_nothing_is_left() {
    let report = report(USUAL);
    let twice = what_if(&report, &[("slow", 2.0)]);
    let gone = what_if(&report, &[("slow", f64::INFINITY)]);
    assert_eq!(
        (twice.most_saved, twice.most_gained),
        (gone.saved, gone.gained)
    );
    assert_near(gone.saved, report.stage("slow").unwrap().share);
    assert_near(gone.gained, gone.saved / (1.0 - gone.saved));
}

#[cfg(feature = "json")]
fn with_errors(errors: [f64; 2]) -> Report {
    let mut value = serde_json::to_value(report(USUAL)).unwrap();
    for (stage, error) in errors.into_iter().enumerate() {
        value["stages"][stage]["share_ci"] = error.into();
    }
    Report::from_json(&value.to_string()).unwrap()
}

#[cfg(feature = "json")]
#[test]
fn errors_go_through_the_same_formulas() {
    let report = with_errors([0.02, 0.04]);
    let slow = what_if(&report, &[("slow", 2.0)]);
    assert_near(slow.saved_ci, 0.02);
    for (gained, saved) in [
        (slow.gained_least, slow.saved - 0.02),
        (slow.gained, slow.saved),
        (slow.gained_most, slow.saved + 0.02),
    ] {
        assert_near(gained, 1.0 / (1.0 - saved) - 1.0);
    }
    let slower = what_if(&report, &[("slow", 0.5)]);
    assert_near(slower.saved_ci, 0.04);
    let both = what_if(&report, &[("keep", 2.0), ("slow", 2.0)]);
    assert_near(both.saved_ci, 0.01 + 0.02);
    let said = slow.to_string();
    let expected = "time -44.8 % ±2.0 (502.50 µs become 277.50 µs), throughput +81.1 % (+74.8 % to\n+87.9 %).\n";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn it_says_what_it_foretells() {
    let said = what_if(&report(USUAL), &[("keep", 8.0), ("slow", f64::INFINITY)]).to_string();
    let expected = "\
keep 8 times as fast, slow gone:
time -96.5 % (502.50 µs become 17.50 µs), throughput +2,771.4 %.
However fast, at most: time -97.5 %, throughput +3,920.0 %.
";
    assert_eq!(said, expected);
}

#[test]
fn what_cannot_be_answered_is_said_in_one_line() {
    let report = report(USUAL);
    let refusal = |speedups: &[(&str, f64)]| {
        let text = report.what_if_all(speedups).unwrap_err().to_string();
        assert!(!text.contains('\n'), "{text}");
        text
    };
    assert_eq!(
        refusal(&[("slwo", 2.0)]),
        r#"no stage "slwo" in the report, which has "keep", "slow""#
    );
    assert_eq!(
        refusal(&[("slo", 2.0)]),
        r#"no stage "slo" in the report, which has "keep", "slow"; did you mean "slow"?"#
    );
    assert_eq!(
        refusal(&[("slow", 2.0), ("slow", 3.0)]),
        r#""slow" is there twice: one speedup for each stage"#
    );
    for speedup in [0.0, -0.0, -3.0, f64::NAN, f64::NEG_INFINITY] {
        let text = refusal(&[("slow", speedup)]);
        assert!(
            text.ends_with("2 halves its time, 0.5 doubles it, inf removes it"),
            "{text}"
        );
    }
}

#[test]
fn of_what_was_not_timed_nothing_is_foretold() {
    use crate::pipeline::Pipeline;
    use measured_core::Timing;

    let counted = Pipeline::new(Timing::Counts).run(USUAL).registry.capture();
    let error = counted.what_if("slow", 2.0).unwrap_err();
    let stage = "slow".to_owned();
    assert_eq!(error, WhatIfError::NotTimed { stage });
    assert!(error.to_string().contains("MEASURED=sampled"), "{error}");
}
