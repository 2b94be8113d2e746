use measured_core::measured_stages;

use std::iter::Skip;

struct Steps;

#[measured_stages(timing = evry)]
impl Steps {
    fn good(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values
    }

    fn named<I: Iterator<Item = u32>>(values: I) -> Skip<I> {
        values.skip(1)
    }

    async fn later(values: impl Iterator<Item = u32>) -> u32 {
        values.sum()
    }
}

fn main() {
    assert_eq!(Steps::good(0..3).count(), 3);
    assert_eq!(Steps::named(0..3).count(), 2);
    drop(Steps::later(0..3));
}
