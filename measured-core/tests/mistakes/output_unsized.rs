use measured_core::measured_stage;

#[measured_stage]
fn numbers(n: u32) -> dyn Iterator<Item = u32> {
    0..n
}

fn main() {}
