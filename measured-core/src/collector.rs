//! What one run writes.
//!
//! A [`MetricsCollector`] is written by the thread that pulls the run and may be
//! read by any other while it is: its counters are single-writer numbers, its
//! ring of recent latencies appears with the first sample. The ring is also the
//! buffer from which latencies are folded into the stage's histogram, so a run
//! never owns a histogram.

use crate::histogram::Latency;
use crate::single_writer::{I64, State, U64};
use crate::timing::Batch;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU32, Ordering::Relaxed};

/// The counters of one run: 96 bytes, and 200 more from its first sample on.
///
/// The attribute makes and feeds these. All methods take `&self`, but only one
/// thread may write.
///
/// ```
/// use measured_core::MetricsCollector;
///
/// let collector = MetricsCollector::new();
/// for ticks in [120, 80, 100] {
///     collector.received(1);
///     collector.yielded(1);
///     collector.timed(ticks);
/// }
/// assert_eq!(collector.records_out(), 3);
/// assert_eq!(collector.recent().collect::<Vec<_>>(), [120, 80, 100]);
/// assert!(size_of::<MetricsCollector>() <= 96);
/// ```
#[derive(Debug, Default)]
pub struct MetricsCollector {
    /// Below zero while the input has yet to tell of records that are to be disregarded.
    records_in: I64,
    records_out: U64,
    records_err: U64,
    /// Pulls that yielded nothing: the final `None`, and every later one.
    empty_pulls: U64,
    /// The tick at which the present stretch began: the body, or the pulls.
    since: U64,
    /// The tick of the last event that was timed.
    seen: U64,
    /// The sums of a [`Batch`], in ticks; taken when it is folded into the stage.
    cycle: I64,
    own: I64,
    upstream: I64,
    recent: OnceLock<Box<Ring>>,
    /// How many pulls a timed one stands for, until the next fold.
    weight: AtomicU32,
    /// Timed cycles since the last fold, which comes long before 65,535 of them; fed by
    /// hand, with no fold, it goes on from [`COUNTED_ANEW`].
    batch: AtomicU16,
    place: State<Whereabouts>,
    /// The body has returned and the iterator was pulled.
    draining: AtomicBool,
}

/// Where a run is, as far as its timed pulls tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whereabouts {
    /// In the stage's own code.
    Own,
    /// Inside an input: the stage waits for a record.
    Upstream,
    /// With whoever pulls the stage.
    Downstream,
    /// Between two samples.
    Unknown,
}

impl From<Whereabouts> for u8 {
    fn from(place: Whereabouts) -> u8 {
        place as u8
    }
}

/// The last latencies: the lecture's `deque(maxlen=100)`, at 2 bytes each.
#[derive(Debug)]
struct Ring([AtomicU16; RECENT]);

/// How many recent latencies are kept.
pub(crate) const RECENT: usize = 100;

/// For 65,536: the same place in a ring that is as full.
const COUNTED_ANEW: u16 = (RECENT + 65_536 % RECENT) as u16;

impl MetricsCollector {
    /// All zero; allocates nothing.
    ///
    /// ```
    /// static COLLECTOR: measured_core::MetricsCollector = measured_core::MetricsCollector::new();
    /// assert_eq!(COLLECTOR.pulls(), 0);
    /// ```
    #[must_use]
    pub const fn new() -> MetricsCollector {
        MetricsCollector {
            records_in: I64::zero(),
            records_out: U64::new(0),
            records_err: U64::new(0),
            empty_pulls: U64::new(0),
            since: U64::new(0),
            seen: U64::new(0),
            cycle: I64::zero(),
            own: I64::zero(),
            upstream: I64::zero(),
            recent: OnceLock::new(),
            weight: AtomicU32::new(1),
            batch: AtomicU16::new(0),
            place: State::new(Whereabouts::Own as u8),
            draining: AtomicBool::new(false),
        }
    }

    /// Counts `records` that came in.
    ///
    /// ```
    /// let collector = measured_core::MetricsCollector::new();
    /// collector.received(3);
    /// assert_eq!(collector.records_in(), 3);
    /// ```
    pub fn received(&self, records: u64) {
        self.records_in.add(records as i64);
    }

    /// Counts `records` that went out.
    ///
    /// ```
    /// let collector = measured_core::MetricsCollector::new();
    /// collector.yielded(3);
    /// assert_eq!(collector.records_out(), 3);
    /// ```
    pub fn yielded(&self, records: u64) {
        self.records_out.add(records);
    }

    /// Notes the latency of one pull, in ticks; values are kept as [`Latency`]
    /// keeps them. The first call allocates the ring.
    ///
    /// ```
    /// let collector = measured_core::MetricsCollector::new();
    /// collector.timed(120);
    /// assert_eq!(collector.recent().last(), Some(120));
    /// ```
    pub fn timed(&self, ticks: u64) {
        let ring = self
            .recent
            .get_or_init(|| Box::new(Ring([const { AtomicU16::new(0) }; RECENT])));
        let batch = self.batch.load(Relaxed);
        ring.0[batch as usize % RECENT].store(Latency::of(ticks).to_bits(), Relaxed);
        let next = batch.checked_add(1).unwrap_or(COUNTED_ANEW);
        self.batch.store(next, Relaxed);
    }

    /// Records that came in, exact up to the last publication: at most one sample ago.
    ///
    /// ```
    /// let collector = measured_core::MetricsCollector::new();
    /// collector.received(1);
    /// collector.received(1);
    /// assert_eq!(collector.records_in(), 2);
    /// ```
    #[must_use]
    pub fn records_in(&self) -> u64 {
        u64::try_from(self.records_in.get()).unwrap_or(0)
    }

    /// Records that went out, exact up to the last publication: at most one sample ago.
    ///
    /// ```
    /// let collector = measured_core::MetricsCollector::new();
    /// collector.yielded(2);
    /// assert_eq!((collector.records_in(), collector.records_out()), (0, 2));
    /// ```
    #[must_use]
    pub fn records_out(&self) -> u64 {
        self.records_out.get()
    }

    /// How many of the records that went out were `Err`.
    pub(crate) fn records_err(&self) -> u64 {
        // They may have been published, and the records not yet.
        self.records_err.get().min(self.records_out())
    }

    /// Calls that were answered: records that went out, and every `None`.
    ///
    /// ```
    /// let collector = measured_core::MetricsCollector::new();
    /// collector.yielded(2);
    /// assert_eq!(collector.pulls(), 2);
    /// ```
    #[must_use]
    pub fn pulls(&self) -> u64 {
        self.records_out.get() + self.empty_pulls.get()
    }

    /// The latencies noted since the last fold, oldest first: the last 100 at most, in ticks.
    ///
    /// ```
    /// let collector = measured_core::MetricsCollector::new();
    /// (0..150).for_each(|ticks| collector.timed(ticks));
    /// assert!(collector.recent().eq(50..150));
    /// ```
    pub fn recent(&self) -> impl Iterator<Item = u64> + '_ {
        let batch = self.batch.load(Relaxed) as usize;
        let ring = self.recent.get().map_or(&[][..], |ring| &ring.0);
        let latency = move |at: usize| Latency::from_bits(ring[at % RECENT].load(Relaxed)).ticks();
        let held = if ring.is_empty() {
            0
        } else {
            batch.min(RECENT)
        };
        (batch - held..batch).map(latency)
    }
}

/// The parts that only this crate's adapters and registry use.
impl MetricsCollector {
    /// As new, its ring kept.
    pub(crate) fn reset(&self, now: u64) {
        self.records_in.set(0);
        self.clear_counts();
        self.begin_stretch(now);
        self.weight.store(1, Relaxed);
        self.go_to(Whereabouts::Own);
        self.draining.store(false, Relaxed);
        self.clear_batch();
    }

    pub(crate) fn has_counts(&self) -> bool {
        self.pulls() > 0 || self.records_in() > 0
    }

    pub(crate) fn clear_counts(&self) {
        self.records_in.set(self.records_in.get().min(0));
        for count in [&self.records_out, &self.records_err, &self.empty_pulls] {
            count.set(0);
        }
    }

    /// Of the records that will be told to have come in, the first so many did not.
    pub(crate) fn disregard(&self, records: u64) {
        self.records_in.add((records as i64).wrapping_neg());
    }

    /// Of the records that went out, so many were `Err`.
    pub(crate) fn failed(&self, records: u64) {
        self.records_err.add(records);
    }

    pub(crate) fn note_empty_pull(&self) {
        self.empty_pulls.add(1);
    }

    /// The tick at which the present stretch of the run began.
    pub(crate) fn since(&self) -> u64 {
        self.since.get()
    }

    pub(crate) fn begin_stretch(&self, now: u64) {
        self.since.set(now);
        self.seen.set(now);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Relaxed)
    }

    pub(crate) fn begin_draining(&self) {
        self.draining.store(true, Relaxed);
    }

    pub(crate) fn whereabouts(&self) -> Whereabouts {
        use Whereabouts::{Downstream, Own, Unknown, Upstream};
        [Own, Upstream, Downstream]
            .into_iter()
            .find(|&known| self.place.is(known))
            .unwrap_or(Unknown)
    }

    #[inline(always)]
    pub(crate) fn is_inside_input(&self) -> bool {
        self.place.is(Whereabouts::Upstream)
    }

    #[inline(always)]
    pub(crate) fn go_to(&self, place: Whereabouts) {
        self.place.set(place);
    }

    /// The tick of the last timed event.
    #[inline(always)]
    pub(crate) fn seen(&self) -> u64 {
        self.seen.get()
    }

    #[inline(always)]
    pub(crate) fn see(&self, now: u64) {
        self.seen.set(now);
    }

    pub(crate) fn weight(&self) -> u32 {
        self.weight.load(Relaxed)
    }

    pub(crate) fn set_weight(&self, weight: u32) {
        self.weight.store(weight, Relaxed);
    }

    /// Timed cycles since the last fold.
    pub(crate) fn timed_pulls(&self) -> u32 {
        u32::from(self.batch.load(Relaxed))
    }

    pub(crate) fn add_cycle(&self, cycle: i64, own: i64, upstream: i64) {
        self.cycle.add(cycle);
        self.own.add(own);
        self.upstream.add(upstream);
    }

    pub(crate) fn batch(&self) -> Batch {
        Batch {
            pulls: f64::from(self.timed_pulls()),
            cycle: self.cycle.get() as f64,
            own: self.own.get() as f64,
            upstream: self.upstream.get() as f64,
            nested: 0.0,
            claimed: 0.0,
            squares: [0.0; 3],
        }
    }

    pub(crate) fn clear_batch(&self) {
        for sum in [&self.cycle, &self.own, &self.upstream] {
            sum.set(0);
        }
        self.batch.store(0, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_96_bytes_and_296_with_its_ring() {
        assert_eq!(size_of::<MetricsCollector>(), 96);
        assert_eq!(size_of::<Ring>(), 200);
    }

    #[test]
    fn the_ring_keeps_the_last_hundred() {
        let collector = MetricsCollector::new();
        assert_eq!(collector.recent().count(), 0);
        (0..250).for_each(|ticks| collector.timed(ticks));
        assert!(collector.recent().eq(150..250));
    }

    #[test]
    fn the_ring_goes_on_for_as_long_as_it_is_fed() {
        let collector = MetricsCollector::new();
        (0..200_000).for_each(|at| collector.timed(at % 1_000));
        assert!(collector.recent().eq(900..1_000));
    }
}
