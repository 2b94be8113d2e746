//! `#[measured_stages]` on `impl` blocks and modules.

use std::iter::Peekable;

use measured_core::{Registry, measured_stage, measured_stages};

use crate::expect;

struct Pipeline<T> {
    offset: T,
}

#[measured_stages(timing = every)]
impl<T> Pipeline<T>
where
    T: Copy + std::ops::Add<Output = T>,
{
    const SKIP: usize = 1;

    fn new(offset: T) -> Self {
        Self { offset }
    }

    fn shifted<'a>(&'a self, values: impl Iterator<Item = T> + 'a) -> impl Iterator<Item = T> + 'a {
        values.map(|value| value + self.offset)
    }

    fn skipped(values: impl Iterator<Item = T>) -> Box<[T]> {
        values.skip(Self::SKIP).collect()
    }

    fn batch(&self, values: &[T]) -> Vec<T> {
        values.iter().map(|value| *value + self.offset).collect()
    }

    /// Not one by one, so no stage.
    fn last(values: &[T]) -> Option<T> {
        values.last().copied()
    }

    /// Returns the very iterator, which it could not if that were measured.
    #[not_measured]
    fn look_ahead<I: Iterator<Item = T>>(values: I) -> Peekable<I>
    where
        Self: Sized,
    {
        values.peekable()
    }

    #[not_measured]
    fn quiet(values: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        values
    }

    #[measured_stage("a name of its own")]
    fn named(values: impl Iterator<Item = T>) -> usize {
        values.count()
    }
}

fn names(run: impl FnOnce()) -> Vec<String> {
    let registry = Registry::new();
    registry.scope(run);
    let report = registry.capture();
    report
        .stages
        .iter()
        .map(|stage| stage.name.clone())
        .collect()
}

#[test]
fn stages_of_a_type() {
    let pipeline = Pipeline::new(1);
    expect("Pipeline::shifted", (3, 3), || {
        pipeline.shifted(0..3).count()
    });
    expect("Pipeline::skipped", (3, 2), || Pipeline::skipped(0..3));
    expect("Pipeline::batch", (3, 3), || pipeline.batch(&[1, 2, 3]));
    expect("a name of its own", (3, 0), || Pipeline::named(0..3));
    let others = names(|| {
        assert_eq!(Pipeline::last(&[1, 2]), Some(2));
        assert_eq!(Pipeline::quiet(0..3).count(), 3);
        assert_eq!(Pipeline::look_ahead(0..3).peek(), Some(&0));
    });
    assert!(others.is_empty(), "{others:?}");
}

trait Step {
    type Item;
    fn run(&mut self, values: Vec<Self::Item>) -> Vec<Self::Item>;
}

#[measured_stages]
impl Step for &Pipeline<u8> {
    type Item = u8;

    fn run(&mut self, values: Vec<u8>) -> Vec<u8> {
        values.into_iter().skip(1).collect()
    }
}

#[test]
fn stages_of_a_trait_for_a_type() {
    let pipeline = Pipeline::new(1);
    expect("Pipeline::run", (3, 2), || (&pipeline).run(vec![1, 2, 3]));
}

#[measured_stages]
mod steps {
    #![doc = "Inner attributes stay inside."]

    use super::Step;

    pub(crate) const FACTOR: u32 = 2;

    pub(crate) fn doubled(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.map(|value| value * FACTOR)
    }

    pub(crate) struct r#Loop;

    impl Step for r#Loop {
        type Item = u32;

        fn run(&mut self, values: Vec<u32>) -> Vec<u32> {
            values.into_iter().take(1).collect()
        }
    }

    #[not_measured]
    impl r#Loop {
        pub(crate) fn quiet(values: Vec<u32>) -> Vec<u32> {
            values
        }
    }

    pub(crate) mod inner {
        pub(crate) fn halved(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
            values.map(|value| value / super::FACTOR)
        }
    }
}

#[test]
fn stages_of_a_module() {
    expect("steps::doubled", (3, 3), || steps::doubled(0..3).count());
    expect("Loop::run", (3, 1), || steps::r#Loop.run(vec![1, 2, 3]));
    expect("steps::inner::halved", (3, 3), || {
        steps::inner::halved(0..3).count()
    });
    assert!(names(|| drop(steps::r#Loop::quiet(vec![1]))).is_empty());
}

#[test]
fn what_is_kept_or_given_by_a_trait_is_no_stage() {
    #[measured_stages]
    mod values {
        pub(super) struct Values(Vec<u32>);

        impl Values {
            /// Keeps what it is given, or fails.
            pub(crate) fn parsed<'a>(words: impl Iterator<Item = &'a str>) -> Option<Self> {
                let values = words.map(|word| word.parse().ok());
                values.collect::<Option<_>>().map(Self)
            }

            pub(crate) fn doubled(&self) -> impl Iterator<Item = u32> {
                self.0.iter().map(|value| value * 2)
            }
        }

        impl IntoIterator for Values {
            type Item = u32;
            type IntoIter = std::vec::IntoIter<u32>;

            fn into_iter(self) -> Self::IntoIter {
                self.0.into_iter()
            }
        }
    }
    let names = names(|| {
        let values = values::Values::parsed(["1", "2"].into_iter()).unwrap();
        assert_eq!(values.doubled().sum::<u32>(), 6);
        assert_eq!(values.into_iter().sum::<u32>(), 3);
    });
    if cfg!(feature = "enable") {
        assert_eq!(names, ["Values::doubled"]);
    }
}
