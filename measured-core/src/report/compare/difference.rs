//! One figure before and after, and whether it differs by more than noise.

/// One figure before and after: the means over the reports of each side, and the
/// noise between them.
///
/// ```
/// use measured_core::{Comparison, Report};
///
/// let report = Report::capture();
/// let wall = report.compare_to(&report).wall_ns;
/// assert_eq!(wall.before, wall.after);
/// assert!(!wall.is_shown());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Difference {
    /// `None` where there is no such figure.
    pub before: Option<f64>,
    /// `None` where there is no such figure.
    pub after: Option<f64>,
    /// How far the two may be apart without a difference being shown, in the figure's
    /// own unit: with several reports a side they are nearer in 99 of 100 cases where
    /// nothing has changed.
    pub noise: f64,
}

impl Difference {
    /// Whether the two are further apart than noise explains.
    ///
    /// ```
    /// # use measured_core::Report;
    /// # let report = Report::capture();
    /// let wall = report.compare_to(&report).wall_ns;
    /// assert!(!wall.is_shown()); // it was compared with itself
    /// ```
    #[must_use]
    pub fn is_shown(&self) -> bool {
        let both = self.before.zip(self.after);
        both.is_some_and(|(before, after)| (after - before).abs() > self.noise)
    }

    /// The change as a part of what was before: 0.1 is a tenth more. Infinite where
    /// there is something after nothing.
    ///
    /// ```
    /// # use measured_core::Report;
    /// # let report = Report::capture();
    /// let wall = report.compare_to(&report).wall_ns;
    /// println!("{:+.1} %", 100.0 * wall.relative().unwrap_or(0.0));
    /// ```
    #[must_use]
    pub fn relative(&self) -> Option<f64> {
        let (before, after) = self.before.zip(self.after)?;
        Some(match after - before {
            0.0 => 0.0,
            change => change / before,
        })
    }

    /// `noise` as a part of what was before.
    ///
    /// ```
    /// # use measured_core::Report;
    /// # let report = Report::capture();
    /// let wall = report.compare_to(&report).wall_ns;
    /// println!("within {:.1} %", 100.0 * wall.relative_noise().unwrap_or(0.0));
    /// ```
    #[must_use]
    pub fn relative_noise(&self) -> Option<f64> {
        let before = self.before.filter(|before| *before > 0.0)?;
        Some(self.noise / before)
    }
}

/// A figure as one report has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    pub(super) value: f64,
    /// Its standard error within the report: that of sampling.
    pub(super) error: f64,
}

/// What makes a figure come out otherwise when the same program runs again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum NoiseOf {
    /// The data alone. One record more is a difference.
    Count,
    /// The machine, too.
    Time,
}

/// The standard deviation that times are taken to have from run to run where neither
/// side has two reports to see it from, as a part of themselves. An assumption: on a
/// machine that had other things to do, 24 runs of the reference pipeline differed by 11
/// to 17 %. On a quiet one they differ by less, which several reports show.
pub(super) const RUN_TO_RUN: f64 = 0.15;

impl Difference {
    pub(super) fn of(of: NoiseOf, before: &[Reading], after: &[Reading]) -> Difference {
        let sides = [before, after];
        let [earlier, later] = sides.map(mean);
        Difference {
            before: earlier,
            after: later,
            noise: match earlier.zip(later) {
                Some(means) => noise(of, sides, means.into()),
                None => 0.0,
            },
        }
    }
}

fn mean(side: &[Reading]) -> Option<f64> {
    let sum: f64 = side.iter().map(|reading| reading.value).sum();
    (!side.is_empty()).then(|| sum / side.len() as f64)
}

/// How far two means may be apart by chance: Student's t-test for two samples that
/// share their standard deviation, here as a part of their means (R. A. Fisher,
/// *Statistical Methods for Research Workers*, 1925, section 24), at 99 %.
///
/// Welch's test, which lets the two differ in that too, is no good for so few: at two
/// reports against eight it showed a difference in three of 100 cases where there was
/// none. And it has nothing to say of a single report, which here takes the spread of
/// the other side.
fn noise(of: NoiseOf, sides: [&[Reading]; 2], means: [f64; 2]) -> f64 {
    let freedom = sides.iter().map(|side| side.len() - 1).sum::<usize>() as f64;
    let squares = |(side, mean): (&[Reading], f64)| -> f64 {
        let part = |reading: &Reading| {
            if mean > 0.0 {
                reading.value / mean - 1.0
            } else {
                0.0
            }
        };
        side.iter().map(|reading| part(reading).powi(2)).sum()
    };
    let (spread, t) = match (freedom > 0.0, of) {
        (true, _) => {
            let squares: f64 = sides.into_iter().zip(means).map(squares).sum();
            ((squares / freedom).sqrt(), student(freedom))
        }
        (false, NoiseOf::Time) => (RUN_TO_RUN, student(f64::INFINITY)),
        (false, NoiseOf::Count) => (0.0, student(f64::INFINITY)),
    };
    let variance = |(side, mean): (&[Reading], f64)| {
        let n = side.len() as f64;
        let between = (spread * mean).powi(2) / n;
        let within = side
            .iter()
            .map(|reading| reading.error.powi(2))
            .sum::<f64>()
            / (n * n);
        // What reports know of their own error is part of how they differ; but few may
        // agree by chance, and of single ones it is not known.
        if freedom > 0.0 {
            between.max(within)
        } else {
            between + within
        }
    };
    t * sides
        .into_iter()
        .zip(means)
        .map(variance)
        .sum::<f64>()
        .sqrt()
}

/// What |t| exceeds in one of 100 cases, for so many degrees of freedom, rounded down.
fn student(freedom: f64) -> f64 {
    /// For 1 to 30, as in any table of Student's t.
    const TABLE: [f64; 30] = [
        63.657, 9.925, 5.841, 4.604, 4.032, 3.707, 3.499, 3.355, 3.250, 3.169, 3.106, 3.055, 3.012,
        2.977, 2.947, 2.921, 2.898, 2.878, 2.861, 2.845, 2.831, 2.819, 2.807, 2.797, 2.787, 2.779,
        2.771, 2.763, 2.756, 2.750,
    ];
    /// For infinitely many.
    const NORMAL: f64 = 2.576;
    match TABLE.get((freedom as usize).max(1) - 1) {
        Some(t) => *t,
        // Abramowitz and Stegun, 26.7.5, its first term.
        None => NORMAL + (NORMAL.powi(3) + NORMAL) / (4.0 * freedom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(values: &[f64]) -> Vec<Reading> {
        let reading = |&value| Reading { value, error: 0.0 };
        values.iter().map(reading).collect()
    }

    #[test]
    fn student_s_t_leaves_one_in_a_hundred_outside() {
        // With x = √ν·tan θ the density is cos^(ν−1) θ, over −π/2 to π/2.
        let area = |freedom: f64, end: f64| -> f64 {
            let (steps, step) = (200_000, end / 200_000.0);
            let at = |i: i32| ((f64::from(i) + 0.5) * step).cos().powf(freedom - 1.0);
            (0..steps).map(at).sum::<f64>() * step
        };
        for freedom in (1..=31).chain([50, 200]) {
            let freedom = f64::from(freedom);
            let end = (student(freedom) / freedom.sqrt()).atan();
            let outside = 1.0 - area(freedom, end) / area(freedom, std::f64::consts::FRAC_PI_2);
            assert!((outside - 0.01).abs() < 3e-4, "{outside} for {freedom}");
        }
    }

    #[test]
    fn noise_is_what_comes_out_by_hand() {
        // ±20 % and ±10 %: s² = (0.08 + 0.02)/(2 + 2), the means' 25·s²/3 and 4·s²/3.
        let (before, after) = (exact(&[4.0, 5.0, 6.0]), exact(&[1.8, 2.0, 2.2]));
        let difference = Difference::of(NoiseOf::Time, &before, &after);
        assert_eq!(
            (difference.before, difference.after),
            (Some(5.0), Some(2.0))
        );
        let expected = 4.604 * (0.025_f64 * 29.0 / 3.0).sqrt();
        assert!(
            (difference.noise - expected).abs() < 1e-9,
            "{}",
            difference.noise
        );
        assert!(difference.is_shown());
    }

    #[test]
    fn where_nothing_changed_one_in_a_hundred_is_shown() {
        // The sum of twelve uniform numbers is as good as normal.
        let mut state = 1u64;
        let mut normal = || {
            let sum: f64 = (0..12)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    (state >> 33) as f64 / f64::from(1u32 << 31)
                })
                .sum();
            100.0 + 10.0 * (sum - 6.0)
        };
        for (before, after) in [(3, 3), (2, 8), (2, 2), (1, 6)] {
            let shown = (0..10_000)
                .filter(|_| {
                    let mut side = |n: i32| exact(&(0..n).map(|_| normal()).collect::<Vec<_>>());
                    Difference::of(NoiseOf::Time, &side(before), &side(after)).is_shown()
                })
                .count();
            // Rounded down degrees of freedom make it fewer.
            assert!(
                (20..=130).contains(&shown),
                "{shown} of 10,000 at {before} and {after}"
            );
        }
    }

    #[test]
    fn counts_of_single_reports_have_no_noise_and_times_have() {
        let of = |noise_of| Difference::of(noise_of, &exact(&[100.0]), &exact(&[101.0]));
        assert_eq!(
            (of(NoiseOf::Count).noise, of(NoiseOf::Count).is_shown()),
            (0.0, true)
        );
        assert!(!of(NoiseOf::Time).is_shown());
        let much = Difference::of(NoiseOf::Time, &exact(&[100.0]), &exact(&[200.0]));
        assert!(much.is_shown(), "{much:?}");
        let some = Difference::of(NoiseOf::Time, &exact(&[100.0]), &exact(&[140.0]));
        assert!(!some.is_shown(), "{some:?}");
    }

    #[test]
    fn the_error_of_sampling_counts_where_it_is_the_larger() {
        let sure = exact(&[100.0, 100.0, 100.0]);
        let unsure: Vec<_> = sure.iter().map(|r| Reading { error: 17.0, ..*r }).collect();
        let difference = Difference::of(NoiseOf::Time, &sure, &unsure);
        assert!((difference.noise - 4.604 * 17.0 / 3f64.sqrt()).abs() < 1e-9);
    }

    #[test]
    fn what_is_missing_shows_nothing() {
        let difference = Difference::of(NoiseOf::Count, &[], &exact(&[5.0]));
        assert_eq!(
            (difference.relative(), difference.is_shown()),
            (None, false)
        );
        let from_nothing = Difference::of(NoiseOf::Count, &exact(&[0.0]), &exact(&[5.0]));
        assert_eq!(from_nothing.relative(), Some(f64::INFINITY));
        assert_eq!(from_nothing.relative_noise(), None);
    }
}
