use measured_core::profiled;

struct Window;

#[profiled]
#[profiled(generics)]
impl Window {
    fn sum(values: &[u32]) -> u32 {
        values.iter().sum()
    }
}

fn main() {
    assert_eq!(Window::sum(&[1, 2]), 3);
}
