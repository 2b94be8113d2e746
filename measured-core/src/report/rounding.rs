//! Parts in whole nanoseconds that add up as they did before they were rounded.

/// The parts of the wall, laid end to end. Their ends are rounded, not they: each part by
/// itself would be off by up to half a nanosecond, and their sum by all of these.
pub(super) struct Rounding {
    ns_per_tick: f64,
    /// Where it ends: ticks, and the nanosecond that is.
    ticks: f64,
    ns: u64,
}

impl Rounding {
    pub(super) fn new(ns_per_tick: f64) -> Rounding {
        Rounding {
            ns_per_tick,
            ticks: 0.0,
            ns: 0,
        }
    }

    /// A part of so many ticks, in nanoseconds.
    pub(super) fn part(&mut self, ticks: f64) -> u64 {
        self.upto(self.ticks + ticks)
    }

    /// The last part. What is less than half a nanosecond from the end of the whole ends
    /// with it: it would be nothing, and is what additions in another order leave.
    pub(super) fn last(mut self, ticks: f64, whole: f64) -> u64 {
        let end = self.ticks + ticks;
        let is_whole = (whole - end).abs() * self.ns_per_tick < 0.5;
        self.upto(if is_whole { whole } else { end })
    }

    fn upto(&mut self, ticks: f64) -> u64 {
        self.ticks = ticks;
        let ns = (ticks * self.ns_per_tick).round() as u64;
        let before = std::mem::replace(&mut self.ns, ns);
        ns.saturating_sub(before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_parts_are_the_whole(
            parts in proptest::collection::vec(0f64..1e12, 1..40),
            ns_per_tick in 0.1f64..10.0,
        ) {
            // In another order than below.
            let whole: f64 = parts.iter().rev().sum();
            let (last, others) = parts.split_last().unwrap();
            let mut rounding = Rounding::new(ns_per_tick);
            let mut ns: Vec<u64> = others.iter().map(|&part| rounding.part(part)).collect();
            ns.push(rounding.last(*last, whole));
            prop_assert_eq!(ns.iter().sum::<u64>(), (whole * ns_per_tick).round() as u64);
            for (ns, part) in ns.into_iter().zip(parts) {
                prop_assert!((ns as f64 - part * ns_per_tick).abs() <= 1.5, "{ns} of {part}");
            }
        }
    }

    #[test]
    fn what_is_left_is_no_part() {
        let mut rounding = Rounding::new(0.3);
        assert_eq!(rounding.part(10.0), 3);
        assert_eq!(rounding.last(10.0, 100.0), 3);
    }
}
