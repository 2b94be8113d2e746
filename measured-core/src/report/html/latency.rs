//! Histograms of latencies, all on one scale: small multiples.

use crate::figures::{duration, or_dash};
use crate::grid::html::words;
use crate::report::{LatencyReport, Report, StageReport};
use std::fmt;

/// Bars to each doubling.
const BARS: f64 = 4.0;

/// The scale of all histograms of a page: logarithmic, in doublings of a nanosecond.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    from: f64,
    upto: f64,
    /// What a read of the clock takes; below it, times are mostly noise.
    resolution_ns: f64,
}

impl Scale {
    /// From the fastest pull of any stage to the slowest.
    pub(super) fn of(report: &Report) -> Scale {
        let timed = || report.stages.iter().map(|stage| &stage.latency);
        let fastest = timed()
            .filter(|latency| latency.count > 0)
            .map(fastest)
            .min();
        let slowest = timed().map(|latency| latency.max_ns).max();
        let from = doublings(fastest.unwrap_or(1)).floor();
        let upto = (doublings(slowest.unwrap_or(1)) + 0.5).ceil();
        // Where all are alike they still stand in the middle of something.
        let upto = upto.max(from + 4.0);
        Scale {
            from,
            upto,
            resolution_ns: report.timing.clock_ns,
        }
    }

    /// In percent of its length.
    fn place(self, ns: u64) -> f64 {
        (100.0 * (doublings(ns) - self.from) / (self.upto - self.from)).clamp(0.0, 100.0)
    }

    fn bars(self) -> usize {
        ((self.upto - self.from) * BARS) as usize
    }

    /// The bar that counts these pulls.
    fn bar(self, ns: u64) -> usize {
        let bar = ((doublings(ns) - self.from) * BARS).max(0.0) as usize;
        bar.min(self.bars().saturating_sub(1))
    }

    /// The powers of ten on it.
    fn decades(self) -> impl Iterator<Item = u64> {
        let powers = (0..20).map_while(|power| 10_u64.checked_pow(power));
        powers.filter(move |&ns| (self.from..=self.upto).contains(&doublings(ns)))
    }
}

fn fastest(latency: &LatencyReport) -> u64 {
    let bucket = latency.buckets().next();
    bucket.map_or(latency.p50_ns, |bucket| bucket.from_ns)
}

/// What took no time that could be told took a nanosecond here, as there is no zero on
/// a logarithmic scale.
fn doublings(ns: u64) -> f64 {
    (ns.max(1) as f64).log2()
}

/// One stage's histogram, its percentiles below it.
pub(super) struct Latencies<'a> {
    pub(super) report: &'a Report,
    pub(super) stage: &'a StageReport,
    pub(super) scale: Scale,
}

impl fmt::Display for Latencies<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latency = &self.stage.latency;
        if latency.count == 0 {
            return f.write_str("<p class=\"quiet\">not timed</p>");
        }
        write!(
            f,
            "<figure><svg class=\"latency\" role=\"img\"><title>Self time per pull of {}: half took no longer than {}, \
             99 in 100 no longer than {}, none that was timed longer than {}</title>",
            words(&self.stage.name),
            self.at_most(latency.p50_ns),
            self.at_most(latency.p99_ns),
            self.at_most(latency.max_ns),
        )?;
        self.axis(f)?;
        self.bars(f)?;
        self.quantiles(f)?;
        f.write_str("</svg><figcaption><dl>")?;
        for (name, ns) in marks(latency) {
            let told = self.report.told_latency(self.stage, ns);
            let told = or_dash(told, duration);
            write!(f, "<div><dt>{name}</dt> <dd>{told}</dd></div>")?;
        }
        f.write_str("</dl></figcaption></figure>")
    }
}

fn marks(latency: &LatencyReport) -> [(&'static str, u64); 5] {
    [
        ("p50", latency.p50_ns),
        ("p90", latency.p90_ns),
        ("p99", latency.p99_ns),
        ("p99.9", latency.p999_ns),
        ("max", latency.max_ns),
    ]
}

impl Latencies<'_> {
    /// What a latency does not exceed: what the clock does not tell is less than two reads of it.
    fn at_most(&self, ns: u64) -> String {
        let told = self.report.told_latency(self.stage, ns);
        duration(told.unwrap_or(2.0 * self.report.timing.clock_ns))
    }

    fn axis(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Where there are many, a thousand is told from the next.
        let noise = self.scale.place(self.scale.resolution_ns as u64);
        write!(
            f,
            "<rect class=\"noise\" width=\"{noise:.2}%\" height=\"4rem\"/>"
        )?;
        let are_many = self.scale.decades().count() > 5;
        for ns in self.scale.decades() {
            let x = self.scale.place(ns);
            write!(
                f,
                "<line class=\"decade\" x1=\"{x:.2}%\" x2=\"{x:.2}%\" y2=\"4rem\"/>"
            )?;
            if !are_many || ns.ilog10() % 3 == 0 {
                write!(f, "<text x=\"{x:.2}%\" y=\"4.9rem\">{}</text>", round(ns))?;
            }
        }
        Ok(())
    }

    /// As high as there are pulls; the highest fills the height, and what is there at
    /// all is to be seen.
    fn bars(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut heights = vec![0.0_f64; self.scale.bars()];
        for bucket in self.stage.latency.buckets() {
            let middle = u64::midpoint(bucket.from_ns, bucket.upto_ns);
            heights[self.scale.bar(middle)] += bucket.count as f64;
        }
        let highest = heights.iter().copied().fold(1.0, f64::max);
        write!(
            f,
            "<svg class=\"bars\" height=\"3.25rem\" viewBox=\"0 0 {} 100\" preserveAspectRatio=\"none\"><path d=\"",
            heights.len()
        )?;
        for (at, &height) in heights
            .iter()
            .enumerate()
            .filter(|(_, height)| **height > 0.0)
        {
            let height = (100.0 * height / highest).max(2.5);
            write!(f, "M{at} 100v-{height:.1}h1v{height:.1}z")?;
        }
        f.write_str("\"/></svg>")
    }

    /// A line from the median to p99.9, thick up to p90; a dot for the slowest.
    fn quantiles(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latency = &self.stage.latency;
        let [half, nine_tenths, most, slowest] = [
            latency.p50_ns,
            latency.p90_ns,
            latency.p999_ns,
            latency.max_ns,
        ]
        .map(|ns| self.scale.place(ns));
        write!(
            f,
            "<svg class=\"quantiles\" y=\"3.65rem\"><line x1=\"{half:.2}%\" x2=\"{most:.2}%\"/>\
             <line class=\"thick\" x1=\"{half:.2}%\" x2=\"{nine_tenths:.2}%\"/><circle cx=\"{slowest:.2}%\"/></svg>"
        )
    }
}

/// A power of ten, without decimals.
fn round(ns: u64) -> String {
    let units = ["ns", "µs", "ms", "s"];
    let at = (ns.ilog10() as usize / 3).min(units.len() - 1);
    format!("{} {}", ns / 1000_u64.pow(at as u32), units[at])
}
