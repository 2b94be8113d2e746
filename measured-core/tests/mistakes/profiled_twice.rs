use measured_core::profiled;

#[profiled]
#[profiled("double")]
fn double(n: u32) -> u32 {
    2 * n
}

fn main() {
    assert_eq!(double(2), 4);
}
