//! How sure the figures of a stage are.

use super::{StageMetrics, Stretch};
use crate::timing::strides;

/// The standard error of a probe's cost, as a part of it. Found from stages of
/// known work, in `benches/benches/accuracy.rs`: the calibration is an empty
/// stage's, and a stage that works is slowed down a little more, or less. Most builds
/// of that program are within 2 %; where one branch more was mispredicted at each timed
/// pull, for where its code happened to lie, it was 8 %.
const PROBE_ERROR: f64 = 0.04;

impl StageMetrics {
    /// The standard error of [`self_ticks`](StageMetrics::self_ticks): that of the
    /// sample, that of the inputs which went by untimed within a timed pull, and that of
    /// what the probes are taken to have cost.
    pub(crate) fn self_ticks_error(&self) -> f64 {
        let error = |stretch: &Stretch| stretch.estimate().standard_error() * stretch.net_wall();
        let wall = self.bodies.net_wall() + self.drains.net_wall();
        let of_probes = PROBE_ERROR * self.probe_per_cycle() * wall;
        error(&self.bodies)
            .hypot(error(&self.drains))
            .hypot(self.error_of_strides())
            .hypot(of_probes)
    }

    /// The second stage's part of a sample in two stages, Σw·v (Cochran, *Sampling
    /// Techniques*, chapter 11), v the variance of what a pull's inputs took.
    fn error_of_strides(&self) -> f64 {
        let pulls = self.drains.pulls as f64;
        if pulls > 0.0 && self.has_strides {
            let of_a_pull = strides::standard_error(self.records_in as f64 / pulls);
            of_a_pull * self.drains.upstream() / pulls.sqrt()
        } else {
            0.0
        }
    }

    /// How far the sampled cycles, added up, are from the wall that was measured
    /// whole, as a part of it: 0 where they agree. What is rare and long (a flush
    /// of 2 ms once in 8,192 records) is missed by sampling or counted many times
    /// over, and shows here.
    pub(crate) fn closure(&self) -> f64 {
        let wall = self.bodies.net_wall() + self.drains.net_wall();
        if wall > 0.0 {
            (self.bodies.estimate().cycle + self.drains.estimate().cycle) / wall - 1.0
        } else {
            0.0
        }
    }

    /// The part of its runs' time in which there was no clock, though others were timed: their
    /// records are among the stage's, and what they took is not.
    pub(crate) fn untimed_part(&self) -> f64 {
        if self.is_timed() && self.total > 0 {
            self.untimed as f64 / self.total as f64
        } else {
            0.0
        }
    }

    /// How far sampling alone can be expected to leave the closure from 0: two
    /// standard errors.
    pub(crate) fn closure_noise(&self) -> f64 {
        let wall = self.bodies.net_wall() + self.drains.net_wall();
        let error = |stretch: &Stretch| stretch.estimate().cycle_error();
        if wall > 0.0 {
            2.0 * error(&self.bodies).hypot(error(&self.drains)) / wall
        } else {
            0.0
        }
    }

    /// The part of the wall of all drains that is certainly in none of the sampled
    /// cycles: what as many pulls of their mean, two standard errors added, leave of
    /// it. Sharper than the closure, which must allow for how many pulls happened
    /// to be drawn.
    pub(crate) fn missed(&self) -> f64 {
        let wall = self.drains.net_wall();
        match self.drains.estimate().mean_cycle() {
            Some((mean, error)) if wall > 0.0 => {
                1.0 - mean * (1.0 + 2.0 * error) * self.drains.pulls as f64 / wall
            }
            _ => 0.0,
        }
    }

    /// What timing a cycle cost, as a part of the cycle.
    pub(crate) fn probe_per_cycle(&self) -> f64 {
        let cycles = self.bodies.net_wall() + self.drains.net_wall();
        let per_pull = |ticks: f64, pulls: u64| if pulls > 0 { ticks / pulls as f64 } else { 0.0 };
        let cycle = per_pull(cycles, self.timeable_pulls());
        if cycle > 0.0 {
            per_pull(self.pull_probes(), self.timed_pulls) / cycle
        } else {
            0.0
        }
    }
}
