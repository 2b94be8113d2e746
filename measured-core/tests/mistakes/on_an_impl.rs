use measured_core::measured_stage;

struct Stage;

#[measured_stage("stage")]
impl Stage {
    fn run(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values
    }
}

fn main() {
    assert_eq!(Stage::run(0..3).count(), 3);
}
