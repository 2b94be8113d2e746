use measured_core::profiled;

#[profiled(double, "one", "two")]
fn double(n: u32) -> u32 {
    2 * n
}

fn main() {
    assert_eq!(double(2), 4);
}
