//! What is spelled like no iterator: no word about what is none, or is meant. That this compiles is a part of
//! the test; what is warned of stands in `tests/mistakes/enabled`.

#![deny(deprecated)]

use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};
use std::sync::mpsc::{self, Receiver};

use measured_core::measured_stage;

use crate::expect;

/// An iterator of one's own.
struct Countdown(u32);

impl Iterator for Countdown {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}

/// A channel's end that is no iterator.
mod elsewhere {
    pub(super) struct Receiver(pub(super) u32);
}

#[test]
fn what_is_no_iterator() {
    struct Settings(u32);
    type Counts = HashMap<u32, u32>;

    #[measured_stage]
    #[allow(
        clippy::too_many_arguments,
        clippy::needless_pass_by_value,
        reason = "the test; the second only without `enable`"
    )]
    fn counted<T: Into<u32>, R: std::io::Read + ?Sized>(
        values: impl Iterator<Item = u32>,
        range: Range<u32>,
        inclusive: RangeInclusive<u32>,
        settings: Settings,
        lent: &mut Settings,
        any: T,
        reader: &mut R,
        scale: impl Fn(u32) -> u32,
        channel: elsewhere::Receiver,
    ) -> Counts {
        let mut counts = Counts::new();
        lent.0 += u32::from(reader.read(&mut [0]).is_ok());
        let offset = settings.0 + lent.0 + any.into() + channel.0;
        for value in values.filter(|value| range.contains(value) && inclusive.contains(value)) {
            *counts.entry(scale(value) + offset).or_default() += 1;
        }
        counts
    }
    let counts = expect("counted", (4, 0), || {
        let lent = &mut Settings(1);
        let channel = elsewhere::Receiver(1);
        let reader: &mut dyn std::io::Read = &mut [0].as_slice();
        counted(
            0..4,
            0..3,
            1..=2,
            Settings(1),
            lent,
            1_u8,
            reader,
            |it| it,
            channel,
        )
    });
    assert_eq!(counts[&6], 1);
}

#[test]
fn a_returned_range_is_a_value() {
    #[measured_stage]
    fn extent(values: impl Iterator<Item = u32> + Clone) -> Option<Range<u32>> {
        Some(values.clone().min()?..values.max()?)
    }
    let extent = expect("extent", (6, 0), || extent([3, 1, 2].into_iter()));
    assert_eq!(extent, Some(1..3));
}

#[test]
fn a_returned_iterator_may_be_meant_to_be_a_value() {
    #[measured_stage(output = none)]
    fn summed(values: impl Iterator<Item = u32>) -> Countdown {
        Countdown(values.sum())
    }
    #[measured_stage(output = none)]
    fn sorted(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        let mut values: Vec<u32> = values.collect();
        values.sort_unstable();
        values.into_iter()
    }
    #[measured_stage(output = none)]
    fn reversed(values: Vec<u32>) -> std::iter::Rev<std::vec::IntoIter<u32>> {
        values.into_iter().rev()
    }
    assert_eq!(expect("summed", (3, 0), || summed(0..3)).count(), 3);
    assert_eq!(expect("sorted", (3, 0), || sorted(0..3)).count(), 3);
    assert_eq!(
        expect("reversed", (2, 0), || reversed(vec![1, 2])).next(),
        Some(2)
    );
}

#[test]
fn a_parameter_may_be_named_or_not_be_meant() {
    #[measured_stage(input = values)]
    fn named(values: Receiver<u32>, ids: &mut Countdown) -> impl Iterator<Item = u32> {
        values.into_iter().chain(ids)
    }
    #[measured_stage(input = none)]
    fn unmeasured(values: Countdown) -> impl Iterator<Item = u32> {
        values
    }
    let (sender, receiver) = mpsc::channel();
    sender.send(1).unwrap();
    drop(sender);
    let count = expect("named", (1, 3), || {
        named(receiver, &mut Countdown(2)).count()
    });
    assert_eq!(count, 3);
    expect("unmeasured", (0, 2), || unmeasured(Countdown(2)).count());
}

#[test]
fn a_warning_can_be_silenced_as_any_other() {
    #[measured_stage]
    #[allow(deprecated, reason = "the test; without `enable` nothing is asked")]
    fn silenced(values: Vec<u32>) -> Countdown {
        Countdown(values.into_iter().sum())
    }
    expect("silenced", (2, 0), || silenced(vec![1, 2]));
}
