//! What telling the profiler of a pull costs: an empty stage shows it, as [`super::costs`]
//! has others show what timing costs.

use super::call::start_with;
use super::iter::{Clocked, In, Out, Plain};
use super::run::Run;
use super::site::Site;
use crate::profile;
use crate::registry::Registry;
use crate::timing::Timing;
use std::hint::black_box;

static STAGE: Site = Site::new("empty stage", module_path!(), file!(), line!());

/// Before a run that the profiler is told of.
#[cold]
pub(super) fn are_known() {
    profile::learn_pulls(|| {
        let call = start_with::<Clocked>(
            Run::fresh(),
            &STAGE,
            &Registry::new(),
            Timing::Counts,
            false,
        );
        let numbers = In::new(&call, 0_u64..);
        let mut output: Out<_, _, Plain> = Out::around(numbers, call);
        let mut bare = 0_u64..;
        let pull = move || _ = black_box(output.next());
        (pull, move || _ = black_box(bare.next()))
    });
}
