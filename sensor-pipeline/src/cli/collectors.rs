//! The lecture's Example 37.3: what 10,000 collectors of metrics take, of a compact kind and of
//! the kind that one writes first.

use indicatif::HumanCount;
use measured_core::MetricsCollector;
use measured_core::memory::Snapshot;
use serde::Serialize;
use std::collections::{HashMap, VecDeque};
use std::fmt;

const INSTANCES: usize = 10_000;

/// As many latencies as a collector keeps.
const LATENCIES: u64 = 100;

/// Bytes of one collector, as snapshots before and after all of them say.
#[derive(Debug, Serialize)]
pub(crate) struct Collectors {
    compact: Weight,
    naive: Weight,
}

#[derive(Debug, Serialize)]
struct Weight {
    empty: u64,
    full: u64,
}

impl Collectors {
    /// Memory must be tracked.
    pub(crate) fn weighed() -> Self {
        Self {
            compact: Weight {
                empty: bytes_of(|_| MetricsCollector::new()),
                full: bytes_of(|_| {
                    let collector = MetricsCollector::new();
                    (0..LATENCIES).for_each(|latency| collector.timed(latency));
                    collector
                }),
            },
            naive: Weight {
                empty: bytes_of(NaiveCollector::new),
                full: bytes_of(|number| {
                    let mut collector = NaiveCollector::new(number);
                    (0..LATENCIES).for_each(|latency| collector.timed(latency as f64));
                    collector
                }),
            },
        }
    }
}

/// What each of them takes, its place in the list and all that it allocates.
fn bytes_of<T>(collector: impl FnMut(usize) -> T) -> u64 {
    let before = Snapshot::take();
    let collectors: Vec<T> = (0..INSTANCES).map(collector).collect();
    let after = Snapshot::take();
    drop(collectors);
    (after.size() - before.size()) / INSTANCES as u64
}

/// A name of its own, its figures in a map, every latency a float: Python's `__dict__`, in Rust.
struct NaiveCollector {
    _name: String,
    figures: HashMap<String, f64>,
    recent: VecDeque<f64>,
}

impl NaiveCollector {
    fn new(number: usize) -> Self {
        let figures = ["count", "total_ms"].map(|figure| (figure.to_owned(), 0.0));
        Self {
            _name: format!("stage_{number}"),
            figures: figures.into(),
            recent: VecDeque::new(),
        }
    }

    fn timed(&mut self, latency: f64) {
        if self.recent.len() as u64 == LATENCIES {
            self.recent.pop_front();
        }
        self.recent.push_back(latency);
        for (figure, more) in [("count", 1.0), ("total_ms", latency)] {
            *self.figures.entry(figure.to_owned()).or_default() += more;
        }
    }
}

impl fmt::Display for Collectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Bytes of a collector of metrics, of {} each",
            HumanCount(INSTANCES as u64)
        )?;
        writeln!(f)?;
        writeln!(f, "{:32}  {:>5}  with {LATENCIES} latencies", "", "empty")?;
        for (name, Weight { empty, full }) in [
            ("compact: MetricsCollector", &self.compact),
            ("naive: String, HashMap, VecDeque", &self.naive),
        ] {
            writeln!(f, "{name:32}  {empty:>5}  {full:>18}")?;
        }
        Ok(())
    }
}
