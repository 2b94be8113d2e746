use measured_core::profiled;

#[profiled(generics = true, generics, generics)]
fn double<T: std::ops::Add + Copy>(n: T) -> T::Output {
    n + n
}

fn main() {
    assert_eq!(double(2), 4);
}
