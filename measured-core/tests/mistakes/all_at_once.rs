use measured_core::measured_stage;

#[measured_stage("", timming = every, input = vales, items = result)]
const fn stage<I>(values: I) -> (I, u32)
where
    I: Iterator<Item = u32>,
{
    (values, 0)
}

fn main() {
    assert_eq!(stage(0..3).1, 0);
}
