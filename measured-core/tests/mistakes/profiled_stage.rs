use measured_core::{measured_stage, profiled};

#[profiled]
#[measured_stage("sum")]
fn sum(numbers: impl Iterator<Item = u32>) -> u32 {
    numbers.sum()
}

fn main() {
    assert_eq!(sum(0..3), 3);
}
