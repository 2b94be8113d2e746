use measured_core::{measured_stage, measured_stages, profiled};

#[measured_stage]
#[profiled]
fn stage(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    values
}

#[profiled]
#[measured_stage]
fn the_other_way(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    values
}

struct Steps;

#[measured_stages]
impl Steps {
    #[profiled]
    fn member(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values
    }

    #[profiled]
    fn no_stage(value: u32) -> u32 {
        value
    }
}

fn main() {
    assert_eq!(stage(the_other_way(Steps::member(0..3))).count(), 3);
    assert_eq!(Steps::no_stage(1), 1);
}
