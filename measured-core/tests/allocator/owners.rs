//! Whose blocks are.

use super::process::each_alone;
use super::start;
use measured_core::memory::{GroupBy, Snapshot, StatisticDiffs};
use measured_core::{Measured, measured_stage};
use std::hint::black_box;

const WORD: usize = 10;

/// A source that is no stage: 100 bytes a line.
fn lines() -> impl Iterator<Item = Vec<u8>> {
    (0..50).map(|_| vec![b'a'; 100])
}

/// Two blocks of ten bytes a line, one of which goes on; a table of 1,000 bytes.
#[measured_stage("words")]
fn words(lines: impl Iterator<Item = Vec<u8>>) -> impl Iterator<Item = Vec<u8>> {
    let table = vec![0_u8; 1_000];
    lines.map(move |line| {
        drop(black_box(vec![table[0]; WORD]));
        line[..WORD].to_vec()
    })
}

/// Every other one.
#[measured_stage("kept")]
fn kept(words: impl Iterator<Item = Vec<u8>>) -> impl Iterator<Item = Vec<u8>> {
    words.step_by(2)
}

/// Reads all of its input before it returns.
#[measured_stage("sorted")]
fn sorted(words: impl Iterator<Item = Vec<u8>>) -> impl Iterator<Item = Vec<u8>> {
    let mut all = Vec::with_capacity(100);
    all.extend(words);
    all.sort();
    all.into_iter()
}

fn compared(f: impl FnOnce()) -> StatisticDiffs {
    let before = Snapshot::take();
    f();
    Snapshot::take().compare_to(&before, GroupBy::Stage)
}

fn allocated(diffs: &StatisticDiffs, name: &str) -> (u64, u64) {
    let diff = diffs
        .get(name)
        .unwrap_or_else(|| panic!("{name} in\n{diffs}"));
    (diff.allocated_size, diff.allocated_count)
}

each_alone! {
    fn stages_have_what_their_own_code_allocates() {
        start();
        // Once before, so that runs and registry are there.
        kept(words(lines())).for_each(drop);
        let diffs = compared(|| {
            let consumed: Vec<Vec<u8>> = Vec::with_capacity(0);
            kept(words(lines())).for_each(|word| drop(black_box([word, vec![0; 7]])));
            drop(consumed);
        });
        assert_eq!(allocated(&diffs, "words"), (1_000 + 50 * 20, 1 + 50 * 2));
        assert_eq!(diffs.get("kept"), None, "it allocates nothing");
        // The source and the consumer are nobody.
        let (bytes, _) = allocated(&diffs, "(unattributed)");
        assert_eq!(bytes, 50 * 100 + 25 * 7);
        assert_eq!((diffs.size_diff(), diffs.count_diff()), (0, 0), "{diffs}");
    }

    fn a_body_that_pulls_is_not_charged_for_what_it_pulls() {
        start();
        sorted(words(lines())).for_each(drop);
        let diffs = compared(|| sorted(words(lines())).for_each(drop));
        assert_eq!(allocated(&diffs, "words"), (1_000 + 50 * 20, 1 + 50 * 2));
        // Its vector; sorting needs no buffer for so few.
        let (bytes, blocks) = allocated(&diffs, "sorted");
        assert_eq!((bytes, blocks), (100 * size_of::<Vec<u8>>() as u64, 1));
    }

    fn what_a_stage_leaves_with_others_stays_its_own() {
        start();
        let before = Snapshot::take();
        let all: Vec<Vec<u8>> = words(lines()).collect();
        let after = Snapshot::take().compare_to(&before, GroupBy::Stage);
        let diff = after.get("words").expect("it ran");
        assert_eq!((diff.size_diff, diff.count_diff), (50 * WORD as i64, 50));
        std::thread::spawn(move || drop(all)).join().expect("it ends");
        let later = Snapshot::take().compare_to(&before, GroupBy::Stage);
        assert_eq!(later.get("words").expect("it ran").size_diff, 0);
    }

    fn a_stage_that_panics_is_charged_for_nothing_afterwards() {
        start();
        for _ in 0..2 {
            let caught = std::panic::catch_unwind(|| {
                let angry = (0..10).map(|n| if n == 5 { panic!("on purpose") } else { n });
                angry.measured("angry").for_each(drop);
            });
            assert!(caught.is_err());
        }
        let diffs = compared(|| drop(black_box(vec![0_u8; 1_234])));
        assert_eq!(allocated(&diffs, "(unattributed)"), (1_234, 1));
    }

    fn a_stage_that_outlives_its_panic_is_charged_for_nothing_meanwhile() {
        start();
        let angry = (0..10).map(|n| if n == 5 { panic!("on purpose") } else { n });
        let mut angry = angry.measured("angry");
        let pulls = std::panic::AssertUnwindSafe(|| while angry.next().is_some() {});
        assert!(std::panic::catch_unwind(pulls).is_err());
        let diffs = compared(|| drop(black_box(vec![0_u8; 1_234])));
        assert_eq!(allocated(&diffs, "(unattributed)"), (1_234, 1));
        assert_eq!(angry.count(), 4);
    }

    fn a_stage_that_outlives_the_panic_of_its_input_is_charged_afterwards() {
        start();
        let mut angry = (0..10).map(|n| if n == 5 { panic!("on purpose") } else { n }).measured("angry");
        let survives = std::iter::from_fn(move || {
            let pull = std::panic::AssertUnwindSafe(|| angry.next());
            let record = std::panic::catch_unwind(pull);
            if record.is_err() {
                drop(black_box(vec![0_u8; 1_234]));
            }
            record.unwrap_or(Some(0))
        });
        // All of it is the upper stage's, whose code this is.
        let diffs = compared(|| assert_eq!(survives.measured("upper").count(), 10));
        assert_eq!(diffs.get("upper").map(|it| it.size_diff), Some(0));
        let (bytes, _) = allocated(&diffs, "upper");
        assert!(bytes >= 1_234, "{diffs}");
    }

    fn stages_beyond_the_last_number_are_the_others() {
        start();
        let before = Snapshot::take();
        for number in 0..4_200 {
            let name: &'static str = Box::leak(format!("stage {number}").into_boxed_str());
            let blocks = (0..1).map(|_| drop(black_box(vec![0_u8; 5_000])));
            blocks.measured(name).measured("below").for_each(drop);
        }
        let diffs = Snapshot::take().compare_to(&before, GroupBy::Stage);
        let (others, _) = allocated(&diffs, "(others)");
        // A stage's number, its run and its vectors are nobody's, and some of these
        // are allocated while it runs.
        assert!(others >= 100 * 5_000, "{others}");
        let sum: u64 = diffs.entries.iter().map(|diff| diff.allocated_size).sum();
        assert!(sum >= 4_200 * 5_000, "{sum}");
        assert!(diffs.entries.len() <= 4_096);
    }
}
