//! Value → bucket → quantile; pure arithmetic, no clock and no lock.
//!
//! Both types here hold ticks on a log-linear scale: exact up to a power of two,
//! above it a fixed number of steps per doubling. [`Latency`] is one value in 16
//! bits (ten significant bits), [`Histogram`] is many values in 656 buckets
//! (sixteen steps per doubling).

/// One latency in 16 bits, as the ring of recent latencies keeps it.
///
/// Range: the whole of `u64`. Exact below 1,024; above, within 1/1,024 of the
/// value, rounded down.
///
/// ```
/// use measured_core::Latency;
///
/// assert_eq!(Latency::of(1_000).ticks(), 1_000);
/// let second = Latency::of(1_000_000_000).ticks();
/// assert!(second <= 1_000_000_000 && second > 999_000_000);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Latency(u16);

impl Latency {
    const BITS: u32 = 10;

    /// The nearest latency that is not above `ticks`.
    ///
    /// ```
    /// assert_eq!(measured_core::Latency::of(1_023).ticks(), 1_023);
    /// ```
    #[must_use]
    pub const fn of(ticks: u64) -> Latency {
        Latency(code(ticks, Latency::BITS))
    }

    /// What it stands for, in ticks.
    ///
    /// ```
    /// let latency = measured_core::Latency::of(1_000_003);
    /// assert!(latency.ticks() <= 1_000_003 && latency.ticks() > 999_000);
    /// ```
    #[must_use]
    pub const fn ticks(self) -> u64 {
        let (low, _) = span(self.0, Latency::BITS);
        low
    }

    /// For keeping it in an atomic.
    pub(crate) const fn to_bits(self) -> u16 {
        self.0
    }

    pub(crate) const fn from_bits(bits: u16) -> Latency {
        Latency(bits)
    }
}

/// How often each latency was seen, weighted.
///
/// Values from 0 to 2^44 ticks (over an hour on a 4 GHz counter) fall into
/// buckets of at most 1/16 of their value, so a quantile, given as a bucket's
/// middle, is within 3.2 % of the true one; larger values count as the largest
/// bucket. Weights are whole and saturate never: when a bucket would pass
/// `u32::MAX` all are halved, which leaves quantiles where they are.
///
/// ```
/// use measured_core::Histogram;
///
/// let mut latencies = Histogram::new();
/// for ticks in 1..=1_000 {
///     latencies.record(ticks, 1);
/// }
/// let median = latencies.quantile(0.5).unwrap();
/// assert!((484..=516).contains(&median));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Histogram {
    buckets: [u32; Histogram::BUCKETS],
}

impl Histogram {
    const BITS: u32 = 5;
    const LARGEST: u64 = (1 << 44) - 1;
    const BUCKETS: usize = code(Histogram::LARGEST, Histogram::BITS) as usize + 1;

    /// An empty histogram; [`size_of`] it is 2,624 bytes, ever.
    ///
    /// ```
    /// assert_eq!(measured_core::Histogram::new().quantile(0.5), None);
    /// assert_eq!(size_of::<measured_core::Histogram>(), 2_624);
    /// ```
    #[must_use]
    pub const fn new() -> Histogram {
        Histogram {
            buckets: [0; Histogram::BUCKETS],
        }
    }

    /// Counts `ticks` as seen `weight` times.
    ///
    /// ```
    /// let mut latencies = measured_core::Histogram::new();
    /// latencies.record(7, 99);
    /// latencies.record(9, 1);
    /// assert_eq!(latencies.quantile(0.99), Some(7));
    /// ```
    pub fn record(&mut self, ticks: u64, weight: u32) {
        let bucket = Histogram::bucket(ticks);
        while self.buckets[bucket].checked_add(weight).is_none() {
            self.buckets.iter_mut().for_each(|count| *count /= 2);
        }
        self.buckets[bucket] += weight;
    }

    /// Adds what `other` has seen. Associative and commutative, up to halving.
    ///
    /// ```
    /// use measured_core::Histogram;
    ///
    /// let (mut one, mut other) = (Histogram::new(), Histogram::new());
    /// one.record(7, 1);
    /// other.record(9, 1);
    /// one.merge(&other);
    /// assert_eq!(one.quantile(1.0), Some(9));
    /// ```
    pub fn merge(&mut self, other: &Histogram) {
        let room = self
            .buckets
            .iter()
            .zip(&other.buckets)
            .all(|(a, b)| a.checked_add(*b).is_some());
        let halve = u32::from(!room);
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine = (*mine >> halve) + (theirs >> halve);
        }
    }

    /// The buckets that are not empty: the first value of each, how many values fall
    /// into it, and how often that happened.
    pub(crate) fn seen(&self) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        let counts = self.buckets.iter().enumerate();
        counts
            .filter(|(_, count)| **count > 0)
            .map(|(bucket, &count)| {
                let (low, width) = Histogram::span(bucket);
                (low, width, u64::from(count))
            })
    }

    /// The bucket that a value falls into.
    pub(crate) fn bucket(value: u64) -> usize {
        usize::from(code(value.min(Histogram::LARGEST), Histogram::BITS))
    }

    /// The first value of a bucket and how many values fall into it.
    pub(crate) fn span(bucket: usize) -> (u64, u64) {
        span(bucket.min(Histogram::BUCKETS - 1) as u16, Histogram::BITS)
    }

    /// The latency that a fraction `q` (0 to 1, clamped) of all weight is at or
    /// below, in ticks; `None` while empty.
    ///
    /// ```
    /// let mut latencies = measured_core::Histogram::new();
    /// (1..=10).for_each(|ticks| latencies.record(ticks, 1));
    /// assert_eq!(latencies.quantile(0.5), Some(5));
    /// ```
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<u64> {
        self.quantiles([q]).map(|[latency]| latency)
    }

    /// The values at several fractions, which rise.
    pub(crate) fn quantiles<const N: usize>(&self, fractions: [f64; N]) -> Option<[u64; N]> {
        let total: u64 = self.buckets.iter().map(|&count| u64::from(count)).sum();
        let mut buckets = self.seen();
        let (mut low, mut width, mut passed) = buckets.next()?;
        Some(fractions.map(|q| {
            let rank = ((total as f64 * q.clamp(0.0, 1.0)).ceil() as u64).max(1);
            while passed < rank {
                let Some((next, its_width, count)) = buckets.next() else {
                    break;
                };
                (low, width) = (next, its_width);
                passed += count;
            }
            low + width / 2
        }))
    }
}

impl Default for Histogram {
    fn default() -> Histogram {
        Histogram::new()
    }
}

impl std::fmt::Debug for Histogram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seen = self.seen().map(|(low, _, count)| (low, count));
        f.debug_map().entries(seen).finish()
    }
}

/// The step that `value` falls on, on a scale with `bits` significant bits: the
/// value itself while it has no more than `bits`, then 2^(bits−1) steps for each
/// further doubling.
const fn code(value: u64, bits: u32) -> u16 {
    let length = u64::BITS - value.leading_zeros();
    if length <= bits {
        return value as u16;
    }
    let shift = length - bits;
    ((shift << (bits - 1)) + (value >> shift) as u32) as u16
}

/// The first value of a step and how many values fall on it.
const fn span(code: u16, bits: u32) -> (u64, u64) {
    let code = code as u64;
    if code < 1 << bits {
        return (code, 1);
    }
    let shift = (code >> (bits - 1)) - 1;
    let significant = code - (shift << (bits - 1));
    (significant << shift, 1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_histogram_keeps_its_stated_size() {
        assert_eq!(size_of::<Histogram>(), 2_624);
    }

    #[test]
    fn steps_follow_one_another_without_gap_or_overlap() {
        for bits in [Histogram::BITS, Latency::BITS] {
            let mut next = 0;
            for step in 0..code(u64::MAX, bits) {
                let (low, width) = span(step, bits);
                assert_eq!(low, next, "step {step} of {bits} bits");
                next = low + width;
            }
        }
    }

    #[test]
    fn quantiles_of_nothing_do_not_exist() {
        assert_eq!(Histogram::new().quantile(0.5), None);
    }

    #[test]
    fn a_full_bucket_halves_all() {
        let mut h = Histogram::new();
        h.record(1, u32::MAX);
        h.record(900, u32::MAX - 1);
        h.record(1, 1);
        let before = h.quantile(0.25);
        let other = h.clone();
        h.merge(&other);
        assert_eq!((before, h.quantile(0.25)), (Some(1), Some(1)));
        assert!(h.quantile(1.0).unwrap() > 850);
    }

    proptest! {
        #[test]
        fn a_value_lies_within_its_step(value: u64, bits in 2u32..=10) {
            let (low, width) = span(code(value, bits), bits);
            prop_assert!(low <= value && value - low < width);
            prop_assert!(width as f64 <= (value as f64 / f64::from(1 << (bits - 1))).max(1.0));
        }

        #[test]
        fn quantiles_are_within_the_stated_error(
            mut values in proptest::collection::vec(0u64..1 << 44, 1..200),
            q in 0.0f64..=1.0,
        ) {
            let mut h = Histogram::new();
            for &value in &values {
                h.record(value, 3);
            }
            values.sort_unstable();
            let rank = ((values.len() as f64 * 3.0 * q).ceil() as usize).max(1);
            let exact = values[(rank - 1) / 3] as f64;
            let found = h.quantile(q).unwrap() as f64;
            prop_assert!((found - exact).abs() <= exact * 0.032 + 0.5, "{found} for {exact}");
        }

        #[test]
        fn merging_is_recording_both(a in proptest::collection::vec(0u64..1 << 40, 0..60),
                                     b in proptest::collection::vec(0u64..1 << 40, 0..60)) {
            let fill = |values: &[u64]| {
                let mut h = Histogram::new();
                for &value in values {
                    h.record(value, 1);
                }
                h
            };
            let mut merged = fill(&a);
            merged.merge(&fill(&b));
            prop_assert_eq!(merged, fill(&[a, b].concat()));
        }
    }
}
