use measured_core::measured_stage;

#[measured_stage]
async fn total(values: impl Iterator<Item = u32>) -> u32 {
    values.sum()
}

fn main() {
    drop(total(0..3));
}
