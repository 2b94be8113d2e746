use measured_core::measured_stage;

trait Doubled: Iterator<Item = u32> + Sized {
    fn doubled(self) -> impl Iterator<Item = u32>;
}

impl<I: Iterator<Item = u32>> Doubled for I {
    #[measured_stage(input = self)]
    fn doubled(self) -> impl Iterator<Item = u32> {
        self.map(|value| value * 2)
    }
}

fn main() {
    assert_eq!((0..3).doubled().count(), 3);
}
