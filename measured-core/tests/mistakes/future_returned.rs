use measured_core::measured_stage;

use std::future::Future;

#[measured_stage]
fn total(values: impl Iterator<Item = u32>) -> impl Future<Output = u32> {
    std::future::ready(values.sum())
}

fn main() {
    drop(total(0..3));
}
