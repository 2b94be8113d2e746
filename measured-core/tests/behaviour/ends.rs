//! How runs end, and that no end loses a record, a run or the pool.

use crate::world::{World, counting_timings, work};
use measured_core::{StageReport, measured_stage};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;

/// Runs `f` in a world of each timing and hands the stage to `check`.
fn under_every_timing(name: &str, f: impl Fn(&World), check: impl Fn(&StageReport)) {
    for timing in counting_timings() {
        let w = World::with(timing);
        w.scope(|| f(&w));
        println!("{timing}");
        check(&w.stage(name));
    }
}

/// Runs, exhausted, dropped, panicked, active.
fn ends(stage: &StageReport) -> [u64; 5] {
    [
        stage.runs,
        stage.exhausted,
        stage.dropped,
        stage.panicked,
        stage.active,
    ]
}

fn counts(stage: &StageReport) -> [u64; 3] {
    [stage.records_in, stage.records_out, stage.pulls]
}

#[measured_stage("odd")]
fn odd(records: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    records.filter(|n| n % 2 == 1)
}

#[test]
fn exhausted() {
    under_every_timing(
        "odd",
        |_| assert_eq!(odd(0..1_001).count(), 500),
        |odd| {
            assert_eq!(ends(odd), [1, 1, 0, 0, 0]);
            assert_eq!(counts(odd), [1_001, 500, 501]);
        },
    );
}

#[test]
fn exhausted_from_the_start() {
    under_every_timing(
        "odd",
        |_| assert_eq!(odd(std::iter::empty()).next(), None),
        |odd| {
            assert_eq!(ends(odd), [1, 1, 0, 0, 0]);
            assert_eq!(counts(odd), [0, 0, 1]);
        },
    );
}

#[test]
fn dropped_early() {
    under_every_timing(
        "odd",
        |_| assert_eq!(odd(0..).nth(299), Some(599)),
        |odd| {
            assert_eq!(ends(odd), [1, 0, 1, 0, 0]);
            assert_eq!(counts(odd), [600, 300, 300]);
        },
    );
}

#[test]
fn never_pulled() {
    under_every_timing(
        "odd",
        |_| drop(odd(0..)),
        |odd| {
            assert_eq!(ends(odd), [1, 0, 1, 0, 0]);
            assert_eq!(counts(odd), [0, 0, 0]);
        },
    );
}

#[measured_stage("fragile", timing = counts)]
fn fragile_counted(records: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    records.inspect(|n| assert!(n % 100 != 77, "as planned"))
}

#[measured_stage("fragile")]
fn fragile(records: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    records.inspect(|n| assert!(n % 100 != 77, "as planned"))
}

fn panics(f: impl FnOnce()) {
    assert!(catch_unwind(AssertUnwindSafe(f)).is_err());
}

#[test]
fn panicked_in_its_own_code() {
    let check = |fragile: &StageReport| {
        assert_eq!(ends(fragile), [1, 0, 0, 1, 0]);
        assert_eq!([fragile.records_in, fragile.records_out], [78, 77]);
    };
    under_every_timing("fragile", |_| panics(|| fragile(0..).for_each(drop)), check);
    under_every_timing(
        "fragile",
        |_| panics(|| fragile_counted(0..).for_each(drop)),
        check,
    );
}

#[test]
fn panicked_in_the_source() {
    under_every_timing(
        "odd",
        |_| {
            let source = (0..).inspect(|n| assert!(*n != 200, "as planned"));
            panics(|| odd(source).for_each(drop));
        },
        |odd| {
            assert_eq!(ends(odd), [1, 0, 0, 1, 0]);
            assert_eq!([odd.records_in, odd.records_out], [200, 100]);
        },
    );
}

#[test]
fn panicked_in_the_consumer() {
    let consume = |n: u64| assert!(n < 199, "as planned");
    let check = |odd: &StageReport| {
        assert_eq!(ends(odd), [1, 0, 0, 1, 0]);
        assert_eq!(counts(odd), [200, 100, 100]);
    };
    under_every_timing("odd", |_| panics(|| odd(0..).for_each(consume)), check);
    let by_hand = || {
        for n in odd(0..) {
            consume(n);
        }
    };
    under_every_timing("odd", |_| panics(by_hand), check);
}

#[test]
fn panics_that_are_caught_and_gone_on_from() {
    under_every_timing(
        "fragile",
        |_| {
            let mut chain = fragile(0..1_000);
            for _ in 0..10 {
                panics(|| chain.by_ref().for_each(drop));
            }
            assert_eq!(chain.count(), 22);
        },
        |fragile| {
            assert_eq!(ends(fragile), [1, 1, 0, 0, 0]);
            assert_eq!([fragile.records_in, fragile.records_out], [1_000, 990]);
        },
    );
}

#[test]
fn what_was_spent_before_a_caught_panic_is_not_lost() {
    let w = World::new();
    w.scope(|| {
        let panicking = w.clone();
        let source = (0..10u64).inspect(move |n| {
            panicking.spend(3);
            assert!(*n != 4, "as planned");
        });
        let mut chain = work(source, w.clone(), 5);
        panics(|| chain.by_ref().for_each(drop));
        assert_eq!(chain.by_ref().count(), 5);
    });
    let work = w.stage("work");
    assert_eq!([work.records_in, work.records_out], [9, 9]);
    assert_eq!(
        work.self_ns + work.upstream_ns + work.downstream_ns,
        9 * (3 + 5) + 3
    );
}

#[test]
fn forgotten() {
    under_every_timing(
        "odd",
        |_| {
            let mut chain = odd(0..);
            assert_eq!(chain.nth(149), Some(299));
            std::mem::forget(chain);
            // The pool gives its run to nobody else.
            assert_eq!(odd(0..10).count(), 5);
        },
        |odd| {
            assert_eq!(ends(odd), [2, 1, 0, 0, 1]);
            assert!(odd.records_in <= 310 && odd.records_out <= 155);
            assert!(odd.records_in >= 10 && odd.records_out >= 5);
        },
    );
    let w = World::new();
    w.scope(|| {
        let mut chain = odd(0..);
        chain.nth(149);
        std::mem::forget(chain);
    });
    // Where every pull is timed, the tail is the last record that was yielded.
    let odd = w.stage("odd");
    assert_eq!(counts(&odd), [300, 149, 149]);
}

#[test]
fn moved_to_another_thread_between_pulls() {
    under_every_timing(
        "odd",
        |_| {
            let mut chain = odd(0..1_000);
            for _ in 0..4 {
                chain.nth(24);
                chain = thread::spawn(move || {
                    chain.nth(24);
                    chain
                })
                .join()
                .expect("no panic");
            }
            assert_eq!(chain.count(), 300);
        },
        |odd| {
            assert_eq!(ends(odd), [1, 1, 0, 0, 0]);
            assert_eq!(counts(odd), [1_000, 500, 501]);
        },
    );
}

#[test]
fn dropped_on_another_thread() {
    under_every_timing(
        "odd",
        |_| {
            let mut chain = odd(0..);
            chain.nth(77);
            thread::spawn(move || drop(chain)).join().expect("no panic");
        },
        |odd| {
            assert_eq!(ends(odd), [1, 0, 1, 0, 0]);
            assert_eq!(counts(odd), [156, 78, 78]);
        },
    );
}

#[measured_stage("ahead")]
fn ahead(
    mut records: impl Iterator<Item = u64> + Send + 'static,
    by_itself: usize,
) -> impl Iterator<Item = u64> {
    // Some in the body, so that the input has a sample open when it moves.
    let first: Vec<u64> = records.by_ref().take(by_itself).collect();
    let (sender, receiver) = mpsc::sync_channel(4);
    thread::spawn(move || {
        for record in records {
            if sender.send(record).is_err() {
                break;
            }
        }
    });
    first.into_iter().chain(receiver)
}

#[test]
fn an_input_on_a_thread_of_its_own() {
    for by_itself in [0, 1, 60] {
        for timing in counting_timings() {
            let w = World::with(timing);
            w.scope(|| assert!(ahead(0..5_000, by_itself).eq(0..5_000)));
            // The channel closed, but its thread may not have let go yet.
            let ahead = loop {
                let ahead = w.stage("ahead");
                if ahead.records_in >= 5_000 {
                    break ahead;
                }
                thread::yield_now();
            };
            assert_eq!(counts(&ahead), [5_000, 5_000, 5_001], "{timing}");
            assert_eq!(ends(&ahead), [1, 1, 0, 0, 0]);
        }
    }
}

/// Two records, then none, over and over: not fused.
#[measured_stage("blinking")]
fn blinking(records: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
    records.map_while(|n| (n % 3 != 2).then_some(n))
}

#[test]
fn going_on_after_none() {
    under_every_timing(
        "blinking",
        |_| {
            let mut chain = blinking(0..90);
            for round in 0..30 {
                assert!(chain.by_ref().eq([3 * round, 3 * round + 1]));
            }
            assert_eq!((chain.next(), chain.next()), (None, None));
        },
        |blinking| {
            // Its end was the first `None`; all that follows is counted.
            assert_eq!(ends(blinking), [1, 1, 0, 0, 0]);
            assert_eq!(counts(blinking), [90, 60, 92]);
        },
    );
}

#[test]
fn polled_again_and_again_after_none() {
    under_every_timing(
        "odd",
        |_| {
            let mut chain = odd(0..10);
            assert_eq!(chain.by_ref().count(), 5);
            assert!((0..100).all(|_| chain.next().is_none()));
        },
        |odd| {
            assert_eq!(ends(odd), [1, 1, 0, 0, 0]);
            assert_eq!(counts(odd), [10, 5, 106]);
        },
    );
}

thread_local! {
    static KEPT: RefCell<Option<Box<dyn Iterator<Item = u64>>>> = const { RefCell::new(None) };
}

#[test]
fn dropped_while_its_thread_is_torn_down() {
    under_every_timing(
        "odd",
        |w| {
            let registry = w.registry.clone();
            thread::spawn(move || {
                // First, so that it is torn down last.
                KEPT.with(|kept| assert!(kept.borrow().is_none()));
                let mut chain = registry.scope(|| Box::new(odd(odd(0..))));
                chain.nth(59);
                KEPT.set(Some(chain));
            })
            .join()
            .expect("no panic");
        },
        |odd| {
            assert_eq!(ends(odd), [2, 0, 2, 0, 0]);
            assert_eq!(counts(odd), [180, 120, 120]);
        },
    );
}

struct StartsAtTheVeryEnd(World);

impl Drop for StartsAtTheVeryEnd {
    fn drop(&mut self) {
        assert_eq!(self.0.scope(|| odd(0..10).count()), 5);
    }
}

thread_local! {
    static LAST: RefCell<Option<StartsAtTheVeryEnd>> = const { RefCell::new(None) };
}

#[test]
fn begun_while_its_thread_is_torn_down() {
    let w = World::new();
    let world = w.clone();
    thread::spawn(move || {
        LAST.set(Some(StartsAtTheVeryEnd(world.clone())));
        world.scope(|| assert_eq!(odd(0..10).count(), 5));
    })
    .join()
    .expect("no panic");
    assert!(w.stage("odd").runs >= 1);
}

#[test]
fn many_at_once_that_end_in_any_order() {
    under_every_timing(
        "odd",
        |_| {
            let mut chains: Vec<_> = (0..500).map(|n| odd(0..n)).collect();
            for chain in &mut chains {
                chain.next();
            }
            while !chains.is_empty() {
                drop(chains.swap_remove(chains.len() / 2));
            }
        },
        |odd| assert_eq!(ends(odd), [500, 2, 498, 0, 0]),
    );
}

#[measured_stage("down")]
fn down(n: u64) -> Box<dyn Iterator<Item = u64>> {
    match n {
        0 => Box::new(std::iter::empty()),
        n => Box::new(std::iter::once(n).chain(down(n - 1))),
    }
}

#[test]
fn recursion_a_thousand_deep() {
    const DEEP: u64 = 1_000;
    for timing in counting_timings() {
        let w = World::with(timing);
        let world = w.clone();
        // An unoptimised build needs more stack than a test thread has.
        let big = thread::Builder::new().stack_size(64 << 20);
        big.spawn(move || world.scope(|| assert!(down(DEEP).eq((1..=DEEP).rev()))))
            .expect("a thread")
            .join()
            .expect("no panic");
        let down = w.stage("down");
        assert_eq!(
            [down.runs, down.exhausted, down.active],
            [DEEP + 1, DEEP + 1, 0],
            "{timing}"
        );
        assert_eq!(down.records_out, DEEP * (DEEP + 1) / 2);
    }
}

#[measured_stage("later")]
fn later(records: impl IntoIterator<Item = u64>) -> impl FnOnce() -> u64 {
    move || records.into_iter().sum()
}

#[test]
fn an_input_that_is_first_asked_for_after_its_stage_has_ended() {
    under_every_timing(
        "odd",
        |_| {
            let (one, other) = (later([1, 2, 3]), later([4, 5]));
            assert_eq!((other(), one()), (9, 6));
            // Its run was given back once: nobody shares one with anybody.
            let mut chains: Vec<_> = (0..16).map(|_| odd(0..100)).collect();
            for chain in &mut chains {
                assert_eq!(chain.count(), 50);
            }
        },
        |odd| {
            assert_eq!(ends(odd), [16, 16, 0, 0, 0]);
            assert_eq!(counts(odd), [1_600, 800, 816]);
        },
    );
}

#[measured_stage("outer")]
fn outer(
    records: impl Iterator<Item = u64>,
    world: World,
    inner: impl Fn(u64),
) -> impl Iterator<Item = u64> {
    records.inspect(move |&n| {
        world.spend(2);
        inner(n);
    })
}

/// What `inner` does in a pipeline of its own is not the outer stage's, however it ends.
fn own_of_outer(inner: impl Fn(&World, u64)) -> [u64; 2] {
    let w = World::new();
    let begun = w.clock.now();
    w.scope(|| outer(0..20, w.clone(), |n| inner(&w, n)).for_each(|_| w.spend(1)));
    let report = w.seen_from_elsewhere();
    assert_eq!(report.wall_ns, w.clock.now() - begun);
    assert_eq!(report.unattributed_ns, 0, "{report}");
    let [outer, work] = ["outer", "work"].map(|name| report.stage(name).expect("it ran").self_ns);
    [outer, work]
}

#[test]
fn an_inner_pipeline_that_panics() {
    let own = own_of_outer(|w, n| {
        let source = (0..5).inspect(|at| {
            w.spend(3);
            assert!(at + n % 5 != 4, "as planned");
        });
        panics(|| work(source, w.clone(), 7).for_each(drop));
    });
    // Of each five, four to none come through.
    assert_eq!(own, [20 * 2, 4 * (4 + 3 + 2 + 1) * 7]);
}

#[test]
fn an_inner_pipeline_that_is_dropped_early() {
    let own = own_of_outer(|w, _| {
        work(0..5u64, w.clone(), 7).nth(1);
    });
    assert_eq!(own, [20 * 2, 20 * 2 * 7]);
}

#[test]
fn an_inner_pipeline_on_another_thread() {
    let own = own_of_outer(|w, _| {
        thread::scope(|threads| {
            threads.spawn(|| work(0..5u64, w.clone(), 7).for_each(drop));
        });
        w.scope(|| work(0..1u64, w.clone(), 7).for_each(drop));
    });
    // Waiting for a thread is the stage's self time; that thread was handed no scope.
    assert_eq!(own, [20 * (2 + 5 * 7), 20 * 7]);
}
