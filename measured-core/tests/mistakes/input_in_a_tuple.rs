use measured_core::measured_stage;

#[measured_stage]
fn sums(pair: (impl Iterator<Item = u32>, u32), more: Vec<Box<dyn Iterator<Item = u32>>>) -> u32 {
    pair.0.chain(more.into_iter().flatten()).sum()
}

fn main() {
    assert_eq!(sums((0..3, 0), Vec::new()), 3);
}
