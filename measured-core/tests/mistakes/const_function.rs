use measured_core::measured_stage;

#[measured_stage]
const fn pass<I: Iterator<Item = u32>>(values: &[u32; 2]) -> [u32; 2] {
    *values
}

fn main() {
    assert_eq!(pass::<std::ops::Range<u32>>(&[1, 2]), [1, 2]);
}
