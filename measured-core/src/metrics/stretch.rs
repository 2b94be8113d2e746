//! Wall that was measured whole, and the estimate of who spent it.

use crate::timing::{Batch, Estimate};

/// All stretches of a stage that are alike: its bodies, or its pulls.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Stretch {
    /// Ticks.
    pub(crate) wall: u64,
    /// How many pulls it is the wall of.
    pub(crate) pulls: u64,
    /// Ticks that our own probes are modelled to have cost.
    pub(crate) probes: f64,
    usual: Estimate,
    /// Cycles far longer than usual, with their weights, and each as the only one.
    outliers: Estimate,
    outliers_once: Estimate,
    /// How many they are.
    outliers_seen: u32,
}

/// From so many outliers on they are no accidents.
const MANY_OUTLIERS: u32 = 8;

impl Stretch {
    /// Adds timed cycles, each of which stands for `weight` pulls.
    pub(crate) fn add(&mut self, weight: u32, batch: &Batch, probes: f64) {
        self.usual.add(weight, batch);
        self.probes += probes;
    }

    /// Adds a timed cycle far longer than the usual ones.
    pub(crate) fn add_outlier(&mut self, weight: u32, cycle: &Batch) {
        self.outliers.add(weight, cycle);
        self.outliers_once.add(1, cycle);
        self.outliers_seen += 1;
    }

    /// Who spent the time.
    ///
    /// Of an outlier that was drawn nobody can say how many of its kind went by
    /// unseen: it may be a refill that comes every hundred records, and stands for as
    /// many pulls as any other, or a moment in which the thread was put aside, and
    /// weighted would be longer than all the rest. The wall, which is known whole,
    /// tells: where the outliers are few they are what comes nearer to it, each the
    /// only one (the large units of Hidiroglou and Srinath, 1981) or weighted.
    pub(crate) fn estimate(&self) -> Estimate {
        let [weighted, once] = [&self.outliers, &self.outliers_once].map(|outliers| {
            let mut all = self.usual;
            all.merge(outliers);
            all
        });
        let wall = self.net_wall();
        let miss = |estimate: &Estimate| (estimate.cycle - wall).abs();
        let are_plausible = self.outliers_seen >= MANY_OUTLIERS && self.outliers.cycle <= wall;
        if are_plausible || miss(&weighted) <= miss(&once) {
            weighted
        } else {
            once
        }
    }

    pub(super) fn merge(&mut self, other: &Stretch) {
        self.wall += other.wall;
        self.pulls += other.pulls;
        self.probes += other.probes;
        self.usual.merge(&other.usual);
        self.outliers.merge(&other.outliers);
        self.outliers_once.merge(&other.outliers_once);
        self.outliers_seen = self.outliers_seen.saturating_add(other.outliers_seen);
    }

    /// The wall that is not ours.
    pub(crate) fn net_wall(&self) -> f64 {
        (self.wall as f64 - self.probes).max(0.0)
    }

    pub(super) fn own(&self) -> f64 {
        self.estimate().own_ratio() * self.net_wall()
    }

    pub(super) fn upstream(&self) -> f64 {
        self.estimate().upstream_ratio() * self.net_wall()
    }

    /// Inside pipelines within the stage; below zero where these pulled its inputs, and
    /// have been taken off whole.
    pub(super) fn nested(&self) -> f64 {
        let estimate = self.estimate();
        if estimate.cycle > 0.0 {
            estimate.nested / estimate.cycle * self.net_wall()
        } else {
            0.0
        }
    }

    pub(super) fn rest(&self) -> f64 {
        if self.estimate().cycle > 0.0 {
            (self.net_wall() - self.own() - self.upstream() - self.nested()).max(0.0)
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_that_was_timed_whole_is_split_exactly() {
        let mut stretch = Stretch {
            wall: 1_000,
            ..Stretch::default()
        };
        stretch.add(
            1,
            &Batch {
                pulls: 10.0,
                cycle: 900.0,
                own: 300.0,
                upstream: 400.0,
                nested: 50.0,
                claimed: 0.0,
                squares: [0.0; 3],
            },
            100.0,
        );
        let parts = [
            stretch.own(),
            stretch.upstream(),
            stretch.nested(),
            stretch.rest(),
        ];
        assert_eq!(parts.map(|ticks| ticks as u64), [300, 400, 50, 150]);
    }
}
