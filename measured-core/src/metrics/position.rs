//! Where in a pipeline the runs of a stage were.

/// Which of their time is within another stage's time already, and which of their
/// upstream's is another stage's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Position {
    /// Runs whose records went into another measured stage.
    pub(crate) consumed: u64,
    /// Runs that pulled from another measured stage.
    pub(crate) fed: u64,
    /// Own and upstream ticks of the runs that have ended, and those of them that
    /// are within no other stage.
    pub(crate) within: f64,
    pub(crate) outermost: f64,
    /// Upstream ticks of the runs that have ended, and those of them that are no
    /// other stage's.
    pub(crate) upstream: f64,
    pub(crate) sourced: f64,
}

impl Position {
    /// The part of the stage's time that is within no other stage's.
    pub(crate) fn outermost(&self, runs: u64) -> f64 {
        Position::part(self.outermost, self.within, self.consumed, runs)
    }

    /// The part of the upstream's time that is no other stage's.
    pub(crate) fn sourced(&self, runs: u64) -> f64 {
        Position::part(self.sourced, self.upstream, self.fed, runs)
    }

    /// By ticks; by runs while none has ended.
    fn part(some: f64, all: f64, other_runs: u64, runs: u64) -> f64 {
        match (all > 0.0, runs > 0) {
            (true, _) => some / all,
            (false, true) => 1.0 - other_runs as f64 / runs as f64,
            (false, false) => 1.0,
        }
    }

    pub(super) fn merge(&mut self, other: &Position) {
        self.consumed += other.consumed;
        self.fed += other.fed;
        self.within += other.within;
        self.outermost += other.outermost;
        self.upstream += other.upstream;
        self.sourced += other.sourced;
    }
}
