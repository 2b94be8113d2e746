use measured_core::measured_stage;

use std::rc::Rc;

#[measured_stage]
fn shared(values: impl Iterator<Item = u32>) -> Rc<impl Iterator<Item = u32>> {
    Rc::new(values)
}

#[measured_stage]
fn doubtful(values: impl Iterator<Item = u32>) -> Option<Option<impl Iterator<Item = u32>>> {
    Some(Some(values))
}

fn main() {
    drop(shared(0..3));
    drop(doubtful(0..3));
}
