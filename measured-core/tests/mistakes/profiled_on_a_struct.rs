use measured_core::profiled;

#[profiled]
struct Window(Vec<f64>);

fn main() {
    assert!(Window(Vec::new()).0.is_empty());
}
