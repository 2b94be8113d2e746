//! One stage of a registry.

use crate::collector::MetricsCollector;
use crate::metrics::StageMetrics;
use crate::site_id::SiteId;
use parking_lot::{Mutex, MutexGuard};
use smallvec::SmallVec;
use std::fmt;

/// Its place in the order of first runs.
pub(crate) type StageNumber = u32;

#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) site: SiteId,
    pub(crate) number: StageNumber,
    state: Mutex<StageState>,
}

#[derive(Debug)]
pub(crate) struct StageState {
    pub(crate) metrics: StageMetrics,
    /// The numbers of the stages that it pulls from.
    pub(crate) inputs: SmallVec<[StageNumber; 2]>,
    /// The stages that its runs were within.
    pub(crate) around: SmallVec<[Around; 1]>,
    /// Ticks of all pulls of the runs that have ended.
    drained: f64,
    /// What the runs that have not ended write.
    active: Vec<&'static MetricsCollector>,
    /// What those of them that pull from other runs pull from.
    feeds: Vec<Feed>,
    /// What a cycle took lately, in ticks.
    usual_cycle: f64,
}

/// A run that feeds another, as that other's stage sees it.
pub(crate) trait Upstream: fmt::Debug + Sync {
    /// Whoever pulled it ends `now`. It may have been given back since it was in its
    /// `generation`; if not, it is within the stage `around` it again.
    fn is_let_go(&'static self, generation: u32, around: StageNumber, now: u64);
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Feed {
    /// What the run that pulls writes.
    into: &'static MetricsCollector,
    pub(crate) upstream: &'static dyn Upstream,
    pub(crate) generation: u32,
    /// The stage that it was within until then.
    pub(crate) around: StageNumber,
}

/// Runs of one stage within another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around {
    /// That other stage.
    pub(crate) stage: StageNumber,
    /// Their inputs lead to that stage's inputs.
    pub(crate) passes_on: bool,
    runs: u64,
    /// Ticks of the pulls of those that have ended.
    ticks: f64,
}

impl Stage {
    pub(super) fn new(site: SiteId, number: StageNumber) -> Stage {
        let state = StageState {
            metrics: StageMetrics::new(),
            inputs: SmallVec::new(),
            around: SmallVec::new(),
            drained: 0.0,
            active: Vec::new(),
            feeds: Vec::new(),
            usual_cycle: 0.0,
        };
        Stage {
            site,
            number,
            state: Mutex::new(state),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, StageState> {
        self.state.lock()
    }

    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, StageState>> {
        self.state.try_lock()
    }
}

impl StageState {
    pub(crate) fn activate(&mut self, run: &'static MetricsCollector) {
        self.active.push(run);
    }

    pub(crate) fn deactivate(&mut self, run: &'static MetricsCollector) {
        // From the back: a recursive stage ends its last run first.
        if let Some(at) = self
            .active
            .iter()
            .rposition(|active| std::ptr::eq(*active, run))
        {
            self.active.swap_remove(at);
        }
    }

    /// It pulls from the stage with that number.
    pub(crate) fn pulls_from(&mut self, stage: StageNumber) {
        if !self.inputs.contains(&stage) {
            self.inputs.push(stage);
        }
    }

    /// A run pulls from one that is in its `generation`, and was within the stage `around`.
    pub(crate) fn feed(
        &mut self,
        into: &'static MetricsCollector,
        upstream: &'static dyn Upstream,
        generation: u32,
        around: StageNumber,
    ) {
        self.feeds.push(Feed {
            into,
            upstream,
            generation,
            around,
        });
    }

    /// A run ends: what it pulled from, to be told.
    pub(crate) fn no_longer_feed(&mut self, run: &'static MetricsCollector) -> SmallVec<[Feed; 2]> {
        let mut fed_by = SmallVec::new();
        self.feeds.retain(|feed| {
            let is_its = std::ptr::eq(feed.into, run);
            if is_its {
                fed_by.push(*feed);
            }
            !is_its
        });
        fed_by
    }

    /// A run turns out to be within that stage.
    pub(crate) fn enter(&mut self, stage: StageNumber, passes_on: bool) {
        let known = self.around.iter_mut().find(|it| it.stage == stage);
        if let Some(around) = known {
            around.runs += 1;
            around.passes_on |= passes_on;
        } else {
            self.around.push(Around {
                stage,
                passes_on,
                runs: 1,
                ticks: 0.0,
            });
        }
    }

    /// A run within that stage is within one that is there itself.
    pub(crate) fn leave(&mut self, stage: StageNumber) {
        if let Some(around) = self.around.iter_mut().find(|it| it.stage == stage) {
            around.runs = around.runs.saturating_sub(1);
        }
    }

    /// A run has ended, whose pulls took so many ticks; so many of them within that
    /// stage, or in none.
    pub(crate) fn drained(&mut self, stage: StageNumber, ticks: f64, within: f64) {
        self.drained += ticks;
        if let Some(around) = self.around.iter_mut().find(|it| it.stage == stage) {
            around.ticks += within;
        }
    }

    /// The part of the time of its pulls that was within that stage: by ticks; by runs
    /// while none has ended.
    pub(crate) fn part_within(&self, around: &Around) -> f64 {
        if self.drained > 0.0 {
            around.ticks / self.drained
        } else {
            around.runs as f64 / self.metrics.runs.max(1) as f64
        }
    }

    /// What a cycle takes, as far as it is known, in ticks.
    pub(crate) fn usual_cycle(&self) -> f64 {
        self.usual_cycle
    }

    /// Follows the mean of the last `cycles` cycles, the closer the more they are.
    pub(crate) fn learn_cycle(&mut self, mean: f64, cycles: u32) {
        const TRUSTED: f64 = 50.0;
        let trust = if self.usual_cycle > 0.0 {
            (f64::from(cycles) / TRUSTED).min(1.0)
        } else {
            1.0
        };
        self.usual_cycle += trust * (mean.max(0.0) - self.usual_cycle);
    }

    pub(crate) fn active(&self) -> &[&'static MetricsCollector] {
        &self.active
    }

    /// The totals with what active runs have published.
    pub(crate) fn snapshot(&self, now: u64) -> StageMetrics {
        let mut metrics = self.metrics.clone();
        self.active
            .iter()
            .for_each(|run| metrics.add_live(run, now));
        metrics
    }
}
