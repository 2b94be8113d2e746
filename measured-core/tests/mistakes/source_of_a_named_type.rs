use measured_core::measured_stage;

struct Primes(u32);

impl Iterator for Primes {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        Some(self.0)
    }
}

#[measured_stage]
fn primes() -> Primes {
    Primes(2)
}

#[measured_stage]
fn perhaps(first: u32) -> Option<Primes> {
    Some(Primes(first))
}

#[measured_stage]
fn doubled(first: u32) -> std::iter::Map<std::ops::Range<u32>, fn(u32) -> u32> {
    (first..10).map(|number| number * 2)
}

#[measured_stage]
fn total(numbers: &(impl Iterator<Item = u32> + Clone)) -> u32 {
    numbers.clone().sum()
}

fn main() {}
