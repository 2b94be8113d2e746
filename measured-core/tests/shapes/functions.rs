//! Where a stage can stand, and what can stand around and inside it.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;

use measured_core::measured_stage;

use crate::expect;

#[derive(Clone)]
struct Scale {
    factor: u32,
    seen: u32,
}

impl Scale {
    fn new(factor: u32) -> Self {
        Self { factor, seen: 0 }
    }

    #[measured_stage("by reference")]
    fn by(&self, values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.map(|value| value * self.factor)
    }

    #[measured_stage("by mutable reference")]
    fn remembering(&mut self, values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.inspect(|_| self.seen += 1)
    }

    #[measured_stage("by value")]
    fn into_scaled(self, values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.map(move |value| value * self.factor)
    }

    #[measured_stage("by mutable value")]
    fn into_doubled(mut self, values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        self.factor *= 2;
        values.map(move |value| value * self.factor)
    }

    #[measured_stage("by box")]
    fn boxed(self: Box<Self>, values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.map(move |value| value * self.factor)
    }

    #[measured_stage("by shared pointer")]
    fn shared(self: Rc<Self>, values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.map(move |value| value * self.factor)
    }

    #[measured_stage("by pin")]
    fn pinned(
        mut self: Pin<&mut Self>,
        values: impl Iterator<Item = u32>,
    ) -> impl Iterator<Item = u32> {
        values.inspect(move |_| self.seen += 1)
    }

    #[measured_stage("of the type")]
    fn scaled(values: impl Iterator<Item = u32>, by: &Self) -> impl Iterator<Item = u32> {
        values.map(|value| value * by.factor)
    }

    #[measured_stage("chained")]
    fn counting(&mut self, values: impl Iterator<Item = u32>) -> (u32, &mut Self) {
        (values.sum(), self)
    }
}

#[test]
fn methods() {
    let mut scale = Scale::new(3);
    assert_eq!(
        expect("by reference", (3, 3), || scale.by(0..3).sum::<u32>()),
        9
    );
    expect("by mutable reference", (3, 3), || {
        scale.remembering(0..3).count()
    });
    assert_eq!(scale.seen, 3);
    assert_eq!(
        expect("by value", (3, 3), || scale
            .clone()
            .into_scaled(0..3)
            .sum::<u32>()),
        9
    );
    assert_eq!(
        expect("by mutable value", (3, 3), || scale
            .clone()
            .into_doubled(0..3)
            .sum::<u32>()),
        18
    );
    assert_eq!(
        expect("by box", (3, 3), || Box::new(scale.clone())
            .boxed(0..3)
            .sum::<u32>()),
        9
    );
    assert_eq!(
        expect("by shared pointer", (3, 3), || Rc::new(scale.clone())
            .shared(0..3)
            .sum::<u32>()),
        9
    );
    expect("by pin", (3, 3), || {
        Pin::new(&mut scale).pinned(0..3).count()
    });
    assert_eq!(scale.seen, 6);
    assert_eq!(
        expect("of the type", (3, 3), || Scale::scaled(0..3, &scale)
            .sum::<u32>()),
        9
    );
    let sum = expect("chained", (3, 0), || {
        let (sum, scale) = scale.counting(0..3);
        scale.seen = sum;
        scale.seen
    });
    assert_eq!(sum, 3);
}

trait Step {
    fn run(&self, values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32>;

    fn run_boxed<'a>(
        &'a mut self,
        values: Box<dyn Iterator<Item = u32> + 'a>,
    ) -> Box<dyn Iterator<Item = u32> + 'a>;

    #[measured_stage("by default")]
    fn sum(&self, values: impl Iterator<Item = u32>) -> u32
    where
        Self: Sized,
    {
        self.run(values).sum()
    }
}

impl Step for Scale {
    #[measured_stage("in a trait")]
    fn run(&self, values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.map(|value| value * self.factor)
    }

    #[measured_stage("in a trait, boxed")]
    fn run_boxed<'a>(
        &'a mut self,
        values: Box<dyn Iterator<Item = u32> + 'a>,
    ) -> Box<dyn Iterator<Item = u32> + 'a> {
        Box::new(values.inspect(|_| self.seen += 1))
    }
}

#[test]
fn trait_methods() {
    let mut scale = Scale::new(3);
    assert_eq!(
        expect("in a trait", (3, 3), || scale.run(0..3).sum::<u32>()),
        9
    );
    assert_eq!(expect("by default", (3, 0), || scale.sum(0..3)), 9);
    expect("in a trait, boxed", (3, 3), || {
        scale.run_boxed(Box::new(0..3)).count()
    });
    let step: &mut Scale = &mut scale;
    assert_eq!(step.seen, 3);
}

#[test]
fn const_generic() {
    #[measured_stage]
    fn chunks<const N: usize, T: Copy + Default>(
        mut items: impl Iterator<Item = T>,
    ) -> impl Iterator<Item = [T; N]> {
        std::iter::from_fn(move || {
            let mut chunk = [T::default(); N];
            for place in &mut chunk {
                *place = items.next()?;
            }
            Some(chunk)
        })
    }
    expect("chunks", (5, 2), || chunks::<2, u32>(0..5).count());
}

#[test]
fn several_lifetimes() {
    #[measured_stage]
    fn known<'t, 'n: 't>(
        words: impl Iterator<Item = &'t str> + 't,
        names: &'n [&'n str],
    ) -> impl Iterator<Item = (&'t str, &'n str)> + 't {
        words.filter_map(move |word| {
            names
                .iter()
                .find(|name| **name == word)
                .map(|name| (word, *name))
        })
    }
    expect("known", (2, 1), || {
        known(["a", "b"].into_iter(), &["b"]).count()
    });
}

#[test]
fn higher_ranked() {
    #[measured_stage]
    fn lengths<F>(words: impl Iterator<Item = String>, length: F) -> impl Iterator<Item = usize>
    where
        F: for<'a> Fn(&'a str) -> usize,
    {
        words.map(move |word| length(&word))
    }
    expect("lengths", (1, 1), || {
        lengths(["a".to_owned()].into_iter(), str::len).count()
    });
}

#[test]
fn unsafe_function() {
    /// # Safety
    /// `factor` points to a number.
    #[measured_stage]
    #[expect(unsafe_code, reason = "the shape under test")]
    unsafe fn scaled(
        values: impl Iterator<Item = u32>,
        factor: *const u32,
    ) -> impl Iterator<Item = u32> {
        // SAFETY: promised by the caller.
        let factor = unsafe { *factor };
        values.map(move |value| value * factor)
    }
    #[expect(unsafe_code, reason = "the shape under test")]
    let sum = expect("scaled", (3, 3), || {
        // SAFETY: a reference is a valid pointer.
        unsafe { scaled(0..3, &raw const FACTOR) }.sum::<u32>()
    });
    assert_eq!(sum, 6);
}

static FACTOR: u32 = 2;

/// Says its name into the log when it is dropped.
struct Noisy<'a>(&'static str, &'a RefCell<Vec<&'static str>>);

impl Drop for Noisy<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

macro_rules! noisy {
    ($(#[$attr:meta])* $name:ident) => {
        $(#[$attr])*
        fn $name(
            _first: Noisy<'_>,
            (left, right): (Noisy<'_>, Noisy<'_>),
            used: Noisy<'_>,
            mut values: impl Iterator<Item = u32>,
            changed: Noisy<'_>,
            unused: Noisy<'_>,
            moved: Noisy<'_>,
        ) -> Vec<u32> {
            let _local = Noisy("local", used.1);
            let _moved = moved;
            let _ = (changed.0, used.0, left.0, right.0);
            values.by_ref().take(1).collect()
        }
    };
}

#[test]
fn parameters_are_dropped_in_the_same_order() {
    noisy!(
        #[expect(unused_variables, reason = "dropped unused")]
        plain
    );
    noisy!(
        #[measured_stage]
        #[expect(unused_variables, reason = "dropped unused")]
        measured
    );
    let order = |run: &dyn Fn(&RefCell<Vec<&'static str>>)| {
        let log = RefCell::default();
        run(&log);
        log.into_inner()
    };
    macro_rules! call {
        ($name:ident) => {
            order(&|log| {
                let noisy = |name| Noisy(name, log);
                let values = (0..3).inspect(|_| ()).map({
                    let inside = noisy("values");
                    move |value| (value, &inside).0
                });
                $name(
                    noisy("_first"),
                    (noisy("left"), noisy("right")),
                    noisy("used"),
                    values,
                    noisy("changed"),
                    noisy("unused"),
                    noisy("moved"),
                );
            })
        };
    }
    assert_eq!(call!(measured), call!(plain));
}

#[test]
fn foreign_interface() {
    #[measured_stage]
    #[expect(improper_ctypes_definitions, reason = "called from Rust only")]
    extern "C" fn sum(values: Box<dyn Iterator<Item = u32>>) -> u32 {
        values.sum()
    }
    assert_eq!(expect("sum", (3, 0), || sum(Box::new(0..3))), 3);
}

#[test]
fn raw_name() {
    #[measured_stage]
    fn r#match(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.skip(1)
    }
    expect("match", (3, 2), || r#match(0..3).count());
}

#[test]
fn destructured_parameters() {
    #[measured_stage]
    #[expect(clippy::toplevel_ref_arg, reason = "the shape under test")]
    fn within(
        (lowest, highest): (u32, u32),
        values: impl Iterator<Item = u32>,
        Scale { factor, .. }: &Scale,
        [mut offset]: [u32; 1],
        ref by: u32,
    ) -> impl Iterator<Item = u32> {
        offset += 1;
        let offset = offset + by;
        values
            .map(move |value| value * factor + offset)
            .filter(move |value| (lowest..highest).contains(value))
    }
    expect("within", (5, 2), || {
        within((4, 8), 0..5, &Scale::new(3), [0], 0).count()
    });
}

#[test]
fn recursive() {
    #[measured_stage]
    fn countdown(from: u32) -> Box<dyn Iterator<Item = u32>> {
        match from {
            0 => Box::new(std::iter::empty()),
            from => Box::new(std::iter::once(from).chain(countdown(from - 1))),
        }
    }
    // 3 records leave the outermost run, 2 of them the run inside it, 1 the innermost.
    assert_eq!(
        expect("countdown", (0, 6), || countdown(3).collect::<Vec<_>>()),
        [3, 2, 1]
    );
}

#[test]
fn one_inside_another() {
    #[measured_stage]
    fn outer(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        #[measured_stage]
        fn inner(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
            values.filter(|value| value % 2 == 0)
        }
        inner(values).skip(1)
    }
    expect("outer", (4, 1), || outer(0..4).count());
    expect("inner", (4, 2), || outer(0..4).count());
}

macro_rules! stage {
    ($name:ident, $values:ident: $values_type:ty => $returned:ty, $body:block) => {
        #[measured_stage]
        fn $name($values: $values_type) -> $returned $body
    };
    ($($vis:vis fn $name:ident by $factor:literal;)+) => {
        $(
            #[measured_stage]
            $vis fn $name(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
                values.map(|value| value * $factor)
            }
        )+
    };
}

#[test]
fn made_by_a_macro() {
    stage!(fn doubled by 2; pub(crate) fn tripled by 3;);
    stage!(total, values: impl Iterator<Item = u32> => u32, { values.sum() });
    stage!(skipped, values: Box<dyn Iterator<Item = u32>> => Box<dyn Iterator<Item = u32>>, { Box::new(values.skip(1)) });
    assert_eq!(expect("doubled", (3, 3), || doubled(0..3).sum::<u32>()), 6);
    assert_eq!(expect("tripled", (3, 3), || tripled(0..3).sum::<u32>()), 9);
    assert_eq!(expect("total", (3, 0), || total(0..3)), 3);
    expect("skipped", (3, 2), || skipped(Box::new(0..3)).count());
}

#[test]
fn attributes_around_and_inside() {
    #[allow(clippy::mixed_attributes_style, reason = "the shape under test")]
    /// Documented.
    #[inline]
    #[must_use = "for whoever reads attributes"]
    #[measured_stage]
    #[doc(hidden)]
    pub(crate) fn skipped(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        #![expect(unused_variables, reason = "the shape under test")]
        //! Documented inside.
        let unused = 1;
        values.skip(1)
    }
    expect("skipped", (3, 2), || skipped(0..3).count());
}

#[test]
fn impl_trait_beside_the_input() {
    #[measured_stage]
    fn mapped(
        values: impl Iterator<Item = u32>,
        f: impl Fn(u32) -> u32,
        n: impl Into<usize>,
    ) -> impl Iterator<Item = u32> {
        values.take(n.into()).map(f)
    }
    expect("mapped", (2, 2), || {
        mapped(0..3, |value| value + 1, 2_u8).count()
    });
}

#[test]
fn labels_and_loops() {
    #[measured_stage]
    fn found(values: impl Iterator<Item = u32>, limit: u32) -> Option<u32> {
        'outer: for value in values {
            for factor in 2.. {
                if factor * factor > value {
                    continue 'outer;
                }
                if value.is_multiple_of(factor) && value > limit {
                    break 'outer;
                }
            }
        }
        let found = (limit..9).find(|value| value % 7 == 0)?;
        Some(found)
    }
    assert_eq!(expect("found", (7, 0), || found(0..10, 5)), Some(7));
}

#[test]
fn names_that_the_expansion_uses() {
    const SITE: u32 = 2;
    #[measured_stage]
    fn run(run: impl Iterator<Item = u32>, out: u32) -> Option<Box<dyn Iterator<Item = u32>>> {
        let run: Vec<u32> = run.map(|input| input * SITE + out).collect();
        run.first()?;
        Some(Box::new(run.into_iter()))
    }
    assert_eq!(
        expect("run", (3, 3), || run(0..3, 1).unwrap().sum::<u32>()),
        9
    );
}

#[test]
fn borrowed_from_the_callers_frame() {
    #[measured_stage]
    fn noted<'a>(
        values: impl Iterator<Item = u32> + 'a,
        log: &'a mut Vec<u32>,
    ) -> impl Iterator<Item = u32> + 'a {
        values.inspect(|value| log.push(*value))
    }
    let mut log = Vec::new();
    expect("noted", (3, 3), || noted(0..3, &mut log).count());
    assert_eq!(log, [0, 1, 2]);
}
