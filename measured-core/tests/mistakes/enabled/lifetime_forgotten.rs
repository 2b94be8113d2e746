use measured_core::measured_stage;

#[measured_stage]
fn longer_than(
    words: impl Iterator<Item = u32> + 'static,
    least: &u32,
) -> Box<dyn Iterator<Item = u32>> {
    let twice = 2;
    Box::new(words.filter(move |word| twice * word > *least))
}

#[measured_stage]
fn perhaps(
    words: impl Iterator<Item = u32> + 'static,
    least: &u32,
) -> Option<Box<dyn Iterator<Item = u32>>> {
    Some(Box::new(words.filter(move |word| word > least)))
}

fn main() {
    assert_eq!(
        longer_than(0..3, &1).count() + perhaps(0..3, &1).map_or(0, Iterator::count),
        3
    );
}
