//! Which numbers are those of measured stages: a pull costs more than a call.

use crate::running::Number;
use parking_lot::Mutex;
use std::collections::BTreeSet;

static STAGES: Mutex<BTreeSet<Number>> = Mutex::new(BTreeSet::new());

pub(super) fn add(number: Number) {
    STAGES.lock().insert(number);
}

pub(super) fn include(number: Number) -> bool {
    STAGES.lock().contains(&number)
}
