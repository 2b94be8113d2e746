//! Stages of every shape where nothing has its usual name: no prelude, and what the prelude holds is
//! defined anew as something else.

use ::measured_core::{measured_stage, measured_stages, profile, profiled};

// The traits are needed for their methods; their names stay free to be shadowed.
use ::std::iter::{IntoIterator as _, Iterator as _};

/// Not the standard library.
pub mod std {}

/// Not the core library.
pub mod core {}

/// Not our crate.
pub mod measured_core {}

/// Nothing like `std::option::Option`.
pub struct Option;

/// Nothing like `std::result::Result`.
pub struct Result;

/// Nothing like `std::boxed::Box`.
pub struct Box;

/// Not a variant.
pub struct Some;

/// Not a variant either.
pub struct Ok;

/// Yields nothing.
pub trait Iterator {}

/// Turns into nothing.
pub trait IntoIterator {}

/// Nothing like the items that an expansion might make.
pub const SITE: u32 = 3;

/// Nothing like the functions that an expansion might call.
#[must_use]
pub fn start(run: u32) -> u32 {
    run
}

/// An iterator in and out, with the names that the expansion uses inside.
#[measured_stage("adapter")]
pub fn adapter(
    run: impl ::std::iter::Iterator<Item = u32>,
    out: u32,
) -> impl ::std::iter::Iterator<Item = u32> {
    run.map(move |input| start(input + out + SITE))
}

/// A parameter that the body changes.
#[measured_stage]
pub fn mutable(
    mut values: impl ::std::iter::Iterator<Item = u32>,
    mut offset: u32,
) -> impl ::std::iter::Iterator<Item = u32> {
    if values.next().is_some() {
        offset += 1;
    }
    values.map(move |value| value + offset)
}

/// Boxed in and out, by a lifetime of its own.
#[measured_stage(timing = every)]
pub fn boxed<'a>(
    values: ::std::boxed::Box<dyn ::std::iter::Iterator<Item = &'a str> + 'a>,
) -> ::std::boxed::Box<dyn ::std::iter::Iterator<Item = usize> + 'a> {
    ::std::boxed::Box::new(values.map(str::len))
}

/// A generic input in a `where`.
#[measured_stage(timing = counts)]
pub fn generic<I, const N: usize>(values: I) -> impl ::std::iter::Iterator<Item = [I::Item; N]>
where
    I: ::std::iter::IntoIterator,
    I::Item: ::std::marker::Copy,
{
    values.into_iter().map(|value| [value; N])
}

/// What an iterator can be besides.
#[measured_stage]
pub fn both_ends(
    values: impl ::std::iter::DoubleEndedIterator<Item = u32> + ::std::iter::ExactSizeIterator,
) -> impl ::std::iter::DoubleEndedIterator<Item = u32> + ::std::iter::ExactSizeIterator {
    values.rev()
}

/// A fallible stage with `?`, and items that count as errors.
///
/// # Errors
///
/// Where `first` is no number.
#[measured_stage("fallible", items = result, timing = sampled)]
pub fn fallible<'a, I>(
    lines: I,
    first: &str,
) -> ::std::result::Result<
    impl ::std::iter::Iterator<Item = ::std::result::Result<u32, ::std::num::ParseIntError>> + 'a,
    ::std::num::ParseIntError,
>
where
    I: ::std::iter::Iterator<Item = &'a str> + 'a,
{
    let first: u32 = first.parse()?;
    ::std::result::Result::Ok(lines.map(move |line| {
        let value: u32 = line.parse()?;
        ::std::result::Result::Ok(value + first)
    }))
}

/// A stage that may not be.
#[measured_stage]
#[must_use]
pub fn optional(
    limit: ::std::option::Option<u32>,
) -> ::std::option::Option<::std::boxed::Box<dyn ::std::iter::Iterator<Item = u32>>> {
    let limit = limit?;
    ::std::option::Option::Some(::std::boxed::Box::new(0..limit))
}

/// A sink.
#[measured_stage]
pub fn sink(values: impl ::std::iter::IntoIterator<Item = u32>) -> u32 {
    let mut sum = 0;
    for value in values {
        sum += value;
    }
    sum
}

/// What a closure would capture in part, from edition 2021 on.
#[measured_stage]
pub fn in_parts(
    values: impl ::std::iter::Iterator<Item = u32>,
    (low, scale): (u32, Scale),
    high: (u32, ::std::string::String),
) -> usize {
    values
        .filter(|value| low < *value && *value < high.0 && scale.factor > 0)
        .count()
}

/// A sink that returns nothing, by reference.
#[measured_stage]
pub fn drain(values: &mut dyn ::std::iter::Iterator<Item = u32>) {
    if values.next().is_none() {
        return;
    }
    values.for_each(::std::mem::drop);
}

/// A lazy stage by reference.
#[measured_stage]
pub fn lend(
    values: &mut dyn ::std::iter::Iterator<Item = u32>,
) -> impl ::std::iter::Iterator<Item = u32> + '_ {
    values.map(|value| value + 1)
}

/// A temporary in the last expression, which edition 2018 drops after the variables of the body.
#[measured_stage]
pub fn guarded(
    values: impl ::std::iter::Iterator<Item = u32>,
    offset: ::std::sync::Mutex<u32>,
) -> u32 {
    values.sum::<u32>() + offset.lock().map(|offset| *offset).unwrap_or_default()
}

/// A batch.
#[measured_stage]
#[must_use]
pub fn batch(values: &[u32]) -> ::std::vec::Vec<u32> {
    values.iter().map(|value| value * 2).collect()
}

/// A source.
#[measured_stage]
pub fn source(end: u32) -> impl ::std::iter::Iterator<Item = u32> {
    0..end
}

/// What the methods belong to.
pub struct Scale {
    factor: u32,
    last: u32,
}

#[measured_stages]
impl Scale {
    /// By reference.
    pub fn by<'a>(
        &'a self,
        values: impl ::std::iter::Iterator<Item = u32> + 'a,
    ) -> impl ::std::iter::Iterator<Item = u32> + 'a {
        values.map(move |value| value * self.factor)
    }

    /// By mutable reference.
    pub fn remember<'a>(
        &'a mut self,
        values: impl ::std::iter::Iterator<Item = u32> + 'a,
    ) -> impl ::std::iter::Iterator<Item = u32> + 'a {
        values.inspect(move |value| self.last = *value)
    }

    /// By value.
    pub fn into_scaled(
        self,
        values: impl ::std::iter::Iterator<Item = u32>,
    ) -> impl ::std::iter::Iterator<Item = u32> {
        values.map(move |value| value * self.factor)
    }

    /// Left alone.
    #[not_measured]
    pub fn plain(
        values: impl ::std::iter::Iterator<Item = u32>,
    ) -> impl ::std::iter::Iterator<Item = u32> {
        values
    }
}

macro_rules! stage {
    ($(#[$attr:meta])* $name:ident, $values:ident: $item:ty, $body:expr) => {
        $(#[$attr])*
        #[measured_stage]
        pub fn $name(
            $values: impl ::std::iter::Iterator<Item = $item>,
        ) -> impl ::std::iter::Iterator<Item = $item> {
            let offset = 1;
            $body.map(move |value| value + offset)
        }
    };
}

stage!(
    /// Made by a macro, with a parameter named by its caller.
    made, values: u32, values.skip(1)
);

stage!(
    /// With a raw name.
    r#match, r#type: u64, r#type.skip(1)
);

/// Whatever the compiler has to say of a function, it says of a stage.
mod spoken_of {
    use super::measured_stage;
    use ::std::iter::Iterator as _;

    #[measured_stage]
    #[expect(dead_code, reason = "nobody calls it")]
    fn dead(values: impl ::std::iter::Iterator<Item = u32>) -> u32 {
        values.sum()
    }

    #[measured_stage]
    #[expect(dead_code, unused_variables, reason = "the body does not use it")]
    pub(crate) fn unused(
        values: impl ::std::iter::Iterator<Item = u32>,
        offset: ::std::string::String,
    ) -> u32 {
        values.sum()
    }

    #[measured_stage]
    #[expect(dead_code, unused_mut, reason = "the body does not change them")]
    pub(crate) fn unchanged(
        mut values: impl ::std::iter::Iterator<Item = u32>,
        mut offset: u32,
    ) -> u32 {
        values.sum::<u32>() + offset
    }
}

/// A profiled function, with the names that the expansion uses inside.
#[profiled]
#[must_use]
pub fn profiled_function(called: u32) -> u32 {
    profile::scope!("a part of it");
    FUNCTION + SCOPE + called
}

/// Nothing like what an expansion makes of a function.
pub const FUNCTION: u32 = 5;

/// Nor of a scope.
pub const SCOPE: u32 = 6;

/// By type.
#[profiled(generics)]
pub fn profiled_by_type<T>(value: T) -> T {
    value
}

/// Polled.
#[profiled]
pub async fn profiled_future(body: u32) -> u32 {
    body
}

/// Iterators that are not spelled so, and what is none.
mod by_other_names {
    use super::measured_stage;
    use ::std::iter::Iterator as _;

    type Boxed = ::std::boxed::Box<dyn ::std::iter::Iterator<Item = u32>>;

    #[measured_stage]
    #[allow(
        dead_code,
        deprecated,
        reason = "that it is warned of; nobody calls it"
    )]
    fn meant(values: Boxed, rest: &mut dyn ::std::iter::Iterator<Item = u32>) -> Boxed {
        ::std::boxed::Box::new(values.chain(rest.collect::<::std::vec::Vec<_>>()))
    }

    #[measured_stage]
    #[expect(dead_code, reason = "nobody calls it")]
    fn none<T, F: ::std::ops::Fn(T) -> u32>(
        values: impl ::std::iter::Iterator<Item = T>,
        number: F,
        scale: super::Scale,
        range: ::std::ops::Range<u32>,
    ) -> ::std::option::Option<super::Scale> {
        let last = values.map(number).last()?;
        let factor = scale.factor + last * range.start;
        ::std::option::Option::Some(super::Scale { factor, last })
    }
}
