//! Only warnings, were they not denied.
#![deny(deprecated)]

use std::sync::mpsc::Receiver;

use measured_core::measured_stage;

type Boxed = Box<dyn Iterator<Item = u32>>;

trait Source: Iterator<Item = u32> {}

impl<I: Iterator<Item = u32>> Source for I {}

#[measured_stage]
fn alias(values: Boxed) -> impl Iterator<Item = u32> {
    values
}

#[measured_stage]
fn extended(mut values: impl Source) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || values.next())
}

#[measured_stage]
fn generic<S: Source>(first: impl Iterator<Item = u32>, rest: S) -> Vec<u32> {
    first.chain(rest).collect()
}

#[measured_stage]
fn lent(values: &mut dyn Source) -> Vec<u32> {
    values.collect()
}

#[measured_stage]
fn received(values: Receiver<u32>) -> impl Iterator<Item = u32> {
    values.into_iter()
}

fn main() {
    alias(Box::new(0..1)).count();
    extended(0..1).count();
    generic(0..1, 0..1);
    lent(&mut (0..1));
    received(std::sync::mpsc::channel().1).count();
}
