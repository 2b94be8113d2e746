//! Rules for machines: what they mean, and what is said of those that mean nothing.

use crate::pipeline::{Pipeline, USUAL, Work, report};
use measured_core::{Comparison, Measured, Registry, Report, Rule, Timing};

fn violations(comparison: &Comparison, rule: &str) -> Vec<String> {
    let rule: Rule = rule.parse().unwrap();
    let violations = comparison.check(&[rule]).unwrap();
    violations.iter().map(ToString::to_string).collect()
}

fn slower(ns: u64) -> Comparison {
    report(Work { slow: ns, ..USUAL }).compare_to(&report(USUAL))
}

#[test]
fn a_rule_fails_where_its_comparison_holds() {
    let comparison = slower(1_800);
    for (rule, fails) in [
        ("slow.self_ns > +10%", true),
        ("slow.self_ns > +99%", true),
        ("slow.self_ns > +101%", false),
        ("slow.self_ns>+10%", true),
        ("  slow.self_ns  >=  +10 %  ", true),
        ("slow.self_ns < -10%", false),
        ("slow.self_ns != 0%", true),
        ("slow.self_ns == 0%", false),
        ("keep.self_ns != 0%", false),
        ("keep.self_ns == 0%", true),
        ("slow.self_ns > +899", true),
        ("slow.self_ns > +901", false),
        ("slow.self_ns > 1799", true),
        ("slow.self_ns > 1800", false),
        ("slow.self_ns >= 1.8e3", true),
        ("slow.self_ns <= 1800", true),
        ("slow.p99_ns > +10%", true),
        ("slow.throughput_rps < -10%", true),
        ("keep.selectivity != 0%", false),
        ("keep.selectivity == 0.5", true),
        ("keep.records_in != 1000", false),
        ("slow.records_err > 0", false),
        ("slow.panicked > 0", false),
        ("wall_ns > +20%", true),
        ("wall_ns > +90%", false),
        ("\"slow\".self_ns > +10%", true),
    ] {
        assert_eq!(!violations(&comparison, rule).is_empty(), fails, "{rule}");
    }
}

#[test]
fn a_difference_that_noise_explains_is_none() {
    // 12 % more, where single reports are taken to differ by 15 % each.
    assert!(violations(&slower(1_008), "slow.self_ns > +10%").is_empty());
    let side = |ns: u64| [ns - 1, ns, ns + 1].map(|ns| report(Work { slow: ns, ..USUAL }));
    let several = Comparison::between(&side(900), &side(1_008));
    assert_eq!(violations(&several, "slow.self_ns > +10%").len(), 1);
    assert!(violations(&several, "slow.self_ns > +15%").is_empty());
}

#[test]
fn one_record_is_a_difference() {
    let before = report(USUAL);
    let mut after = before.clone();
    after.stages[0].records_out -= 1;
    let said = violations(&after.compare_to(&before), "keep.selectivity != 0%");
    let location = &before.stages[0].location;
    let expected =
        format!("keep.selectivity != 0%: 50.0 % before, 49.9 % after, -0.2 % ({location})");
    assert_eq!(said, [expected]);
}

#[test]
fn a_violation_is_a_line() {
    let said = violations(&slower(1_800), "slow.self_ns > +10%");
    assert!(
        said[0].starts_with(
            "slow.self_ns > +10%: 900.0 ns per record before, 1,800.0 ns per record after, +100.0 % ±"
        ),
        "{said:?}"
    );
    let wall = violations(&slower(1_800), "wall_ns > +20%");
    assert!(
        wall[0].starts_with("wall_ns > +20%: 502.50 µs before, 952.50 µs after, +89.6 % ±"),
        "{wall:?}"
    );
}

fn marked(names: &[&'static str]) -> Report {
    let registry = Registry::new().with_timing(Timing::Every);
    registry.scope(|| {
        for name in names {
            (0..10).measured(name).for_each(drop);
        }
    });
    registry.capture()
}

#[test]
fn names_may_be_anything() {
    let odd = marked(&["a.b", "a b", "x < \"y\" \\", "ü"]);
    let comparison = odd.compare_to(&odd);
    for rule in [
        "a.b.records_out == 10",
        "\"a.b\".records_out == 10",
        "\"a b\".records_out == 10",
        r#""x < \"y\" \\".records_out == 10"#,
        "ü.records_out == 10",
    ] {
        assert_eq!(violations(&comparison, rule).len(), 1, "{rule}");
    }
}

#[test]
fn a_name_stands_for_all_its_stages() {
    let twice = || {
        let registry = Registry::new();
        registry.scope(|| {
            (0..10).measured("parse").for_each(drop);
            (0..20).measured("parse").for_each(drop);
        });
        registry.capture()
    };
    let comparison = twice().compare_to(&twice());
    assert_eq!(violations(&comparison, "parse.records_out >= 10").len(), 2);
    assert_eq!(violations(&comparison, "parse.records_out > 10").len(), 1);
}

#[test]
fn a_rule_that_does_not_parse_says_where_and_what_to_write() {
    for (rule, expected) in [
        (
            "",
            "rule \"\", column 1: no figure: write a rule such as features.self_ns > +10%, or wall_ns > +20% for the whole",
        ),
        ("> 5", "column 1: no figure"),
        (
            "self_ns > 5",
            "column 1: no stage: write whose it is, as in features.self_ns",
        ),
        ("wall > 5", "wall_ns > +20% for the whole"),
        (".self_ns > 5", "column 1: no figure"),
        (
            "a.selfns > 5",
            "column 3: no figure of a stage: there are self_ns, p99_ns",
        ),
        ("a.selfns > 5", "did you mean self_ns?"),
        ("a. > 5", "column 3: no figure of a stage"),
        ("a.self_ns", "column 10: no comparison: write one of"),
        ("a.self_ns = 5", "column 11: no comparison"),
        ("a.self_ns => 5", "column 11: no comparison"),
        ("a.self_ns >> 5", "column 12: no number"),
        ("a.self_ns >", "column 12: no number"),
        ("a.self_ns > ten%", "column 13: no number"),
        ("a.self_ns > +-5%", "column 13: no number"),
        ("a.self_ns > 5%%", "column 13: no number"),
        ("a.self_ns > inf", "column 13: no number"),
        ("a.self_ns > nan%", "column 13: no number"),
        ("a.self_ns > 1e999", "column 13: no number"),
        ("a.self_ns > 5ms", "column 13: no number"),
        ("a.self_ns > 5 ms", "column 15: more than a rule"),
        ("ä.self_ns > 5 6", "column 15: more than a rule"),
        ("\"a.self_ns > 5", "column 1: a quote that does not end"),
        ("\"a\"self_ns > 5", "column 4: no figure: write a dot"),
        ("\"a\" > 5", "column 4: no figure: write a dot"),
        ("a . self_ns > 5", "column 2: a blank beside the dot"),
        ("a .self_ns > 5", "column 2: a blank beside the dot"),
        ("a. self_ns > 5", "column 3: a blank beside the dot"),
        (
            "a.self_ns >= -100%",
            "column 14: always violated: no figure falls by more than 100 %;",
        ),
        ("wall_ns > -100%", "column 11: always violated"),
        ("wall_ns != -101 %", "column 12: always violated"),
        (
            "a.panicked >= 0",
            "column 15: always violated: no figure is below 0",
        ),
        (
            "a.panicked < 0",
            "column 14: never violated: no figure is below 0",
        ),
        ("wall_ns < -100%", "column 11: never violated"),
        ("wall_ns <= -101%", "column 12: never violated"),
        ("wall_ns == -200%", "column 12: never violated"),
    ] {
        let error = rule.parse::<Rule>().unwrap_err().to_string();
        assert!(error.contains(expected), "{rule}: {error}");
        assert_eq!(error.lines().count(), 1);
    }
}

#[test]
fn limits_that_some_runs_keep_and_others_do_not_are_limits() {
    for rule in [
        "a.panicked > 0",
        "a.panicked <= 0",
        "a.panicked == 0",
        "a.panicked != 0",
        "a.self_ns > -99%",
        "a.self_ns != -100%",
        "a.self_ns <= -100%",
        "a.records_out < -100",
    ] {
        assert!(rule.parse::<Rule>().is_ok(), "{rule}");
    }
}

#[test]
fn a_rule_about_what_is_not_there_does_not_pass() {
    let comparison = marked(&["parse", "fresh"]).compare_to(&marked(&["parse", "old"]));
    let refused = |comparison: &Comparison, rule: &str| {
        let rule: Rule = rule.parse().unwrap();
        comparison.check(&[rule]).unwrap_err().to_string()
    };
    assert_eq!(
        refused(&comparison, "pars.self_ns > +10%"),
        "rule \"pars.self_ns > +10%\": no stage \"pars\" in the report, which has \"parse\", \"fresh\", \
         \"old\"; did you mean \"parse\"?"
    );
    for (rule, expected) in [
        (
            "old.self_ns > +10%",
            "there is no self_ns after: the stage is gone",
        ),
        (
            "old.records_out > 5",
            "there is no records_out after: the stage is gone",
        ),
        (
            "fresh.self_ns > +10%",
            "there is no self_ns before: the stage is new",
        ),
        ("parse.selectivity != 0%", "the stage took in no records"),
    ] {
        let error = refused(&comparison, rule);
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(violations(&comparison, "fresh.records_out > 5").len(), 1);
    let counted = Pipeline::new(Timing::Counts).run(USUAL).registry.capture();
    let error = refused(&counted.compare_to(&counted), "slow.self_ns > 1");
    assert!(
        error.contains("no record was timed; capture with timing"),
        "{error}"
    );
    let error = refused(&Comparison::between(&[], &[]), "wall_ns > +10%");
    assert!(
        error.contains("there are no reports, or timing was off"),
        "{error}"
    );
}
