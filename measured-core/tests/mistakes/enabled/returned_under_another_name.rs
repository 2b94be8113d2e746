//! Only warnings, were they not denied.
#![deny(deprecated)]

use measured_core::{measured_stage, measured_stages};

type Boxed = Box<dyn Iterator<Item = u32>>;

struct Own(Vec<u32>);

impl Own {
    #[measured_stage]
    fn new(values: impl Iterator<Item = u32>) -> Self {
        Self(values.collect())
    }
}

impl Iterator for Own {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.0.pop()
    }
}

trait Source: Iterator<Item = u32> {}

impl<I: Iterator<Item = u32>> Source for I {}

#[measured_stage]
fn alias(values: Vec<u32>) -> Boxed {
    Box::new(values.into_iter())
}

#[measured_stage]
fn own(values: impl Iterator<Item = u32>) -> crate::Own {
    Own(values.collect())
}

#[measured_stage]
fn extended(values: impl Iterator<Item = u32>) -> impl Source {
    values
}

struct Stages;

#[measured_stages]
impl Stages {
    fn fallible(values: impl Iterator<Item = u32>) -> std::io::Result<Own> {
        Ok(Own(values.collect()))
    }
}

fn main() {
    alias(vec![1]).count();
    own(Own::new(0..1)).count();
    extended(0..1).count();
    Stages::fallible(0..1).unwrap().count();
}
