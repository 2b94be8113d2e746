use measured_core::measured_stage;

#[measured_stage(input = n)]
fn numbers(n: u32) -> impl Iterator<Item = u32> {
    0..n
}

fn main() {}
