use measured_core::measured_stage;

#[measured_stage(timing = every, input = values, timing = counts)]
fn stage(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    values
}

// The second of two is no mistake in another way, too.
#[measured_stage(input = values, input = none)]
fn sink(values: impl Iterator<Item = u32>) -> usize {
    values.count()
}

fn main() {
    assert_eq!(sink(stage(0..3)), 3);
}
