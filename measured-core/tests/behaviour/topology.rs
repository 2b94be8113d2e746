//! Which stage pulls from which, and which registry knows of it.

use crate::world::{World, stage};
use measured_core::{Measured, Registry, Report, Timing, measured_stage};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;

macro_rules! stages {
    ($($name:ident)*) => {
        $(#[measured_stage]
        fn $name(records: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
            records.map(|n| n + 1)
        })*
    };
}

stages! { first second third }

#[measured_stage("numbers")]
fn numbers(end: u64) -> impl Iterator<Item = u64> + Clone {
    0..end
}

#[measured_stage("merged")]
fn merged(
    left: impl Iterator<Item = u64>,
    right: impl Iterator<Item = u64>,
) -> impl Iterator<Item = u64> {
    left.chain(right)
}

fn report(f: impl FnOnce()) -> Report {
    let registry = Registry::new().with_timing(Timing::Every);
    registry.scope(f);
    registry.capture()
}

fn inputs<'a>(report: &'a Report, name: &str) -> Vec<&'a str> {
    stage(report, name)
        .inputs
        .iter()
        .map(String::as_str)
        .collect()
}

fn names(report: &Report) -> Vec<&str> {
    report
        .stages
        .iter()
        .map(|stage| stage.name.as_str())
        .collect()
}

#[test]
fn through_adapters_that_pass_a_size_hint_on() {
    fn linked<I: Iterator<Item = u64>>(between: impl FnOnce(Box<dyn Iterator<Item = u64>>) -> I) {
        let report = report(|| second(between(Box::new(first(0..10)))).for_each(drop));
        assert_eq!(
            inputs(&report, "second"),
            ["first"],
            "{}",
            std::any::type_name::<I>()
        );
        assert!(inputs(&report, "first").is_empty());
    }
    linked(|records| records);
    linked(|records| records.map(|n| n * 2));
    linked(|records| records.filter(|n| n % 2 == 0));
    linked(|records| records.filter_map(Some));
    linked(|records| records.enumerate().map(|(at, n)| at as u64 + n));
    linked(|records| records.inspect(|_| ()));
    linked(|records| records.scan(0, |_, n| Some(n)));
    linked(|records| records.take_while(|_| true));
    linked(|records| records.map_while(Some));
    linked(|records| records.skip_while(|_| false));
    linked(|records| records.take(5));
    linked(|records| records.skip(5));
    linked(|records| records.step_by(2));
    linked(Iterator::fuse);
    linked(Iterator::peekable);
    linked(|records| records.flat_map(|n| [n, n]));
    linked(|records| records.chain(0..3));
    linked(|records| (0..3).chain(records));
    linked(|records| records.zip(0..).map(|(n, _)| n));
    linked(|records| -> Box<dyn Iterator<Item = u64>> { Box::new(Box::new(records)) });
}

#[test]
fn by_reference() {
    let report = report(|| {
        let mut chain = first(0..10);
        second(chain.by_ref().take(3)).for_each(drop);
        third(&mut chain).for_each(drop);
    });
    assert_eq!(
        (inputs(&report, "second"), inputs(&report, "third")),
        (vec!["first"], vec!["first"])
    );
    assert_eq!(stage(&report, "first").records_out, 10);
}

#[test]
fn through_a_peekable_that_has_peeked() {
    let report = report(|| {
        let mut chain = first(0..10).peekable();
        assert_eq!(chain.peek(), Some(&1));
        second(chain).for_each(drop);
    });
    assert_eq!(inputs(&report, "second"), ["first"]);
    assert_eq!(stage(&report, "second").records_in, 10);
}

#[test]
fn only_the_nearest() {
    let report = report(|| third(second(first(numbers(10)))).for_each(drop));
    assert_eq!(inputs(&report, "third"), ["second"]);
    assert_eq!(inputs(&report, "second"), ["first"]);
    assert_eq!(inputs(&report, "first"), ["numbers"]);
    assert_eq!(names(&report), ["numbers", "first", "second", "third"]);
}

#[test]
fn two_inputs_of_a_stage_and_two_stages_in_an_input() {
    let report = report(|| {
        merged(first(0..10), second(0..5)).for_each(drop);
        third(first(0..10).zip(second(0..5)).map(|(a, b)| a + b)).for_each(drop);
    });
    assert_eq!(inputs(&report, "merged"), ["first", "second"]);
    assert_eq!(inputs(&report, "third"), ["first", "second"]);
    assert_eq!(stage(&report, "merged").records_in, 15);
}

#[test]
fn a_stage_that_is_used_twice_is_one_stage() {
    let report = report(|| first(second(first(numbers(10)))).for_each(drop));
    assert_eq!(inputs(&report, "first"), ["numbers", "second"]);
    assert_eq!(inputs(&report, "second"), ["first"]);
    let first = stage(&report, "first");
    assert_eq!(
        (first.runs, first.records_in, first.records_out),
        (2, 20, 20)
    );
    assert_eq!(report.stages.len(), 3);
}

#[measured_stage("down")]
fn down(n: u64) -> Box<dyn Iterator<Item = u64>> {
    match n {
        0 => Box::new(std::iter::empty()),
        n => Box::new(again(down(n - 1))),
    }
}

#[measured_stage("again")]
fn again(records: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    records.chain([0])
}

#[test]
fn recursion_is_a_circle() {
    let report = report(|| first(down(5)).for_each(drop));
    assert_eq!(inputs(&report, "again"), ["down"]);
    assert_eq!(inputs(&report, "first"), ["down"]);
    assert_eq!(stage(&report, "first").records_in, 5);
}

#[measured_stage("twice")]
fn twice(records: impl Iterator<Item = u64> + Clone) -> impl Iterator<Item = u64> {
    let again = second(records.clone());
    records.chain(again)
}

#[test]
fn a_pipeline_inside_a_body_pulls_from_what_the_body_was_given() {
    let report = report(|| twice(numbers(4)).for_each(drop));
    assert_eq!(inputs(&report, "twice"), ["numbers"]);
    assert_eq!(inputs(&report, "second"), ["numbers"]);
    assert_eq!(stage(&report, "second").records_in, 4);
    assert_eq!(stage(&report, "numbers").runs, 2);
}

#[test]
fn not_through_a_channel() {
    let report = report(|| {
        let registry = Registry::current();
        let (sender, receiver) = mpsc::channel();
        let feeding = thread::spawn(move || {
            registry.scope(|| first(0..100).for_each(|n| sender.send(n).expect("a receiver")));
        });
        assert_eq!(second(receiver.into_iter()).count(), 100);
        feeding.join().expect("no panic");
    });
    assert!(inputs(&report, "second").is_empty());
    assert_eq!(stage(&report, "first").records_out, 100);
    assert_eq!(stage(&report, "second").records_in, 100);
}

#[measured_stage("absent", timing = off)]
fn absent(records: impl Iterator<Item = u64>, world: World) -> impl Iterator<Item = u64> {
    records.inspect(move |_| world.spend(100))
}

#[measured_stage("spending")]
fn spending(records: impl Iterator<Item = u64>, world: World) -> impl Iterator<Item = u64> {
    records.inspect(move |_| world.spend(10))
}

#[test]
fn a_stage_that_is_off_is_not_there() {
    let w = World::new();
    w.scope(|| {
        let below = spending(numbers(10).inspect(|_| w.spend(1)), w.clone());
        first(absent(below, w.clone())).for_each(|_| w.spend(1_000));
    });
    let report = w.registry.capture();
    assert_eq!(names(&report), ["numbers", "spending", "first"]);
    assert_eq!(inputs(&report, "first"), ["spending"]);
    assert_eq!((report.sink_ns, report.wall_ns), (10_000, 11_110));
    // What it and the adapter took is no stage's, and nobody's twice.
    assert_eq!(report.unattributed_ns, 10 * 100 + 10);
}

#[test]
fn a_stage_that_is_off_is_a_consumer_like_any_other() {
    let w = World::new();
    w.scope(|| {
        let below = spending(numbers(10).inspect(|_| w.spend(1)), w.clone());
        absent(below, w.clone()).for_each(|_| w.spend(1_000));
    });
    let report = w.registry.capture();
    assert_eq!((report.sink_ns, report.wall_ns), (11_000, 11_110));
    // The adapter between the two stages that are measured.
    assert_eq!(report.unattributed_ns, 10);
}

#[test]
fn marks_and_functions() {
    let report = report(|| {
        let marked = numbers(10).map(|n| n + 1).measured("marked");
        first(marked.filter(|n| n % 2 == 0).measured("even")).for_each(drop);
    });
    assert_eq!(inputs(&report, "marked"), ["numbers"]);
    assert_eq!(inputs(&report, "even"), ["marked"]);
    assert_eq!(inputs(&report, "first"), ["even"]);
}

#[test]
fn a_scope_inside_a_scope() {
    let (outer, inner) = (Registry::new(), Registry::new());
    outer.scope(|| {
        first(0..1).for_each(drop);
        inner.scope(|| second(0..2).for_each(drop));
        third(0..3).for_each(drop);
    });
    assert_eq!(names(&outer.capture()), ["first", "third"]);
    assert_eq!(names(&inner.capture()), ["second"]);
}

#[test]
fn a_scope_that_panics_is_left() {
    let (outer, inner) = (Registry::new(), Registry::new());
    outer.scope(|| {
        let panic = std::panic::catch_unwind(|| inner.scope(|| panic!("as planned")));
        assert!(panic.is_err());
        first(0..1).for_each(drop);
    });
    assert_eq!(names(&outer.capture()), ["first"]);
    assert!(inner.capture().stages.is_empty());
}

#[test]
fn a_run_stays_with_the_registry_that_it_began_in() {
    let (one, other) = (Registry::new(), Registry::new());
    let mut chain = one.scope(|| first(0..10));
    other.scope(|| {
        chain.nth(4);
        second(chain).for_each(drop);
    });
    assert_eq!(stage(&one.capture(), "first").records_out, 10);
    assert_eq!(names(&other.capture()), ["second"]);
}

#[test]
fn a_run_of_another_registry_is_a_source_like_any_other() {
    for timing in ["every", "one-in=16"] {
        let w = World::sampled(timing, 1);
        let other = Registry::new()
            .with_clock(w.clock.clone())
            .with_timing(timing.parse().expect("a timing"));
        let chain = w.scope(|| spending(numbers(1_000).inspect(|_| w.spend(5)), w.clone()));
        other.scope(|| second(first(chain)).for_each(|_| w.spend(3)));
        let [below, above] = [&w.registry, &other].map(Registry::capture);
        assert_eq!(inputs(&below, "spending"), ["numbers"]);
        assert!(inputs(&above, "first").is_empty());
        assert_eq!(inputs(&above, "second"), ["first"]);
        let ends = |report: &Report| [report.wall_ns, report.sink_ns];
        assert_eq!(ends(&below), [18_000, 3_000], "{below}");
        assert_eq!(ends(&above), [18_000, 3_000], "{above}");
        assert_eq!((above.source_ns, above.unattributed_ns), (15_000, 0));
    }
}

#[test]
fn two_registries_do_not_mix() {
    let (one, other) = (Registry::new(), Registry::new());
    one.scope(|| first(0..10).for_each(drop));
    other.scope(|| first(0..20).for_each(drop));
    one.clone().scope(|| first(0..5).for_each(drop));
    let [of_one, of_other] = [one, other].map(|registry| registry.capture());
    assert_eq!(
        (
            stage(&of_one, "first").runs,
            stage(&of_one, "first").records_out
        ),
        (2, 15)
    );
    assert_eq!(
        (
            stage(&of_other, "first").runs,
            stage(&of_other, "first").records_out
        ),
        (1, 20)
    );
}

#[test]
fn a_thread_belongs_to_the_scope_that_it_was_handed() {
    let registry = Registry::new();
    registry.scope(|| {
        let handed = Registry::current();
        thread::scope(|threads| {
            for _ in 0..4 {
                let handed = handed.clone();
                threads.spawn(move || handed.scope(|| first(0..100).for_each(drop)));
            }
        });
    });
    let report = registry.capture();
    assert_eq!(
        (
            stage(&report, "first").runs,
            stage(&report, "first").records_out
        ),
        (4, 400)
    );
}

#[test]
fn stages_are_listed_in_the_order_of_the_pipeline() {
    // The last one runs first, and the first one last.
    let report = report(|| {
        third(0..1).for_each(drop);
        second(0..1).for_each(drop);
        first(0..1).for_each(drop);
        third(second(first(0..10))).for_each(drop);
    });
    assert_eq!(names(&report), ["first", "second", "third"]);
}

#[test]
fn a_stage_asks_no_further_than_the_stage_below_it() {
    struct Asked<I>(I, Rc<Cell<u64>>);

    impl<I: Iterator> Iterator for Asked<I> {
        type Item = I::Item;

        fn next(&mut self) -> Option<I::Item> {
            self.0.next()
        }

        fn size_hint(&self) -> (usize, Option<usize>) {
            self.1.set(self.1.get() + 1);
            self.0.size_hint()
        }
    }

    #[measured_stage]
    fn layer(records: Box<dyn Iterator<Item = u64>>) -> Box<dyn Iterator<Item = u64>> {
        records
    }

    const LAYERS: u64 = 4_000;
    // To drop that many boxes within each other takes a stack.
    let thread = thread::Builder::new().stack_size(64 << 20);
    let build = || {
        let asked = Rc::new(Cell::new(0));
        report(|| {
            let mut records: Box<dyn Iterator<Item = u64>> = Box::new(0..1);
            for _ in 0..LAYERS {
                records = layer(Box::new(Asked(records, asked.clone())));
            }
        });
        asked.get()
    };
    let asked = thread.spawn(build).expect("a thread").join();
    assert_eq!(asked.expect("the layers are built"), LAYERS);
}
