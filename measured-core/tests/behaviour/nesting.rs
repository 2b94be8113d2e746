//! Stages within stages: whose time is whose, on a clock whose truth is known, where
//! every pull is timed and where few are.

use crate::world::{World, stage};
use measured_core::{Measured, StageReport, measured_stage};

const RECORDS: u64 = 2_000;
const SEEDS: u64 = 100;

/// A stage's true `[self, upstream, nested, downstream]`, in nanoseconds per record.
type Truth = (&'static str, [u64; 4]);

/// Runs `f` under `every`, where all must be exact, and under two samplings, each with
/// many seeds, where all shares must be near the truth and within their `±`, but for
/// the one in twenty that may lie outside.
fn check(truths: &[Truth], source: u64, sink: u64, f: impl Fn(&World)) {
    let exact = World::new();
    exact.scope(|| f(&exact));
    let report = exact.registry.capture();
    for (name, truth) in truths {
        let measured = parts(stage(&report, name));
        assert_eq!(measured, truth.map(|ns| ns * RECORDS), "{name}\n{report}");
        let stage = stage(&report, name);
        assert_eq!(measured.iter().sum::<u64>(), stage.total_ns, "{name}");
    }
    let ends = [report.source_ns, report.sink_ns];
    assert_eq!(ends, [source, sink].map(|ns| ns * RECORDS), "{report}");
    assert_eq!(report.unattributed_ns, 0, "{report}");

    for timing in ["one-in=16", "one-in=100"] {
        let mut outside = vec![0; truths.len()];
        for seed in 0..SEEDS {
            let w = World::sampled(timing, seed);
            w.scope(|| f(&w));
            let report = w.registry.capture();
            let wall = report.wall_ns as f64;
            for ((name, truth), outside) in truths.iter().zip(&mut outside) {
                let stage = stage(&report, name);
                for (measured, truth) in parts(stage).into_iter().zip(truth) {
                    let off = (measured as f64 - (truth * RECORDS) as f64) / wall;
                    assert!(
                        off.abs() < 0.01,
                        "{name}, {timing}, {seed}: {off}\n{report}"
                    );
                }
                let off = stage.share - (truth[0] * RECORDS) as f64 / wall;
                *outside += u64::from(off.abs() > stage.share_ci + 1e-3);
            }
            let unattributed = report.unattributed_ns as f64 / wall;
            assert!(unattributed.abs() < 0.01, "{timing}, {seed}\n{report}");
        }
        for ((name, _), outside) in truths.iter().zip(outside) {
            assert!(
                outside <= SEEDS / 20,
                "{name}, {timing}: {outside} of {SEEDS}"
            );
        }
    }
}

fn parts(stage: &StageReport) -> [u64; 4] {
    [
        stage.self_ns,
        stage.upstream_ns,
        stage.nested_ns,
        stage.downstream_ns,
    ]
}

/// Records that take 300 ns each.
fn source(w: &World) -> impl Iterator<Item = u64> + use<> {
    let w = w.clone();
    (0..RECORDS).inspect(move |_| w.spend(300))
}

/// Uses each for 100 ns.
fn drain(w: &World, records: impl Iterator<Item = u64>) {
    records.for_each(|_| w.spend(100));
}

macro_rules! stages {
    ($($name:ident)*) => {
        $(#[measured_stage]
        fn $name(records: impl Iterator<Item = u64>, w: World, ns: u64) -> impl Iterator<Item = u64> {
            records.inspect(move |_| w.spend(ns))
        })*
    };
}

stages! { first second inner }

#[test]
fn a_mark_on_a_stage() {
    check(
        &[("first", [100, 300, 0, 600]), ("mark", [500, 400, 0, 100])],
        300,
        100,
        |w| {
            let records = first(source(w), w.clone(), 100);
            drain(w, records.inspect(|_| w.spend(500)).measured("mark"));
        },
    );
}

#[test]
fn a_mark_on_a_stage_that_outlives_it() {
    check(
        &[("first", [100, 300, 0, 600]), ("mark", [500, 400, 0, 100])],
        300,
        100,
        |w| {
            let spend = |ns| move |_: &u64| w.spend(ns);
            let endless = (0..).inspect(spend(300));
            let records = first(endless, w.clone(), 100).take(RECORDS as usize);
            drain(w, records.inspect(spend(500)).measured("mark"));
        },
    );
}

#[test]
fn a_mark_on_two_chains() {
    check(
        &[
            ("left", [400, 0, 0, 1_600]),
            ("second", [500, 300, 0, 1_200]),
            ("pairs", [700, 1_200, 0, 100]),
        ],
        300,
        100,
        |w| {
            let spend = |ns| move |_: &u64| w.spend(ns);
            let left = (0..RECORDS).inspect(spend(400)).measured("left");
            let right = second(source(w), w.clone(), 500);
            let pairs = left.zip(right).map(|(a, b)| a + b);
            drain(w, pairs.inspect(spend(700)).measured("pairs"));
        },
    );
}

/// Its own code is before and behind the stages that it hands its input to.
#[measured_stage]
fn composed(records: impl Iterator<Item = u64>, w: World) -> impl Iterator<Item = u64> {
    let before = w.clone();
    let records = records.inspect(move |_| before.spend(200));
    let records = second(inner(records, w.clone(), 500), w.clone(), 400);
    records.inspect(move |_| w.spend(700))
}

#[test]
fn stages_called_in_a_stages_body() {
    check(
        &[
            ("first", [100, 300, 0, 1_900]),
            ("inner", [500, 600, 0, 1_200]),
            ("second", [400, 1_100, 0, 800]),
            ("composed", [900, 400, 900, 100]),
        ],
        300,
        100,
        |w| drain(w, composed(first(source(w), w.clone(), 100), w.clone())),
    );
    check(&[("composed", [900, 300, 900, 100])], 300, 100, |w| {
        drain(w, composed(source(w), w.clone()));
    });
}

/// The same, when it is asked for its first record.
#[measured_stage]
fn lazily(records: impl Iterator<Item = u64>, w: World) -> impl Iterator<Item = u64> {
    let mut records = Some(records);
    let inside = w.clone();
    let all = move || inner(records.take().expect("once"), inside.clone(), 500);
    std::iter::once_with(all)
        .flatten()
        .inspect(move |_| w.spend(700))
}

#[test]
fn a_stage_called_at_the_first_pull() {
    check(
        &[
            ("first", [100, 300, 0, 1_300]),
            ("inner", [500, 400, 0, 800]),
            ("lazily", [700, 400, 500, 100]),
        ],
        300,
        100,
        |w| drain(w, lazily(first(source(w), w.clone(), 100), w.clone())),
    );
}

/// It draws from a stage that nothing but its own code can reach.
#[measured_stage]
fn holding(records: impl Iterator<Item = u64>, w: World) -> impl Iterator<Item = u64> {
    let mut numbers = inner(0.., w.clone(), 500);
    records.map(move |n| {
        w.spend(200);
        n + numbers.next().unwrap_or(0)
    })
}

#[test]
fn a_stage_that_is_held_in_a_closure() {
    check(&[("holding", [200, 300, 500, 100])], 300, 100, |w| {
        drain(w, holding(source(w), w.clone()));
    });
}

/// It drains a pipeline for each record.
#[measured_stage]
fn draining(records: impl Iterator<Item = u64>, w: World, each: u64) -> impl Iterator<Item = u64> {
    records.map(move |n| {
        w.spend(200);
        n + inner(0..each, w.clone(), 50).count() as u64
    })
}

#[test]
fn a_pipeline_drained_for_each_record() {
    for each in [3, 100] {
        check(
            &[
                ("draining", [200, 300, 50 * each, 100]),
                ("inner", [50 * each, 0, 0, 0]),
            ],
            300,
            100,
            |w| drain(w, draining(source(w), w.clone(), each)),
        );
    }
}

#[measured_stage]
fn summed(records: impl Iterator<Item = u64>, w: World) -> u64 {
    inner(records, w.clone(), 500)
        .inspect(|_| w.spend(200))
        .sum()
}

#[test]
fn a_sink_that_sums_up_a_stage() {
    check(
        &[
            ("summed", [200, 400, 500, 0]),
            ("first", [100, 300, 0, 700]),
        ],
        300,
        0,
        |w| assert!(summed(first(source(w), w.clone(), 100), w.clone()) > 0),
    );
}

/// What runs between a stage's pulls is not within it.
#[test]
fn a_pipeline_of_the_consumers() {
    check(
        &[("first", [100, 300, 0, 150]), ("inner", [150, 0, 0, 0])],
        300,
        0,
        |w| {
            first(source(w), w.clone(), 100).for_each(|_| {
                assert_eq!(inner(0..3, w.clone(), 50).count(), 3);
            });
        },
    );
}

#[measured_stage]
fn marking(records: impl Iterator<Item = u64>, w: World) -> impl Iterator<Item = u64> {
    let inside = w.clone();
    let marked = records
        .inspect(move |_| inside.spend(200))
        .measured("inside");
    marked.inspect(move |_| w.spend(700))
}

/// Between the function's input and the mark's is nothing that could tell them apart in
/// pulls that are not timed.
#[test]
fn a_mark_in_a_body_straight_on_its_input_is_doubted_where_it_is_sampled() {
    let w = World::new();
    w.scope(|| drain(&w, marking(source(&w), w.clone())));
    let report = w.registry.capture();
    let parts_of = |name: &str| parts(stage(&report, name)).map(|ns| ns / RECORDS);
    assert_eq!(parts_of("inside"), [200, 0, 300, 800]);
    assert_eq!(parts_of("marking"), [700, 300, 200, 100]);
    assert!(report.stages.iter().all(|stage| !stage.low_confidence));

    let w = World::sampled("one-in=16", 3);
    w.scope(|| drain(&w, marking(source(&w), w.clone())));
    let report = w.registry.capture();
    assert!(report.stages.iter().all(|stage| stage.low_confidence));
}

/// Between 60 and 139 ns, differently for each record.
fn noise(n: u64) -> u64 {
    60 + n.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(20) % 80
}

/// The error of what is taken off is in the error of what is left.
#[test]
fn two_standard_errors_cover_the_truth_of_a_mark_on_a_stage_that_varies() {
    let covered = (0..SEEDS).filter(|&seed| {
        let w = World::sampled("one-in=64", seed);
        let mut own = 0;
        w.scope(|| {
            let spend = |ns| w.spend(ns);
            let source = (0..20_000).inspect(|&n| spend(3 * noise(n)));
            let records = first(source, w.clone(), 100).inspect(|&n| {
                let ns = noise(n + 1) + noise(n * 7) / 2;
                own += ns;
                spend(ns);
            });
            let marked = records.measured("mark");
            marked.for_each(|n| spend(4 * noise(n + 2)));
        });
        let report = w.registry.capture();
        let mark = stage(&report, "mark");
        let off = mark.share - own as f64 / report.wall_ns as f64;
        assert!(off.abs() < 0.05, "{seed}: {off}\n{report}");
        mark.low_confidence || off.abs() <= mark.share_ci
    });
    let covered = covered.count();
    assert!(covered >= 90, "{covered} of {SEEDS}");
}
