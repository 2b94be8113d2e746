use measured_core::profiled;

#[profiled]
fn doubled(numbers: Vec<u32>) -> impl Iterator<Item = u32> {
    numbers.into_iter().map(|n| 2 * n)
}

fn main() {
    assert_eq!(doubled(vec![1]).sum::<u32>(), 2);
}
