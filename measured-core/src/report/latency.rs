//! The distribution of a stage's self time per pull, in nanoseconds.

use super::derived::ratio;
use super::varints::Varints;
use crate::histogram::Histogram;

/// The distribution of a stage's self time per pull.
///
/// ```
/// # if cfg!(feature = "enable") {
/// use measured_core::{Measured, MockClock, Registry, Timing};
///
/// let clock = MockClock::new();
/// let registry = Registry::new()
///     .with_clock(clock.clone())
///     .with_timing(Timing::Every);
/// registry.scope(|| {
///     let slow = (0..100).map(|n| clock.advance(if n == 99 { 1_000 } else { 20 }));
///     slow.measured("slow").for_each(drop);
/// });
/// let report = registry.capture();
/// let latency = &report.stage("slow").unwrap().latency;
/// assert_eq!((latency.p50_ns, latency.max_ns), (20, 1_000));
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, expecting = "an object"))]
#[non_exhaustive]
pub struct LatencyReport {
    /// Pulls that it was found from.
    pub count: u64,
    /// The mean of the histogram: within 3.2 %, and no more than `max_ns`. Under
    /// [`Timing::Sampled`](crate::Timing) a lone slow pull counts in it for as many as it
    /// was drawn for; `self_ns` over `pulls` is the better mean then.
    pub mean_ns: f64,
    /// Half of the pulls took no longer; within 3.2 %, as are the next three.
    pub p50_ns: u64,
    /// Nine in ten.
    pub p90_ns: u64,
    /// Ninety-nine in a hundred.
    pub p99_ns: u64,
    /// 999 in a thousand. Of fewer than some thousand timed pulls it may be one slow one.
    pub p999_ns: u64,
    /// The slowest that was timed; exact to 1/1,024.
    pub max_ns: u64,
    pub(super) buckets: Buckets,
}

/// Pulls that took about as long as each other: a bar of the histogram.
///
/// ```
/// let report = measured_core::Report::capture();
/// for stage in &report.stages {
///     for bucket in stage.latency.buckets() {
///         println!("{} to {} ns: {} pulls", bucket.from_ns, bucket.upto_ns, bucket.count);
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LatencyBucket {
    /// They took no less than this.
    pub from_ns: u64,
    /// They took no longer than this.
    pub upto_ns: u64,
    /// How many, those included that a timed one stands for.
    pub count: u64,
}

impl LatencyBucket {
    fn middle_ns(&self) -> f64 {
        f64::midpoint(self.from_ns as f64, self.upto_ns as f64)
    }
}

impl LatencyReport {
    /// The histogram, the fastest first, without its empty buckets.
    ///
    /// The scale is the same for all reports: exact below 32 ns, above it sixteen
    /// buckets to each doubling. The counts add up to about `pulls`, as each timed
    /// pull counts for those that went by untimed since the last. Where the clock's
    /// ticks are no nanoseconds, pulls were counted by ticks and are handed over to
    /// this scale as if spread evenly within the ticks' buckets.
    ///
    /// ```
    /// # use measured_core::Report;
    /// for stage in &Report::capture().stages {
    ///     for bucket in stage.latency.buckets() {
    ///         println!("{} pulls up to {} ns", bucket.count, bucket.upto_ns);
    ///     }
    /// }
    /// ```
    pub fn buckets(&self) -> impl Iterator<Item = LatencyBucket> + '_ {
        self.buckets.iter()
    }

    /// Of all pulls, each at the middle of its bucket.
    pub(super) fn mean(&self) -> f64 {
        let (pulls, ns) = self.buckets().fold((0.0, 0.0), |(pulls, ns), bucket| {
            let count = bucket.count as f64;
            (pulls + count, ns + count * bucket.middle_ns())
        });
        ratio(ns, pulls).min(self.max_ns as f64)
    }

    /// The time that a fraction `q` of the pulls took no longer than: the middle of
    /// its bucket.
    pub(super) fn quantile(&self, q: f64) -> Option<f64> {
        let rank = q.clamp(0.0, 1.0) * self.buckets.all() as f64;
        let mut passed = 0;
        let bucket = self.buckets().find(|bucket| {
            passed = bucket.count.saturating_add(passed);
            passed as f64 >= rank
        })?;
        Some(bucket.middle_ns().min(self.max_ns as f64))
    }

    /// How well a quantile is known: its standard error, from the ranks that it may as
    /// well have among the pulls that were timed (a binomial's, as good as normal),
    /// and from the width of a bucket.
    pub(super) fn quantile_error(&self, q: f64) -> Option<f64> {
        let ranks = (q * (1.0 - q) / self.count.max(1) as f64).sqrt();
        let of_ranks = (self.quantile(q + ranks)? - self.quantile(q - ranks)?) / 2.0;
        // A uniform distribution over 1/16 of the value.
        let of_buckets = self.quantile(q)? / 16.0 / 12f64.sqrt();
        Some(of_ranks.hypot(of_buckets))
    }
}

impl LatencyReport {
    /// What came on top of what it was earlier; the mean is found when the wall is divided.
    pub(super) fn less(&self, was: &LatencyReport) -> LatencyReport {
        let buckets = self.buckets.less(&was.buckets);
        let upto = buckets.iter().last().map_or(0, |bucket| bucket.upto_ns);
        let is_new = self.max_ns > was.max_ns;
        LatencyReport {
            count: self.count.saturating_sub(was.count),
            max_ns: if is_new {
                self.max_ns
            } else {
                self.max_ns.min(upto)
            },
            buckets,
            ..LatencyReport::default()
        }
        .with_quantiles()
    }

    /// Adds what another process has; the mean is found when the wall is divided.
    pub(super) fn add(&mut self, other: &LatencyReport) {
        *self = LatencyReport {
            count: self.count.saturating_add(other.count),
            max_ns: self.max_ns.max(other.max_ns),
            buckets: self.buckets.and(&other.buckets),
            ..LatencyReport::default()
        }
        .with_quantiles();
    }

    fn with_quantiles(self) -> LatencyReport {
        let quantile = |q| self.quantile(q).map_or(0, |ns| ns.round() as u64);
        LatencyReport {
            p50_ns: quantile(0.5),
            p90_ns: quantile(0.9),
            p99_ns: quantile(0.99),
            p999_ns: quantile(0.999),
            ..self
        }
    }
}

/// Counts by bucket of [`Histogram`]'s scale, in nanoseconds: how many buckets
/// further, how many pulls, and so on.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(into = "Vec<(u64, u64)>", from = "Vec<(u64, u64)>")
)]
pub(super) struct Buckets(Varints);

impl Buckets {
    fn iter(&self) -> impl Iterator<Item = LatencyBucket> + '_ {
        let mut numbers = self.0.iter();
        let mut bucket = 0;
        std::iter::from_fn(move || {
            bucket += numbers.next()?;
            let (from_ns, width) = Histogram::span(bucket as usize);
            Some(LatencyBucket {
                from_ns,
                upto_ns: from_ns + width - 1,
                count: numbers.next()?,
            })
        })
    }

    fn all(&self) -> u64 {
        self.iter().map(|b| b.count).fold(0, u64::saturating_add)
    }

    /// Together with the counts of another histogram.
    fn and(&self, other: &Buckets) -> Buckets {
        let mut all: Vec<LatencyBucket> = self.iter().chain(other.iter()).collect();
        all.sort_by_key(|bucket| bucket.from_ns);
        let mut counts = Counts::default();
        for bucket in all {
            counts.add(Histogram::bucket(bucket.from_ns), bucket.count);
        }
        counts.encoded()
    }

    /// Without the counts of an earlier state of this histogram.
    fn less(&self, was: &Buckets) -> Buckets {
        // A full bucket halves all; the earlier state is then too high by that.
        let halved = was.all() > self.all();
        let mut earlier = was.iter().peekable();
        let mut counts = Counts::default();
        for bucket in self.iter() {
            while earlier.next_if(|b| b.from_ns < bucket.from_ns).is_some() {}
            let before = earlier.next_if(|b| b.from_ns == bucket.from_ns);
            let before = before.map_or(0, |b| b.count >> u32::from(halved));
            counts.add(
                Histogram::bucket(bucket.from_ns),
                bucket.count.saturating_sub(before),
            );
        }
        counts.encoded()
    }

    /// A histogram of ticks on the scale of nanoseconds.
    pub(super) fn of(ticks: &Histogram, ns_per_tick: f64) -> Buckets {
        let mut counts = Counts::default();
        for (low, width, count) in ticks.seen() {
            let (low, width) = (low as f64 * ns_per_tick, width as f64 * ns_per_tick);
            let (mut from, mut given) = (low, 0);
            while given < count {
                let bucket = Histogram::bucket(from as u64);
                let (start, span) = Histogram::span(bucket);
                // What is slower than the scale counts as the slowest on it.
                let end = (start + span) as f64;
                let is_last = end >= low + width || end <= from;
                let upto = if is_last {
                    count
                } else {
                    (count as f64 * (end - low) / width).round() as u64
                };
                counts.add(bucket, upto - given);
                (from, given) = (end, upto);
            }
        }
        counts.encoded()
    }
}

/// Counts by bucket, given in rising order.
#[derive(Default)]
struct Counts(Vec<(usize, u64)>);

impl Counts {
    fn add(&mut self, bucket: usize, count: u64) {
        match self.0.last_mut() {
            Some((last, sum)) if *last == bucket => *sum = sum.saturating_add(count),
            _ => self.0.push((bucket, count)),
        }
    }

    fn encoded(self) -> Buckets {
        let mut last = 0;
        let some = self.0.into_iter().filter(|(_, count)| *count > 0);
        Buckets(
            some.flat_map(|(bucket, count)| {
                let gap = bucket - std::mem::replace(&mut last, bucket);
                [gap as u64, count]
            })
            .collect(),
        )
    }
}

/// As others read them: the largest value of a bucket, and its count.
#[cfg(feature = "serde")]
impl From<Buckets> for Vec<(u64, u64)> {
    fn from(buckets: Buckets) -> Vec<(u64, u64)> {
        buckets.iter().map(|b| (b.upto_ns, b.count)).collect()
    }
}

#[cfg(feature = "serde")]
impl From<Vec<(u64, u64)>> for Buckets {
    fn from(mut buckets: Vec<(u64, u64)>) -> Buckets {
        buckets.sort_unstable();
        let mut counts = Counts::default();
        for (upto_ns, count) in buckets {
            counts.add(Histogram::bucket(upto_ns), count);
        }
        counts.encoded()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn histogram(values: &[u64]) -> Histogram {
        let mut histogram = Histogram::new();
        for &value in values {
            histogram.record(value, 3);
        }
        histogram
    }

    #[test]
    fn ticks_that_are_nanoseconds_stay_in_their_buckets() {
        let ticks = histogram(&[0, 17, 17, 1_000_000]);
        let buckets: Vec<_> = Buckets::of(&ticks, 1.0).iter().collect();
        let counts: Vec<u64> = buckets.iter().map(|b| b.count).collect();
        assert_eq!(counts, [3, 6, 3]);
        assert_eq!((buckets[1].from_ns, buckets[1].upto_ns), (17, 17));
        assert!(buckets[2].from_ns <= 1_000_000 && 1_000_000 <= buckets[2].upto_ns);
    }

    proptest! {
        #[test]
        fn every_pull_lands_near_where_it_was(
            mut values in proptest::collection::vec(0u64..1 << 50, 1..50),
            ns_per_tick in 0.1f64..10.0,
        ) {
            let buckets: Vec<_> = Buckets::of(&histogram(&values), ns_per_tick).iter().collect();
            prop_assert_eq!(buckets.iter().map(|b| b.count).sum::<u64>(), 3 * values.len() as u64);
            prop_assert!(buckets.windows(2).all(|two| two[0].upto_ns < two[1].from_ns));
            values.sort_unstable();
            // Two buckets, of 1/16 each, may lie between the two.
            let near = |ns: u64, ticks: u64| {
                let ticks = ticks.min((1 << 44) - 1) as f64 * ns_per_tick;
                let ticks = ticks.min(((1u64 << 44) - 1) as f64);
                (ns as f64 - ticks).abs() <= ticks * 0.14 + 2.0 * ns_per_tick + 1.0
            };
            let (first, last) = (buckets[0], buckets[buckets.len() - 1]);
            prop_assert!(near(first.from_ns, values[0]), "{first:?} for {}", values[0]);
            prop_assert!(near(last.upto_ns, values[values.len() - 1]), "{last:?}");
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn machines_read_pairs_of_bound_and_count() {
        let buckets = Buckets::of(&histogram(&[5, 40]), 1.0);
        let text = serde_json::to_string(&buckets).unwrap();
        assert_eq!(text, "[[5,3],[41,3]]");
        assert_eq!(serde_json::from_str::<Buckets>(&text).unwrap(), buckets);
    }
}
