use measured_core::profiled;

#[profiled]
mod steps {
    pub const fn double(n: u32) -> u32 {
        2 * n
    }

    pub fn doubled(numbers: Vec<u32>) -> impl Iterator<Item = u32> {
        numbers.into_iter().map(double)
    }
}

fn main() {
    assert_eq!(steps::doubled(vec![1]).sum::<u32>(), 2);
}
