//! What telling the profiler of a pull costs: an empty stage shows it, as those of
//! [`super::costs`] show what timing costs.

use super::call::start_with;
use super::iter::{In, Out};
use super::mode::Clocked;
use super::run::Run;
use super::site::Site;
use super::tally::Plain;
use crate::profile;
use crate::registry::Registry;
use crate::timing::Timing;
use std::hint::black_box;

static STAGE: Site = Site::new("empty stage", module_path!(), file!(), line!());

/// To the profiler, before a run that it is told of: what they cost it can find out then.
pub(super) fn note_empty_stage() {
    profile::note_empty_stage(|| {
        let run = Run::fresh();
        let call = start_with::<Clocked>(run, &STAGE, &Registry::new(), Timing::Counts, false);
        let numbers = In::new(&call, 0_u64..);
        let mut output: Out<_, _, Plain> = Out::around(numbers, call);
        let mut bare = 0_u64..;
        [
            Box::new(move || _ = black_box(output.next())),
            Box::new(move || _ = black_box(bare.next())),
        ]
    });
}
