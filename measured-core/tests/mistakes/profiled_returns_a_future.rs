use measured_core::profiled;
use std::future::Future;

#[profiled]
fn later(n: u32) -> impl Future<Output = u32> {
    async move { n }
}

fn main() {
    drop(later(2));
}
