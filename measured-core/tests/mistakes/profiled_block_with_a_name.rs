use measured_core::profiled;

struct Window;

#[profiled("window")]
impl Window {
    fn len(&self) -> usize {
        0
    }
}

fn main() {
    assert_eq!(Window.len(), 0);
}
