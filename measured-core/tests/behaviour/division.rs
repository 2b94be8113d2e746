//! Who had the wall where a chain is not one from end to end: a stage takes a few records
//! by reference and leaves the rest to others, or an iterator between two stages says
//! nothing of what is under it.

use crate::world::{World, stage, work};
use measured_core::{Measured, Report, measured_stage};

const RECORDS: u64 = 10_000;

#[measured_stage]
fn head(records: impl Iterator<Item = u64>, world: World, ns: u64) -> impl Iterator<Item = u64> {
    records.inspect(move |_| world.spend(ns))
}

#[measured_stage]
fn sink(records: impl Iterator<Item = u64>, world: World, ns: u64) -> u64 {
    records.inspect(|_| world.spend(ns)).sum()
}

/// The parts of the wall, which come to all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Parts {
    work: u64,
    head: u64,
    source: u64,
    sink: u64,
}

impl Parts {
    fn of(report: &Report, other: &str) -> Parts {
        Parts {
            work: report.stage("work").map_or(0, |stage| stage.self_ns),
            head: report.stage(other).map_or(0, |stage| stage.self_ns),
            source: report.source_ns,
            sink: report.sink_ns,
        }
    }

    fn wall(&self) -> u64 {
        self.work + self.head + self.source + self.sink
    }

    /// Each within so many per cent of the wall.
    fn is_near(&self, truth: &Parts, percent: u64) -> bool {
        let pairs = [
            (self.work, truth.work),
            (self.head, truth.head),
            (self.source, truth.source),
            (self.sink, truth.sink),
        ];
        let off = |(measured, truth): (u64, u64)| measured.abs_diff(truth);
        pairs.map(off).iter().max() <= Some(&(truth.wall() * percent / 100))
    }
}

/// Runs `f` under `every`, where all must be exact, and sampled, where all must be within
/// so many per cent of the wall.
fn check(truth: Parts, other: &str, percent: u64, f: impl Fn(&World)) {
    let w = World::new();
    w.scope(|| f(&w));
    let report = w.registry.capture();
    assert_eq!(Parts::of(&report, other), truth, "{report}");
    assert_eq!(
        (report.wall_ns, report.unattributed_ns),
        (truth.wall(), 0),
        "{report}"
    );
    for seed in 0..20 {
        let w = World::sampled("one-in=16", seed);
        w.scope(|| f(&w));
        let report = w.registry.capture();
        assert!(
            Parts::of(&report, other).is_near(&truth, percent),
            "{seed}: {truth:?}\n{report}"
        );
        assert_eq!(report.wall_ns, truth.wall());
    }
}

/// 100 ns a record.
fn records(w: &World) -> impl Iterator<Item = u64> + use<> {
    work(0..RECORDS, w.clone(), 100)
}

#[test]
fn a_stage_that_takes_a_few_records_leaves_the_rest_to_the_consumer() {
    let truth = Parts {
        work: RECORDS * 100,
        head: 5 * 10,
        source: 0,
        sink: RECORDS - 5,
    };
    check(truth, "head", 2, |w| {
        let mut records = records(w);
        head(records.by_ref().take(5), w.clone(), 10).for_each(drop);
        records.for_each(|_| w.spend(1));
    });
    check(truth, "sink", 2, |w| {
        let mut records = records(w);
        sink(records.by_ref().take(5), w.clone(), 10);
        records.for_each(|_| w.spend(1));
    });
    // It is not there any more when the rest is asked for, and was not exhausted.
    check(truth, "head", 2, |w| {
        let mut records = records(w);
        head(&mut records, w.clone(), 10).take(5).for_each(drop);
        records.for_each(|_| w.spend(1));
    });
}

#[test]
fn a_stage_that_takes_most_records_leaves_a_few() {
    let few = 100;
    let truth = Parts {
        work: RECORDS * 100,
        head: (RECORDS - few) * 10,
        source: 0,
        sink: few * 3,
    };
    check(truth, "head", 2, |w| {
        let mut records = records(w);
        records.by_ref().take(few as usize).for_each(|_| w.spend(3));
        head(records, w.clone(), 10).for_each(drop);
    });
}

/// Which of the timed pulls the stage had is a matter of chance.
#[test]
fn batch_by_batch() {
    let truth = Parts {
        work: RECORDS * 100,
        head: RECORDS / 2 * 10,
        source: 0,
        sink: RECORDS / 2 * 20 + RECORDS / 20 * 30,
    };
    check(truth, "head", 6, |w| {
        let mut records = records(w);
        for _ in 0..RECORDS / 20 {
            head(records.by_ref().take(10), w.clone(), 10).for_each(drop);
            records.by_ref().take(10).for_each(|_| w.spend(20));
            w.spend(30);
        }
        assert_eq!(records.next(), None);
    });
}

#[test]
fn one_stage_after_another() {
    let truth = Parts {
        work: RECORDS * 100,
        head: RECORDS * 10,
        source: 0,
        sink: 0,
    };
    check(truth, "head", 2, |w| {
        let mut records = records(w);
        while head(records.by_ref().take(50), w.clone(), 10).count() > 0 {}
    });
}

#[test]
fn a_report_between_two_batches() {
    for timing in ["every", "one-in=16"] {
        let w = World::sampled(timing, 5);
        w.scope(|| {
            let mut records = records(&w);
            for batch in 1..=100 {
                head(records.by_ref().take(50), w.clone(), 10).for_each(drop);
                w.spend(30);
                let report = w.registry.capture();
                let off = report.sink_ns.abs_diff(batch * 30);
                assert!(off <= report.wall_ns / 50, "{timing}, {batch}\n{report}");
            }
        });
    }
}

/// A pipeline that begins and ends in an iterator that is not measured: what it takes is
/// the source's, too, and how much each should give up for that nobody knows.
#[test]
fn estimates_that_are_far_more_than_the_wall_are_doubted() {
    let w = World::sampled("one-in=16", 3);
    w.scope(|| {
        let drained = (0..RECORDS).map(|n| n + sink(0..3, w.clone(), 100));
        head(drained, w.clone(), 30).for_each(drop);
    });
    let report = w.registry.capture();
    assert_eq!(report.unattributed_ns, 0, "{report}");
    let is_doubted = |name| {
        let stage = stage(&report, name);
        stage.low_confidence && stage.share_ci > stage.share / 2.0
    };
    assert!(is_doubted("head") && is_doubted("sink"), "{report}");
}

/// A hand-written adapter, without a `size_hint`.
struct Silent<I>(I);

impl<I: Iterator> Iterator for Silent<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.0.next()
    }
}

#[test]
fn an_iterator_that_says_nothing_of_what_is_under_it() {
    let truth = Parts {
        work: RECORDS * 100,
        head: RECORDS * 30,
        source: 0,
        sink: RECORDS * 2,
    };
    check(truth, "head", 2, |w| {
        let mut records = records(w);
        let silent = std::iter::from_fn(move || records.next());
        head(silent, w.clone(), 30).for_each(|_| w.spend(2));
    });
    check(truth, "head", 2, |w| {
        head(Silent(records(w)), w.clone(), 30).for_each(|_| w.spend(2));
    });
    let truth = Parts { sink: 0, ..truth };
    check(truth, "sink", 2, |w| {
        sink(Silent(records(w)), w.clone(), 30);
    });
    let w = World::new();
    w.scope(|| head(Silent(records(&w)), w.clone(), 30).for_each(drop));
    assert_eq!(w.stage("head").inputs, ["work"]);
}

#[test]
fn such_an_iterator_over_a_few_records() {
    let truth = Parts {
        work: RECORDS * 100,
        head: 7 * 10,
        source: 0,
        sink: RECORDS - 7,
    };
    check(truth, "head", 2, |w| {
        let mut records = records(w);
        records.by_ref().take(2).for_each(|_| w.spend(1));
        head(Silent(records.by_ref().take(7)), w.clone(), 10).for_each(drop);
        records.for_each(|_| w.spend(1));
    });
}

/// It draws from a pipeline that it began at its first record.
#[measured_stage]
fn drawing(records: impl Iterator<Item = u64>, world: World) -> impl Iterator<Item = u64> {
    let mut numbers = None;
    records.map(move |n| {
        world.spend(10);
        let numbers = numbers.get_or_insert_with(|| head(0.., world.clone(), 30));
        n + numbers.next().unwrap_or(0)
    })
}

#[test]
fn a_pipeline_within_the_stage_under_an_input_is_not_its_upstream() {
    let w = World::new();
    w.scope(|| work(drawing(0..100, w.clone()), w.clone(), 100).for_each(drop));
    let report = w.registry.capture();
    assert_eq!(stage(&report, "work").inputs, ["drawing"]);
    let own = ["work", "drawing", "head"].map(|name| stage(&report, name).self_ns);
    assert_eq!((own, report.unattributed_ns), ([10_000, 1_000, 3_000], 0));
}

/// For each record it draws two of its own through a stage, and one without.
#[measured_stage]
fn batching(records: impl Iterator<Item = u64>, world: World) -> impl Iterator<Item = u64> {
    let mut numbers = work(0.., world.clone(), 50);
    records.map(move |n| {
        world.spend(20);
        head(numbers.by_ref().take(2), world.clone(), 10).for_each(drop);
        n + numbers.next().unwrap_or(0)
    })
}

#[test]
fn a_stage_that_is_given_back_is_within_the_stage_that_it_was_within() {
    for timing in ["every", "one-in=16"] {
        let w = World::sampled(timing, 11);
        w.scope(|| batching(0..RECORDS, w.clone()).for_each(|_| w.spend(3)));
        let report = w.registry.capture();
        let percent = if timing == "every" { 0 } else { 2 };
        let near =
            |ns: u64, each: u64| ns.abs_diff(RECORDS * each) <= report.wall_ns * percent / 100;
        let own = |name| stage(&report, name).self_ns;
        assert!(near(own("batching"), 20), "{report}");
        assert!(near(own("work"), 150), "{report}");
        assert!(near(own("head"), 20), "{report}");
        assert!(near(stage(&report, "batching").nested_ns, 170), "{report}");
        assert!(near(report.sink_ns, 3), "{report}");
    }
}

/// What takes the rest is within no stage's input: it takes them for a pipeline within.
#[test]
fn a_mark_on_the_rest() {
    let w = World::new();
    w.scope(|| {
        let mut rows = work(0..100, w.clone(), 100);
        head(rows.by_ref().take(5), w.clone(), 10).for_each(drop);
        rows.inspect(|_| w.spend(1)).measured("rest").for_each(drop);
    });
    let report = w.registry.capture();
    let parts = |name| {
        let stage = stage(&report, name);
        [stage.self_ns, stage.upstream_ns + stage.nested_ns]
    };
    assert_eq!(parts("work"), [10_000, 0]);
    assert_eq!(parts("head"), [50, 500]);
    assert_eq!(parts("rest"), [95, 9_500], "{report}");
    assert_eq!((report.sink_ns, report.unattributed_ns), (0, 0), "{report}");
}
