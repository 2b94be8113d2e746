use std::slice::Iter;

use measured_core::measured_stages;

struct Steps(Vec<u32>);

#[measured_stages]
impl Steps {
    fn good(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values
    }

    fn iter(&self) -> Iter<'_, u32> {
        self.0.iter()
    }

    fn total(values: Iter<'_, u32>) -> u32 {
        values.sum()
    }

    fn split(&self) -> (impl Iterator<Item = u32>, u32) {
        (self.0.iter().copied(), 1)
    }

    async fn later(values: impl Iterator<Item = u32>) -> u32 {
        values.sum()
    }

    const fn never(values: &[u32]) -> &[u32] {
        values
    }
}

fn main() {
    let steps = Steps(vec![1]);
    assert_eq!(Steps::good(0..3).count(), 3);
    assert_eq!(Steps::total(steps.iter()), 1);
    assert_eq!(steps.split().0.count(), 1);
    drop(Steps::later(0..3));
    assert_eq!(Steps::never(&[1]), [1]);
}
