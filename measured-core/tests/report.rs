//! What a report looks like to people and to machines, on a clock that repeats.
#![cfg(feature = "enable")]

use measured_core::{Clock, MockClock, Registry, Report, Timing, measured_stage};

#[measured_stage("keep \"odd\"")]
fn keep(records: impl Iterator<Item = u64>, clock: MockClock) -> impl Iterator<Item = u64> {
    records.filter(move |n| {
        clock.advance(40_000);
        n % 2 == 1
    })
}

#[measured_stage("slow")]
fn slow(records: impl Iterator<Item = u64>, clock: MockClock) -> impl Iterator<Item = u64> {
    records.inspect(move |_| clock.advance(900_000))
}

fn report(timing: Timing) -> Report {
    let clock = MockClock::new();
    let registry = Registry::new()
        .with_clock(Clock::Mock(clock.clone()))
        .with_timing(timing);
    registry.scope(|| {
        let source = (0..2_000).inspect(|_| clock.advance(10_000));
        slow(keep(source, clock.clone()), clock.clone()).for_each(|_| clock.advance(500));
    });
    registry.capture()
}

#[test]
fn as_a_table() {
    let expected = r#"
stage                 in    out     kept       self   share  ns/record   upstream  downstream
---------------------------------------------------------------------------------------------
keep "odd"         2,000  1,000   50.0 %   80.00 ms   8.0 %   40,000.0   20.00 ms   900.50 ms
slow               1,000  1,000  100.0 %  900.00 ms  90.0 %  900,000.0  100.00 ms   500.00 µs
---------------------------------------------------------------------------------------------
(source)                                   20.00 ms   2.0 %
(sink)                                    500.00 µs   0.0 %
(instrumentation)                              0 ns   0.0 %
(unattributed)                                 0 ns   0.0 %

wall 1.00 s, every pull timed (mock), measuring took 0.0 % of it
Bottleneck: slow, 90.0 % of the wall. Twice as fast, it saves 45.0 % of the time (81.7 % more
throughput); it cannot save more than 90.0 %.
"#;
    let table = report(Timing::Every).table().width(95).to_string();
    assert_eq!(table, expected.trim_start(), "\n{table}");
}

#[test]
fn where_nothing_was_timed_nothing_is_claimed() {
    let report = report(Timing::Counts);
    let slow = &report.stages[1];
    assert_eq!(
        (slow.records_in, slow.self_ns, slow.timed_pulls),
        (1_000, 0, 0)
    );
    assert_eq!(slow.total_ns, 1_000_500_000);
    assert!(report.bottleneck().is_none());
    assert!(report.to_string().contains("no bottleneck can be named"));
}

#[test]
fn where_nothing_ran_the_table_says_so() {
    assert_eq!(Registry::new().capture().to_string(), "No stage has run.\n");
    let off = report(Timing::Off);
    assert!(off.stages.is_empty());
}

#[cfg(feature = "serde")]
mod json {
    use super::{Report, Timing, report};
    use serde_json::Value;

    #[test]
    fn has_the_keys_that_are_promised() {
        let report = serde_json::to_value(report(Timing::Every)).unwrap();
        let keys =
            |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
        let has = |value: &Value, promised: &str| {
            let keys = keys(value);
            for key in promised.split_whitespace() {
                assert!(keys.iter().any(|k| k == key), "no {key} in {keys:?}");
            }
        };
        has(
            &report,
            "schema wall_ns source_ns sink_ns instrumentation_ns unattributed_ns timing stages",
        );
        has(
            &report["timing"],
            "mode one_in budget overhead clock clock_ns",
        );
        has(
            &report["stages"][0],
            "name location inputs runs exhausted dropped panicked active records_in records_out pulls \
             timed_pulls self_ns upstream_ns downstream_ns total_ns first_out_ns share share_ci \
             throughput_rps latency recent_ns",
        );
        has(
            &report["stages"][0]["latency"],
            "count mean_ns p50_ns p90_ns p99_ns p999_ns max_ns",
        );
        assert_eq!(report["schema"], 1);
        assert_eq!(report["stages"][1]["inputs"][0], "keep \"odd\"");
    }

    #[test]
    fn comes_back_as_it_went() {
        let before = report(Timing::default());
        let text = serde_json::to_string(&before).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), before);
    }
}
