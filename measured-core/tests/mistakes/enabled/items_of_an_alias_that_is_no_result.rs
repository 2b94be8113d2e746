use measured_core::measured_stage;

type Reading = u32;

#[measured_stage(items = result)]
fn stage(values: impl Iterator<Item = Reading>) -> impl Iterator<Item = Reading> {
    values
}

fn main() {
    stage(0..3);
}
