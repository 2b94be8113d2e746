//! What the attribute can be told.

use measured_core::measured_stage;

use crate::expect;

#[test]
fn named() {
    #[measured_stage("a name – of its own")]
    fn skipped(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.skip(1)
    }
    expect("a name – of its own", (3, 2), || skipped(0..3).count());
}

#[test]
fn timed() {
    #[measured_stage(timing = counts)]
    fn counted(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.skip(1)
    }
    #[measured_stage(timing = sampled)]
    fn sampled(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.skip(1)
    }
    #[measured_stage("every", timing = every,)]
    fn every(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.skip(1)
    }
    expect("counted", (3, 2), || counted(0..3).count());
    expect("sampled", (3, 2), || sampled(0..3).count());
    expect("every", (3, 2), || every(0..3).count());
}

#[test]
fn the_path_to_the_crate() {
    mod elsewhere {
        pub(crate) use measured_core as measure;
    }
    #[elsewhere::measure::measured_stage("skipped", crate = elsewhere::measure)]
    fn skipped(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.skip(1)
    }
    expect("skipped", (3, 2), || skipped(0..3).count());
}
