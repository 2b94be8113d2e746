use measured_core::measured_stage;

trait ParallelIterator {}

impl ParallelIterator for u32 {}

#[measured_stage]
fn everywhere(values: impl ParallelIterator) -> impl ParallelIterator {
    values
}

fn main() {
    everywhere(1);
}
