//! Where in a pipeline the runs of a stage were.

/// Which of their time is within another stage's time already, and which of their
/// upstream's is another stage's.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Position {
    /// Runs that go on, and whose records go into another measured stage.
    pub(crate) consumed: u64,
    /// Runs that pulled from another measured stage.
    pub(crate) fed: u64,
    /// Of the ticks of runs that go on, those that other stages had for a while; less,
    /// while one has them, what they took before.
    pub(crate) elsewhere: f64,
    /// Own and upstream ticks of the bodies and runs that have ended, and those of them
    /// that are within no other stage.
    pub(crate) within: f64,
    pub(crate) outermost: f64,
    /// Upstream ticks of the bodies and runs that have ended, and those of them that are no
    /// other stage's.
    pub(crate) upstream: f64,
    pub(crate) sourced: f64,
}

impl Position {
    /// Adds ticks that are over: own ones, those inside inputs, and how many of both are
    /// within no other stage. Whether the inputs lead to another stage.
    pub(crate) fn note(&mut self, own: f64, upstream: f64, outermost: f64, fed: bool) {
        self.within += own + upstream;
        self.outermost += outermost;
        self.upstream += upstream;
        self.sourced += if fed { 0.0 } else { upstream };
    }

    /// The part of the stage's `ticks`, own and upstream, that is within no other
    /// stage's. Of runs that go on what was with others is known, and the rest is
    /// divided by where they are now.
    pub(crate) fn outermost(&self, ticks: f64, active: u64) -> f64 {
        let free = 1.0 - part(self.consumed as f64, active as f64).unwrap_or(0.0);
        let open = if active > 0 {
            (ticks - self.within).max(0.0)
        } else {
            0.0
        };
        let here = (open - self.elsewhere).clamp(0.0, open);
        let outermost = self.outermost + free * here;
        part(outermost, self.within + open).unwrap_or(free)
    }

    /// The part of the upstream's time that is no other stage's: by ticks; by runs while
    /// none is known.
    pub(crate) fn sourced(&self, runs: u64) -> f64 {
        part(self.sourced, self.upstream)
            .unwrap_or_else(|| 1.0 - part(self.fed as f64, runs as f64).unwrap_or(0.0))
    }

    pub(super) fn merge(&mut self, other: &Position) {
        self.consumed += other.consumed;
        self.fed += other.fed;
        self.elsewhere += other.elsewhere;
        self.within += other.within;
        self.outermost += other.outermost;
        self.upstream += other.upstream;
        self.sourced += other.sourced;
    }
}

fn part(some: f64, all: f64) -> Option<f64> {
    (all > 0.0).then(|| some / all)
}
