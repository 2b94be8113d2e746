use measured_core::measured_stage;

use std::iter::{Map, StepBy};
use std::vec;

#[measured_stage]
fn doubled<I: Iterator<Item = u32>>(values: I) -> Map<I, fn(u32) -> u32> {
    values.map(|value| value * 2)
}

#[measured_stage]
fn seconds(values: Vec<u32>) -> StepBy<vec::IntoIter<u32>> {
    values.into_iter().step_by(2)
}

#[measured_stage]
fn same<I>(values: I) -> I
where
    I: Iterator<Item = u32>,
{
    values
}

fn main() {
    assert_eq!(doubled(0..3).count(), 3);
    assert_eq!(seconds(vec![1, 2, 3]).count(), 2);
    assert_eq!(same(0..3).count(), 3);
}
