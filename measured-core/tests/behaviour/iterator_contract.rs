//! A measured iterator is, to everyone who uses it, the one that it measures.

use crate::world::{stage, timings};
use measured_core::{Measured, Registry, measured_stage};
use std::cell::RefCell;
use std::iter::FusedIterator;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;

#[measured_stage("same")]
fn same<I: Iterator>(records: I) -> impl Iterator<Item = I::Item> {
    records
}

#[measured_stage("mirror")]
fn mirror<I>(
    records: I,
) -> impl DoubleEndedIterator<Item = I::Item> + ExactSizeIterator + FusedIterator + Clone
where
    I: DoubleEndedIterator + ExactSizeIterator + FusedIterator + Clone,
{
    records
}

#[measured_stage("mirror", timing = counts)]
fn mirror_counted<I>(
    records: I,
) -> impl DoubleEndedIterator<Item = I::Item> + ExactSizeIterator + FusedIterator + Clone
where
    I: DoubleEndedIterator + ExactSizeIterator + FusedIterator + Clone,
{
    records
}

/// In every timing.
fn everywhere(check: impl Fn()) {
    for timing in timings() {
        println!("{timing}");
        Registry::new().with_timing(timing).scope(&check);
    }
}

/// What comes of a range, and of the same range measured in three ways.
macro_rules! as_in_std {
    (|$records:pat_param| $result:expr) => {
        everywhere(|| {
            for length in [0u32, 1, 2, 7, 130] {
                let $records = 0..length;
                let expected = $result;
                let $records = mirror(0..length);
                assert_eq!($result, expected, "of {length}");
                let $records = mirror_counted(0..length);
                assert_eq!($result, expected, "of {length}");
                let $records = (0..length).measured("marked");
                assert_eq!($result, expected, "of {length}");
            }
        });
    };
}

#[test]
fn items_and_their_order() {
    as_in_std!(|records| records.collect::<Vec<_>>());
    as_in_std!(|records| records.rev().collect::<Vec<_>>());
    as_in_std!(|mut records| (records.next(), records.next_back(), records.next()));
    as_in_std!(|mut records| {
        let mut all = Vec::new();
        while let (Some(front), Some(back)) = (records.next(), records.next_back()) {
            all.extend([front, back]);
        }
        (all, records.next(), records.next_back())
    });
}

#[test]
fn lengths_as_it_goes() {
    as_in_std!(|mut records| {
        let mut hints = vec![(records.size_hint(), records.len())];
        while records.next().is_some() {
            hints.push((records.size_hint(), records.len()));
            records.next_back();
        }
        hints.push((records.size_hint(), records.len()));
        hints
    });
}

#[test]
fn ways_to_skip_and_to_end() {
    for n in [0, 1, 6, 129, 1_000] {
        as_in_std!(|mut records| (records.nth(n), records.next()));
        as_in_std!(|mut records| (records.nth_back(n), records.next_back()));
        as_in_std!(|records| (records.skip(n).count(), ()));
        as_in_std!(|records| records.step_by(n + 1).collect::<Vec<_>>());
    }
    as_in_std!(|records| records.count());
    as_in_std!(|records| records.last());
    as_in_std!(|mut records| (records.next(), records.last()));
}

#[test]
fn ways_to_fold() {
    as_in_std!(|records| records.fold(7u32, |hash, n| hash.wrapping_mul(31) ^ n));
    as_in_std!(|records| records.rfold(7u32, |hash, n| hash.wrapping_mul(31) ^ n));
    as_in_std!(|mut records| {
        let some = records.try_fold(0u32, |sum, n| (n < 5).then_some(sum + n));
        (some, records.next())
    });
    as_in_std!(|mut records| {
        let some = records.try_rfold(0u32, |sum, n| (n > 5).then_some(sum + n));
        (some, records.next_back())
    });
    as_in_std!(|mut records| (records.position(|n| n == 3), records.next()));
    as_in_std!(|mut records| (records.rposition(|n| n == 3), records.next()));
    as_in_std!(|mut records| (records.find(|n| n % 4 == 3), records.next()));
    as_in_std!(|records| (records.min(), ()));
    as_in_std!(|records| records.partition::<Vec<_>, _>(|n| n % 3 == 0));
    as_in_std!(|mut records| {
        (
            records.any(|n| n == 2),
            records.all(|n| n < 100),
            records.next(),
        )
    });
}

/// Says anything about its length.
struct Liar(u32, (usize, Option<usize>));

impl Iterator for Liar {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.1
    }
}

#[test]
fn hints_that_lie() {
    everywhere(|| {
        for hint in [(0, Some(0)), (0, None), (9, Some(3)), (usize::MAX, None)] {
            let mut liar = same(Liar(5, hint));
            assert_eq!(liar.size_hint(), hint);
            assert_eq!(liar.by_ref().sum::<u32>(), 10);
            assert_eq!((liar.size_hint(), liar.next()), (hint, None));
        }
    });
}

/// Every third pull finds nothing.
#[test]
fn what_is_not_fused_stays_so() {
    everywhere(|| {
        let unfused = || {
            let mut n = 0;
            std::iter::from_fn(move || {
                n += 1;
                (n % 3 != 0).then_some(n)
            })
        };
        let pulls = |mut records: Box<dyn Iterator<Item = u32>>| {
            (0..30).map(|_| records.next()).collect::<Vec<_>>()
        };
        let expected = pulls(Box::new(unfused()));
        assert_eq!(pulls(Box::new(same(same(unfused())))), expected);
        assert_eq!(pulls(Box::new(unfused().measured("marked"))), expected);
    });
}

/// Nobody asks again for what was said not to be there.
#[test]
fn nothing_is_pulled_that_nobody_asked_for() {
    everywhere(|| {
        let asked = RefCell::new(0);
        let source = std::iter::from_fn(|| {
            *asked.borrow_mut() += 1;
            (*asked.borrow() <= 3).then_some(())
        });
        let mut chain = same(same(source));
        assert_eq!(*asked.borrow(), 0);
        for pulls in 1..=6 {
            assert_eq!(chain.next().is_some(), pulls <= 3);
            assert_eq!(*asked.borrow(), pulls);
        }
        drop(chain);
        assert_eq!(*asked.borrow(), 6);
    });
}

/// Notes when it is dropped.
struct Noting(&'static str, Rc<RefCell<Vec<&'static str>>>);

impl Drop for Noting {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

fn guarded<I: Iterator>(records: I, guard: Noting) -> impl Iterator<Item = I::Item> {
    records.inspect(move |_| {
        let _held = &guard;
    })
}

#[measured_stage("guarded")]
fn guarded_stage<I: Iterator>(records: I, guard: Noting) -> impl Iterator<Item = I::Item> {
    records.inspect(move |_| {
        let _held = &guard;
    })
}

#[test]
fn drops_come_in_the_same_order() {
    everywhere(|| {
        let [bare, measured] = [false, true].map(|is_measured| {
            let notes = Rc::default();
            let noting = |name| Noting(name, Rc::clone(&notes));
            let source = vec![noting("first"), noting("second"), noting("third")].into_iter();
            let mut chain: Box<dyn Iterator<Item = Noting>> = if is_measured {
                let inner = guarded_stage(source, noting("inner"));
                Box::new(guarded_stage(inner, noting("outer")))
            } else {
                Box::new(guarded(guarded(source, noting("inner")), noting("outer")))
            };
            drop(chain.next());
            let kept = chain.next();
            drop(chain);
            drop(kept);
            notes.take()
        });
        assert_eq!(bare, measured);
        assert_eq!(bare.len(), 5);
    });
}

#[measured_stage("cloneable")]
fn cloneable(records: impl Iterator<Item = u32> + Clone) -> impl Iterator<Item = u32> + Clone {
    records.map(|n| n * 2)
}

#[test]
fn a_clone_is_a_run_of_its_own_and_so_are_its_inputs() {
    let registry = Registry::new().with_timing("every".parse().unwrap());
    registry.scope(|| {
        let mut chain = cloneable(0..10);
        chain.nth(3);
        let again = chain.clone();
        let unused = again.clone();
        assert_eq!((chain.count(), again.count()), (6, 6));
        drop(unused);
    });
    let report = registry.capture();
    let cloneable = stage(&report, "cloneable");
    assert_eq!(
        (cloneable.runs, cloneable.exhausted, cloneable.dropped),
        (3, 2, 1)
    );
    assert_eq!((cloneable.records_in, cloneable.records_out), (16, 16));
    assert_eq!(cloneable.active, 0);
}

#[test]
fn a_clone_of_a_chain_clones_every_run_of_it() {
    everywhere(|| {
        let mut chain = cloneable(cloneable(cloneable(0..10)));
        chain.next();
        let again = chain.clone();
        assert!(again.eq(chain));
        let report = Registry::current().capture();
        if let Some(cloneable) = report.stage("cloneable") {
            assert_eq!((cloneable.runs, cloneable.exhausted), (6, 6));
            assert_eq!((cloneable.records_in, cloneable.records_out), (57, 57));
        }
    });
}

struct PanicsWhenCloned;

impl Clone for PanicsWhenCloned {
    fn clone(&self) -> PanicsWhenCloned {
        panic!("as planned")
    }
}

impl Iterator for PanicsWhenCloned {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        Some(1)
    }
}

#[test]
fn a_clone_that_panics_leaves_nothing_behind() {
    let registry = Registry::new();
    registry.scope(|| {
        let chain = cloneable(PanicsWhenCloned);
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| chain.clone()));
        assert!(result.is_err());
        // Its inputs belong to nobody who is cloned now.
        let other = cloneable(0..5);
        assert_eq!((other.clone().count(), other.count()), (5, 5));
    });
    let report = registry.capture();
    let cloneable = stage(&report, "cloneable");
    assert_eq!(
        (cloneable.runs, cloneable.active, cloneable.panicked),
        (4, 0, 1)
    );
    assert_eq!((cloneable.records_in, cloneable.records_out), (10, 10));
}

#[measured_stage("rounds")]
fn rounds(records: impl Iterator<Item = u32> + Clone, n: usize) -> impl Iterator<Item = u32> {
    records.cycle().take(n)
}

#[test]
fn a_cycle_in_a_body_is_more_input_of_the_same_run() {
    everywhere(|| {
        assert_eq!(
            rounds(0..3, 8).collect::<Vec<_>>(),
            [0, 1, 2, 0, 1, 2, 0, 1]
        );
        let report = Registry::current().capture();
        if let Some(rounds) = report.stage("rounds") {
            assert_eq!(
                (rounds.runs, rounds.records_in, rounds.records_out),
                (1, 8, 8)
            );
        }
    });
}

/// Debug output is the iterator's own.
#[test]
fn it_shows_itself_as_what_it_measures() {
    assert_eq!(format!("{:?}", (0..3).measured("marked")), "0..3");
}

/// As many promises as one can make of a return type; it compiles.
#[measured_stage("promised")]
fn promised<'a>(
    records: impl DoubleEndedIterator<Item = &'a str>
    + ExactSizeIterator
    + FusedIterator
    + Clone
    + Send
    + Sync
    + Unpin
    + UnwindSafe
    + RefUnwindSafe
    + 'a,
) -> impl DoubleEndedIterator<Item = &'a str>
+ ExactSizeIterator
+ FusedIterator
+ Clone
+ Send
+ Sync
+ Unpin
+ UnwindSafe
+ RefUnwindSafe
+ 'a {
    records
}

#[test]
fn auto_traits_are_what_they_were() {
    fn is_all<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>(_: &T) {}
    let words = ["a", "b"];
    let chain = promised(words.iter().copied());
    is_all(&chain);
    is_all(&(0..3).measured("marked"));
    assert_eq!(chain.rev().collect::<String>(), "ba");
}

/// What is not `Send` can be measured all the same, also by reference and unsized.
#[test]
fn what_promises_nothing_is_asked_nothing() {
    everywhere(|| {
        let shared = Rc::new(3);
        let sum: i32 = same((0..4).map(|n| n * *shared)).sum();
        assert_eq!(sum, 18);
        let mut numbers = 0..4;
        let dynamic: &mut dyn Iterator<Item = i32> = &mut numbers;
        assert_eq!(same(dynamic).take(2).count(), 2);
        assert_eq!(numbers, 2..4);
    });
}
