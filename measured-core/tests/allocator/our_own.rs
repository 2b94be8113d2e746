//! What the library itself takes, by its own account.

use super::process::each_alone;
use super::start;
use measured_core::memory::{GroupBy, Snapshot, StatisticDiff, allocated_by};
use measured_core::{Measured, MetricsCollector, Registry};

fn ours(f: impl FnOnce()) -> StatisticDiff {
    let before = Snapshot::take();
    f();
    let diffs = Snapshot::take().compare_to(&before, GroupBy::Stage);
    let ours = diffs.get("(measured)").cloned();
    ours.unwrap_or_else(|| panic!("nothing is ours in\n{diffs}"))
}

each_alone! {
    fn a_registry_of_a_hundred_stages_is_under_500_kb() {
        let names: Vec<&'static str> = (0..100)
            .map(|number| &*Box::leak(format!("stage {number}").into_boxed_str()))
            .collect();
        start();
        let registry = Registry::new().with_timing("every".parse().expect("a timing"));
        let held = ours(|| registry.scope(|| {
            for name in names {
                assert_eq!((0..200).measured(name).count(), 200);
            }
        }));
        assert!((100 * 1_000..500_000).contains(&held.size_diff), "{held:?}");
        assert_eq!(registry.capture().stages.len(), 100);
    }

    fn a_collector_is_96_bytes_and_with_its_ring_at_most_512() {
        start();
        for (latencies, most) in [(0, 96), (100, 512), (10_000, 512)] {
            let before = Snapshot::take().size();
            let collectors: Vec<MetricsCollector> = (0..1_000)
                .map(|_| {
                    let collector = MetricsCollector::new();
                    (0..latencies).for_each(|latency| collector.timed(latency));
                    collector
                })
                .collect();
            let each = (Snapshot::take().size() - before) / collectors.len() as u64;
            assert!(each <= most, "{each} bytes with {latencies} latencies");
        }
    }

    fn what_is_ours_is_no_stages_but_is_seen_where_all_is_counted() {
        start();
        let registry = Registry::new();
        let pipeline = || registry.scope(|| (0..3).measured("quiet").for_each(drop));
        let (held, allocated) = {
            let mut allocated = None;
            let held = ours(|| allocated = Some(allocated_by(pipeline).1));
            (held, allocated.expect("it ran"))
        };
        assert!(held.allocated_size > 3_000, "{held:?}");
        assert!(allocated.size >= held.allocated_size, "{allocated}");
        let report = registry.capture();
        let quiet = report.stage("quiet").expect("it ran").allocations.expect("it was watched");
        assert_eq!((quiet.count, quiet.size), (0, 0));
    }
}
