//! The shapes in which a peer can be put on the three stages of the reference chain.

use measured_benches::drain::{For, Pull};
use measured_benches::work::{self, Average};

/// The stages, as a peer with names of its own calls them.
pub(crate) const STAGES: [&str; 3] = ["filter", "normalize", "smooth"];

/// The reference chain with a peer on it.
pub(crate) trait Pipeline {
    /// Drains so many records and says what they amounted to.
    fn drain(&mut self, records: u64) -> u64;

    /// How many records the peer has seen, all stages together, by its own account: a peer that
    /// drops them under load would look cheap.
    fn observed(&mut self) -> u64;
}

/// The chain with a function per stage and record, each of them the peer's: a stage is lazy, so
/// its user has to go to where the work happens.
pub(crate) fn called(
    readings: impl Iterator<Item = f64>,
    in_range: impl Fn(f64) -> bool,
    normalized: impl Fn(f64) -> f64,
    smoothed: impl Fn(&mut Average, f64) -> f64,
) -> u64 {
    let mut average = Average::default();
    For::drain(
        readings
            .filter(|reading| in_range(*reading))
            .map(normalized)
            .map(|value| smoothed(&mut average, value)),
    )
}

/// A peer that times a call.
pub(crate) trait Probe {
    /// Does the stage's work on one record, and measures it.
    fn call<T>(&self, stage: usize, work: impl FnOnce() -> T) -> T;
}

/// The chain with a probe around every call.
pub(crate) fn probed(probe: &impl Probe, records: u64) -> u64 {
    called(
        work::readings::<For>(records),
        |reading| probe.call(0, || work::in_range(reading)),
        |reading| probe.call(1, || work::normalized(reading)),
        |average, value| probe.call(2, || average.of(value)),
    )
}

/// A peer that stands between two stages as an iterator of its own.
pub(crate) trait Between {
    /// The records of a stage, seen by the peer.
    fn after(&self, stage: usize, records: impl Iterator<Item = f64>) -> impl Iterator<Item = f64>;
}

/// The chain with a peer after every stage.
pub(crate) fn interposed(peer: &impl Between, records: u64) -> u64 {
    let mut average = Average::default();
    let readings = work::readings::<For>(records);
    let filtered = peer.after(0, readings.filter(|reading| work::in_range(*reading)));
    let normalized = peer.after(1, filtered.map(work::normalized));
    let smoothed = peer.after(2, normalized.map(|value| average.of(value)));
    For::drain(smoothed)
}
