//! Where blocks are allocated.

use super::process::each_alone;
use super::{start, start_with_places};
use measured_core::measured_stage;
use measured_core::memory::{GroupBy, Snapshot, StatisticDiffs, Tracking};
use std::hint::black_box;

#[inline(never)]
fn here() -> (Vec<u8>, u32) {
    (black_box(Vec::with_capacity(1_000)), line!())
}

#[allow(clippy::vec_box, reason = "blocks are what is drawn")]
#[inline(never)]
fn many() -> Vec<Box<[u64; 8]>> {
    let mut blocks = Vec::with_capacity(20_000);
    for _ in 0..20_000 {
        blocks.push(Box::new([0; 8]));
    }
    black_box(blocks)
}

#[measured_stage("boxed")]
fn boxed(numbers: impl Iterator<Item = u64>) -> impl Iterator<Item = Box<u64>> {
    numbers.map(Box::new)
}

each_alone! {
    fn a_place_is_the_line_of_the_users_code() {
        start_with_places();
        let before = Snapshot::take();
        let (_kept, line) = here();
        let after = Snapshot::take();
        let diffs = after.compare_to(&before, GroupBy::Location);
        let first = diffs.entries.first().expect("a place");
        assert_eq!((first.size_diff, first.count_diff), (1_000, 1), "{diffs}");
        assert!(first.name.ends_with("places::here"), "{diffs}");
        // Lines are known where there is debug information.
        if cfg!(debug_assertions) {
            let place = format!("tests/allocator/places.rs:{line}");
            assert!(first.location.ends_with(&place), "{diffs}");
            let files = after.compare_to(&before, GroupBy::File);
            let first = files.entries.first().expect("a file");
            assert!(first.name.ends_with("tests/allocator/places.rs"), "{files}");
            assert_eq!(first.size_diff, 1_000);
        }
    }

    fn sums_by_place_are_sums_by_stage() {
        start_with_places();
        let kept: Vec<Box<u64>> = boxed(0..1_000).collect();
        let snapshot = Snapshot::take();
        assert_eq!(snapshot.without_place(), 0);
        for by in [GroupBy::Stage, GroupBy::Location, GroupBy::File] {
            let statistics = snapshot.statistics(by);
            assert!(statistics.is_exact);
            assert_eq!(statistics.size(), snapshot.size(), "{statistics}");
            let count: u64 = statistics.entries.iter().map(|s| s.count).sum();
            assert_eq!(count, snapshot.count(), "{statistics}");
        }
        drop(kept);
    }

    fn what_one_stage_has_at_most_is_its_own() {
        start_with_places();
        let others = vec![0_u8; 1_000_000];
        boxed(0..1_000).for_each(drop);
        let all = Snapshot::take();
        let of = |name| all.of(name).peak();
        assert_eq!((of("boxed"), of("nobody")), (8, 0));
        let table = all.statistics(GroupBy::Stage);
        assert_eq!(table.get("boxed").expect("it allocated").peak, Some(of("boxed")));
        drop(others);
    }

    fn a_stages_own_places_can_be_looked_at() {
        start_with_places();
        let kept: Vec<Box<u64>> = boxed(0..1_000).collect();
        let places = Snapshot::take().of("boxed").statistics(GroupBy::Location);
        assert_eq!(places.size(), 8_000, "{places}");
        let first = places.entries.first().expect("a place");
        assert_eq!((first.count, first.size), (1_000, 8_000), "{places}");
        assert!(Snapshot::take().of("nobody").statistics(GroupBy::Location).entries.is_empty());
        drop(kept);
    }

    fn what_is_drawn_stands_for_all() {
        let tracking = Tracking::new().by_location().one_in(4 * 1024);
        tracking.start().expect("the tracking allocator");
        let before = Snapshot::take();
        let kept = many();
        let here = |diffs: StatisticDiffs| {
            assert!(!diffs.is_exact);
            diffs.filter(|diff| diff.name.ends_with("places::many"))
        };
        let diffs = here(Snapshot::take().compare_to(&before, GroupBy::Location));
        let estimate = diffs.size_diff() as f64;
        // 64 of 4,096 bytes: each block is drawn once in 64 times.
        let truth = 20_000.0 * 64.0 + 20_000.0 * 8.0;
        let deviation = 64.0 * 64.0 * (20_000.0_f64 / 64.0).sqrt();
        assert!((estimate - truth).abs() < 6.0 * deviation, "{estimate} for {truth}");
        drop(kept);
        // Each is taken off again as it was put on.
        let diffs = here(Snapshot::take().compare_to(&before, GroupBy::Location));
        assert_eq!((diffs.size_diff(), diffs.count_diff()), (0, 0), "{diffs}");
    }

    fn what_was_drawn_once_makes_no_estimates_of_what_is_counted_later() {
        let drawing = Tracking::new().by_location().one_in(4 * 1024);
        drawing.start().expect("the tracking allocator");
        let drawn = many();
        start_with_places();
        let before = Snapshot::take();
        let changes = || Snapshot::take().compare_to(&before, GroupBy::Location);
        // It is still there, so what there is remains an estimate.
        assert!(!changes().is_exact);
        drop(drawn);
        assert!(!changes().is_exact);

        let before = Snapshot::take();
        let counted = many();
        start();
        let elsewhere = vec![0_u8; 77];
        let after = Snapshot::take();
        let changes = after.compare_to(&before, GroupBy::Location);
        assert!(changes.is_exact);
        let known = |name: &str| {
            let there = changes.clone().filter(|diff| diff.name.ends_with(name));
            let ever = there.entries.iter().map(|diff| diff.allocated_size as i64);
            [there.count_diff(), there.size_diff(), ever.sum()]
        };
        let size = 20_000 * (64 + 8);
        assert_eq!(known("places::many"), [20_001, size, size], "{changes}");
        assert_eq!(known("(no place)"), [1, 77, 77], "{changes}");
        // What was ever allocated has the estimates in it.
        assert!(!after.statistics(GroupBy::Location).is_exact);
        drop((counted, elsewhere));
    }

    fn blocks_that_stand_for_themselves_are_no_estimates() {
        let drawing = Tracking::new().by_location().one_in(4 * 1024);
        drawing.start().expect("the tracking allocator");
        let large = vec![0_u8; 4_096];
        let places = Snapshot::take().statistics(GroupBy::Location);
        assert!(places.is_exact);
        assert_eq!(places.size(), 4_096, "{places}");
        drop(large);
    }
}
