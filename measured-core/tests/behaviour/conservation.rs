//! Source + Σ self + sink + instrumentation + unattributed = wall, to the
//! nanosecond, on a clock that only the stages move.

use crate::world::{World, stage, work};
use measured_core::{Report, Timing, measured_stage};
use std::panic::{AssertUnwindSafe, catch_unwind};

impl World {
    /// Numbers that take 3 ns each, and 2 ns to find that there are no more.
    fn source(&self, n: u64) -> impl Iterator<Item = u64> + use<> {
        let world = self.clone();
        let mut next = 0;
        std::iter::from_fn(move || {
            let more = next < n;
            world.spend(if more { 3 } else { 2 });
            next += u64::from(more);
            more.then(|| next - 1)
        })
    }

    /// Uses each record for 5 ns.
    fn drain<T>(&self, records: impl Iterator<Item = T>) {
        for _ in records {
            self.spend(5);
        }
    }

    /// Runs `f` and checks that its report adds up, and to what.
    fn report(&self, f: impl FnOnce()) -> Report {
        let begun = self.clock.now();
        self.registry.scope(f);
        let elapsed = self.clock.now() - begun;
        let report = self.registry.capture();
        let own: u64 = report.stages.iter().map(|s| s.self_ns).sum();
        let attributed = report.source_ns + own + report.sink_ns + report.instrumentation_ns;
        assert_eq!(report.unattributed_ns, 0, "{report}");
        assert_eq!(attributed, report.wall_ns, "{report}");
        assert_eq!(report.wall_ns, elapsed, "{report}");
        report
    }
}

macro_rules! stages {
    ($($name:ident)*) => {
        $(#[measured_stage]
        fn $name(records: impl Iterator<Item = u64>, world: World, ns: u64) -> impl Iterator<Item = u64> {
            world.spend(1);
            records.inspect(move |_| world.spend(ns))
        })*
    };
}

stages! { first second third fourth fifth sixth }

#[measured_stage("odd")]
fn odd(records: impl Iterator<Item = u64>, world: World) -> impl Iterator<Item = u64> {
    records.filter(move |n| {
        world.spend(7);
        n % 2 == 1
    })
}

#[test]
fn a_chain_of_one_to_six() {
    let w = World::new();
    let own = |length: u64| (1..=length).map(|ns| 1 + ns * 10).sum::<u64>();
    let source = 10 * 3 + 2;
    let sink = 10 * 5;
    let report = w.report(|| w.drain(first(w.source(10), w.clone(), 1)));
    assert_eq!(
        (report.source_ns, report.sink_ns, report.wall_ns),
        (source, sink, source + own(1) + sink)
    );

    let w = World::new();
    let report = w.report(|| {
        let chain = third(
            second(first(w.source(10), w.clone(), 1), w.clone(), 2),
            w.clone(),
            3,
        );
        w.drain(chain);
    });
    assert_eq!(report.wall_ns, source + own(3) + sink);

    let w = World::new();
    let report = w.report(|| {
        let chain = third(
            second(first(w.source(10), w.clone(), 1), w.clone(), 2),
            w.clone(),
            3,
        );
        w.drain(sixth(
            fifth(fourth(chain, w.clone(), 4), w.clone(), 5),
            w.clone(),
            6,
        ));
    });
    assert_eq!(
        (report.source_ns, report.sink_ns, report.wall_ns),
        (source, sink, source + own(6) + sink)
    );
    for (ns, name) in (1..).zip(["first", "second", "third", "fourth", "fifth", "sixth"]) {
        let stage = stage(&report, name);
        assert_eq!(
            (stage.self_ns, stage.records_out, stage.pulls),
            (1 + 10 * ns, 10, 11)
        );
        assert_eq!(
            stage.upstream_ns + stage.self_ns + stage.downstream_ns,
            stage.total_ns
        );
    }
}

#[test]
fn downstream_times_differ_by_the_self_time_of_the_stage_between() {
    let w = World::new();
    let report = w.report(|| w.drain(odd(work(w.source(100), w.clone(), 4), w.clone())));
    let (work, odd) = (stage(&report, "work"), stage(&report, "odd"));
    assert_eq!(work.downstream_ns - odd.downstream_ns, odd.self_ns);
    assert_eq!(odd.upstream_ns, work.self_ns + work.upstream_ns);
}

#[test]
fn a_filter_shows_what_it_takes_and_what_it_keeps() {
    let w = World::new();
    let report = w.report(|| w.drain(odd(w.source(10), w.clone())));
    let odd = stage(&report, "odd");
    assert_eq!((odd.records_in, odd.records_out, odd.pulls), (10, 5, 6));
    assert_eq!(
        (odd.self_ns, odd.upstream_ns, odd.downstream_ns),
        (70, 32, 25)
    );
    assert_eq!(odd.first_out_ns, Some(2 * (3 + 7)));
    assert!(odd.recent_ns().eq([14, 14, 14, 14, 14, 0]));
    assert_eq!((odd.latency.max_ns, odd.latency.count), (14, 6));
}

#[measured_stage("twice")]
fn twice(records: impl Iterator<Item = u64>, world: World) -> impl Iterator<Item = u64> {
    records.flat_map(move |n| {
        world.spend(6);
        [n, n]
    })
}

#[test]
fn a_stage_that_expands() {
    let w = World::new();
    let report = w.report(|| w.drain(twice(w.source(8), w.clone())));
    let twice = stage(&report, "twice");
    assert_eq!(
        (twice.records_in, twice.records_out, twice.self_ns),
        (8, 16, 48)
    );
}

#[measured_stage("sorted")]
fn sorted(records: impl Iterator<Item = u64>, world: World) -> impl Iterator<Item = u64> {
    world.spend(11);
    let mut all: Vec<u64> = records.collect();
    world.spend(1_000);
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.into_iter()
}

#[test]
fn a_sort_in_the_body_is_the_stages_own() {
    for timing in ["every", "sampled", "one-in=16"] {
        let w = World::with(timing.parse().unwrap());
        let report = w.report(|| w.drain(sorted(w.source(1_000), w.clone())));
        let sorted = stage(&report, "sorted");
        assert_eq!(
            (sorted.self_ns, sorted.upstream_ns, sorted.downstream_ns),
            (1_011, 3_002, 5_000),
            "{timing}"
        );
        assert_eq!((sorted.records_in, sorted.records_out), (1_000, 1_000));
    }
}

#[measured_stage("total")]
fn total(records: impl Iterator<Item = u64>, world: World) -> u64 {
    world.spend(4);
    let total = records.inspect(|_| world.spend(9)).sum();
    world.spend(2);
    total
}

#[test]
fn a_sink_is_a_body_and_nothing_else() {
    let w = World::new();
    let report = w.report(|| assert_eq!(total(work(w.source(10), w.clone(), 1), w.clone()), 45));
    let total = stage(&report, "total");
    assert_eq!(
        (total.self_ns, total.upstream_ns, total.downstream_ns),
        (4 + 90 + 2, 42, 0)
    );
    assert_eq!(
        (total.records_in, total.records_out, total.exhausted),
        (10, 0, 1)
    );
    assert_eq!((report.sink_ns, report.source_ns), (0, 32));
    assert_eq!(total.inputs, ["work"]);
}

#[test]
fn a_drop_before_the_end() {
    let w = World::new();
    let report = w.report(|| {
        let mut chain = work(odd(w.source(100), w.clone()), w.clone(), 2);
        chain.next();
        w.spend(50);
        chain.next();
        w.spend(60);
    });
    let work = stage(&report, "work");
    assert_eq!((work.dropped, work.records_out, work.self_ns), (1, 2, 4));
    assert_eq!(
        (report.sink_ns, report.wall_ns),
        (110, 4 * (3 + 7) + 4 + 110)
    );
}

#[test]
fn a_stage_that_is_never_pulled() {
    let w = World::new();
    let report = w.report(|| {
        let chain = first(w.source(5), w.clone(), 1);
        w.spend(30);
        drop(chain);
    });
    let first = stage(&report, "first");
    assert_eq!(
        (
            first.self_ns,
            first.downstream_ns,
            first.total_ns,
            first.pulls
        ),
        (1, 30, 31, 0)
    );
}

#[measured_stage("outer")]
fn outer(records: impl Iterator<Item = u64>, world: World) -> impl Iterator<Item = u64> {
    records.map(move |n| {
        world.spend(2);
        let inner: u64 = work(world.source(n), world.clone(), 4)
            .inspect(|_| world.spend(1))
            .sum();
        inner + total(work(world.source(2), world.clone(), 8), world.clone())
    })
}

#[test]
fn pipelines_inside_a_stages_own_code_are_not_its_own() {
    let w = World::new();
    let report = w.report(|| w.drain(outer(w.source(4), w.clone())));
    // Each of the four: 2, and 1 for each record of the first inner pipeline.
    let outer = stage(&report, "outer");
    let inside = 3 * (1 + 2 + 3) + 4 * 2 + (1 + 2 + 3) * 4 + 4 * (2 * 3 + 2) + 4 * (2 * 8 + 24);
    assert_eq!(outer.self_ns, 4 * 2 + (1 + 2 + 3));
    assert_eq!((outer.upstream_ns, outer.nested_ns), (4 * 3 + 2, inside));
    assert_eq!((outer.downstream_ns, report.sink_ns), (20, 20));
    assert_eq!(
        outer.self_ns + outer.upstream_ns + outer.nested_ns + outer.downstream_ns,
        outer.total_ns
    );
    assert_eq!(stage(&report, "work").self_ns, (1 + 2 + 3) * 4 + 4 * 2 * 8);
    assert_eq!(stage(&report, "total").self_ns, 4 * (4 + 2 + 2 * 9));
}

#[measured_stage("flattened")]
fn flattened(records: impl Iterator<Item = u64>, world: World) -> impl Iterator<Item = u64> {
    records.flat_map(move |n| {
        world.spend(2);
        work(world.source(n), world.clone(), 4)
    })
}

#[test]
fn an_inner_pipeline_that_outlives_the_pull_it_began_in() {
    let w = World::new();
    let report = w.report(|| w.drain(flattened(w.source(5), w.clone())));
    let outer = stage(&report, "flattened");
    let inside = (1 + 2 + 3 + 4) * (3 + 4) + 5 * 2;
    assert_eq!(
        (outer.self_ns, outer.upstream_ns, outer.nested_ns),
        (5 * 2, 5 * 3 + 2, inside)
    );
    assert_eq!((outer.downstream_ns, report.sink_ns), (50, 50));
    let w = World::new();
    let report = w.report(|| {
        let mut chain = flattened(w.source(5), w.clone());
        chain.nth(4);
        w.spend(7);
    });
    assert_eq!(stage(&report, "flattened").self_ns, 4 * 2);
}

#[measured_stage("countdown")]
fn countdown(n: u64, world: World) -> Box<dyn Iterator<Item = u64>> {
    world.spend(10);
    if n == 0 {
        return Box::new(std::iter::empty());
    }
    let rest = countdown(n - 1, world.clone());
    Box::new(
        std::iter::once(n)
            .chain(rest)
            .inspect(move |_| world.spend(1)),
    )
}

#[test]
fn a_stage_that_calls_itself() {
    let w = World::new();
    let report = w.report(|| w.drain(countdown(4, w.clone())));
    let countdown = stage(&report, "countdown");
    assert_eq!((countdown.runs, countdown.records_out), (5, 4 + 3 + 2 + 1));
    // Five bodies; each of the four records passes as many stages as it is deep in.
    assert_eq!(countdown.self_ns, 5 * 10 + (4 + 3 + 2 + 1));
}

#[measured_stage("pairs")]
fn pairs(
    left: impl Iterator<Item = u64>,
    right: impl Iterator<Item = u64>,
    world: World,
) -> impl Iterator<Item = u64> {
    left.zip(right).map(move |(a, b)| {
        world.spend(3);
        a + b
    })
}

#[test]
fn two_chains_zipped_into_one() {
    let w = World::new();
    let report = w.report(|| {
        let left = first(w.source(6), w.clone(), 2);
        let right = second(w.source(6), w.clone(), 4);
        w.drain(pairs(left, right, w.clone()));
    });
    assert_eq!(stage(&report, "pairs").inputs, ["first", "second"]);
    assert_eq!(
        (
            stage(&report, "pairs").self_ns,
            stage(&report, "pairs").records_in
        ),
        (18, 12)
    );

    let w = World::new();
    let report = w.report(|| {
        let left = first(w.source(6), w.clone(), 2);
        let right = second(w.source(6), w.clone(), 4);
        w.drain(work(left.zip(right).map(|(a, b)| a * b), w.clone(), 1));
    });
    assert_eq!(stage(&report, "work").inputs, ["first", "second"]);
}

#[test]
fn two_pipelines_interleaved() {
    let w = World::new();
    let report = w.report(|| {
        let mut one = first(w.source(9), w.clone(), 2);
        let mut two = odd(second(w.source(20), w.clone(), 4), w.clone());
        while let (Some(_), Some(_)) = (one.next(), two.next()) {
            w.spend(13);
        }
    });
    assert_eq!(report.sink_ns, 9 * 13);
}

#[test]
fn a_panic_ends_the_run_and_loses_nothing() {
    let w = World::new();
    let report = w.report(|| {
        let mut seen = 0;
        let chain = work(first(w.source(10), w.clone(), 1), w.clone(), 2).inspect(|_| w.spend(4));
        let result = catch_unwind(AssertUnwindSafe(|| {
            chain.for_each(|n| {
                seen += 1;
                assert!(n < 6, "as planned");
            });
        }));
        assert!(result.is_err());
        assert_eq!(seen, 7);
    });
    let work = stage(&report, "work");
    assert_eq!((work.panicked, work.records_out, work.active), (1, 7, 0));
}

#[measured_stage("fragile")]
fn fragile(records: impl Iterator<Item = u64>, world: World) -> impl Iterator<Item = u64> {
    records.inspect(move |n| {
        world.spend(3);
        assert!(n % 4 != 3, "as planned");
    })
}

#[test]
fn a_stage_goes_on_after_a_panic_that_was_caught() {
    let w = World::new();
    let report = w.report(|| {
        let mut chain = fragile(w.source(10), w.clone());
        let mut out = 0;
        loop {
            match catch_unwind(AssertUnwindSafe(|| chain.next())) {
                Ok(Some(_)) => out += 1,
                Ok(None) => break,
                Err(_) => {}
            }
        }
        assert_eq!(out, 8);
    });
    let fragile = stage(&report, "fragile");
    assert_eq!(
        (fragile.records_in, fragile.records_out, fragile.self_ns),
        (10, 8, 30)
    );
    assert_eq!((fragile.exhausted, fragile.panicked), (1, 0));
}

#[measured_stage("doomed")]
fn doomed(mut records: impl Iterator<Item = u64>, world: World) -> u64 {
    records.next();
    world.spend(21);
    panic!("as planned")
}

#[test]
fn a_panic_in_a_body() {
    let w = World::new();
    let report = w.report(|| {
        let result = catch_unwind(AssertUnwindSafe(|| doomed(w.source(3), w.clone())));
        assert!(result.is_err());
    });
    let doomed = stage(&report, "doomed");
    assert_eq!(
        (doomed.panicked, doomed.self_ns, doomed.upstream_ns),
        (1, 21, 3)
    );
}

#[test]
fn a_clock_that_steps_back_is_counted_and_costs_no_more_than_the_step() {
    let w = World::new();
    w.spend(1_000);
    w.registry.scope(|| {
        let mut chain = work(w.source(3), w.clone(), 4);
        chain.next();
        w.clock.rewind(500);
        chain.next();
        chain.next();
        chain.next();
    });
    let report = w.registry.capture();
    assert!(report.timing.clock_steps_back > 0);
    assert_eq!(stage(&report, "work").records_out, 3);
}

#[test]
fn internal_iteration_is_timed_as_external_is() {
    let reports = [false, true].map(|internal| {
        let w = World::new();
        let mut report = w.report(|| {
            let chain = odd(work(w.source(30), w.clone(), 4), w.clone());
            if internal {
                chain.for_each(|_| w.spend(5));
            } else {
                w.drain(chain);
            }
        });
        // They are two captures, of the same.
        report.origin = None;
        report
    });
    assert_eq!(reports[0], reports[1]);
}

#[measured_stage("tallied", timing = counts)]
fn tallied(records: impl Iterator<Item = u64>, world: World, ns: u64) -> impl Iterator<Item = u64> {
    records.inspect(move |_| world.spend(ns))
}

#[test]
fn a_stage_that_is_only_counted_is_the_consumers_where_nobody_timed_is_behind_it() {
    for timing in [Timing::Every, "one-in=16".parse().unwrap()] {
        let w = World::with(timing);
        w.registry.scope(|| {
            let timed = work(w.source(1_000), w.clone(), 4);
            w.drain(tallied(tallied(timed, w.clone(), 6), w.clone(), 1));
        });
        let report = w.registry.capture();
        let near = |ns: u64, exact: u64| ns.abs_diff(exact) <= exact / 100;
        assert!(near(report.source_ns, 3_002), "{timing}\n{report}");
        assert!(
            near(stage(&report, "work").self_ns, 4_000),
            "{timing}\n{report}"
        );
        assert!(
            near(report.sink_ns, 1_000 * (6 + 1 + 5)),
            "{timing}\n{report}"
        );
        assert!(
            report.unattributed_ns.unsigned_abs() <= 20,
            "{timing}\n{report}"
        );
    }
}

#[test]
fn a_stage_that_is_only_counted_is_nobodys_where_somebody_timed_is_behind_it() {
    let w = World::new();
    w.registry.scope(|| {
        let counted = tallied(work(w.source(10), w.clone(), 4), w.clone(), 6);
        w.drain(odd(counted, w.clone()));
    });
    let report = w.registry.capture();
    assert_eq!((report.source_ns, report.sink_ns), (32, 25));
    assert_eq!(stage(&report, "odd").self_ns, 70);
    assert_eq!(
        (
            stage(&report, "work").self_ns,
            stage(&report, "tallied").self_ns
        ),
        (40, 0)
    );
    assert_eq!(report.unattributed_ns, 60);

    // Nothing is known of what it pulls from, either.
    let w = World::new();
    w.registry
        .scope(|| w.drain(odd(tallied(w.source(10), w.clone(), 6), w.clone())));
    let report = w.registry.capture();
    assert_eq!(
        (report.source_ns, report.sink_ns, report.unattributed_ns),
        (0, 25, 92)
    );
}

#[test]
fn every_pull_that_is_sampled_by_a_mean_gap_of_one() {
    let w = World::with("one-in=1".parse().unwrap());
    let report = w.report(|| w.drain(odd(work(w.source(300), w.clone(), 4), w.clone())));
    assert_eq!(stage(&report, "work").timed_pulls, 301);
}

#[test]
fn a_constant_workload_is_shared_out_from_a_thousandth_of_its_pulls() {
    let w = World::with("one-in=1024".parse().unwrap());
    w.registry
        .scope(|| w.drain(second(first(w.source(200_000), w.clone(), 4), w.clone(), 9)));
    let report = w.registry.capture();
    for (name, ns) in [("first", 4), ("second", 9)] {
        let stage = stage(&report, name);
        assert_eq!(stage.records_out, 200_000);
        assert!(stage.timed_pulls < 500, "{}", stage.timed_pulls);
        // The pulls differ only at the very end, where there is no record.
        assert!(
            stage.self_ns.abs_diff(200_000 * ns) < 100,
            "{name}: {}",
            stage.self_ns
        );
        assert!(stage.share_ci < 1e-3, "{}", stage.share_ci);
    }
    assert!(report.unattributed_ns.abs() < 100, "{report}");
}
