use measured_core::measured_stage;

trait Stream {}

impl Stream for u32 {}

#[measured_stage]
fn later(values: impl Stream) -> impl Stream {
    values
}

fn main() {
    later(1);
}
