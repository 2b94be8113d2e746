//! What a faster stage would buy: Amdahl's law.

use super::{NoSuchStage, Report, StageReport};
use crate::figures::{change, duration, plus_or_minus};
use crate::grid::{Sentence, Table};
use std::error::Error;
use std::fmt;

/// What would become of the wall and of the throughput if stages were faster, or slower.
///
/// A stage that has the part *p* of the wall and is made *s* times as fast saves
/// *p*(1 − 1/*s*) of it; several save the sum, *S*. Throughput then grows by
/// 1/(1 − *S*) − 1. However fast they get, they save no more than their shares (Gene
/// Amdahl, *Validity of the Single Processor Approach to Achieving Large Scale Computing
/// Capabilities*, 1967). The rest of the program is taken to stay as it is; where it
/// works on several threads, what is saved is threads' time.
///
/// Its [`Display`](fmt::Display) says it in sentences. [The guide](crate::guide::what_if)
/// holds it against reality.
///
/// ```
/// # if cfg!(feature = "enable") {
/// use measured_core::{Measured, MockClock, Registry, Timing};
///
/// let clock = MockClock::new();
/// let registry = Registry::new().with_clock(clock.clone()).with_timing(Timing::Every);
/// registry.scope(|| {
///     let smooth = (0..100).inspect(|_| clock.advance(850)).measured("smooth");
///     smooth.for_each(|_| clock.advance(150));
/// });
///
/// let half = registry.capture().what_if("smooth", 2.0)?;
/// assert!((half.saved - 0.425).abs() < 1e-9);   // 42.5 % of the time
/// assert!((half.gained - 0.739).abs() < 1e-3);  // 73.9 % more throughput
/// assert!((half.most_saved - 0.85).abs() < 1e-9);
/// println!("{half}");
/// # }
/// # Ok::<(), measured_core::WhatIfError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct WhatIf {
    /// The stages that would change, as they were asked for.
    pub changes: Vec<Change>,
    /// The wall as it was measured.
    pub wall_ns: u64,
    /// The wall as it would be.
    pub wall_after_ns: u64,
    /// The part of the wall that would be saved; below 0 it would be longer.
    pub saved: f64,
    /// Two standard errors of `saved`. Those of several stages are added up, which is
    /// the most that they can come to, however they depend on each other.
    pub saved_ci: f64,
    /// How much more throughput, as a part of the present one: 0.25 is a quarter more.
    /// Infinite where nothing would be left of the wall.
    pub gained: f64,
    /// `gained` at `saved − saved_ci`.
    pub gained_least: f64,
    /// `gained` at `saved + saved_ci`.
    pub gained_most: f64,
    /// What would be saved if the stages took no time at all: their shares.
    pub most_saved: f64,
    /// What would be gained then.
    pub most_gained: f64,
    /// The share of one of the stages is not to be relied on: it is of
    /// [low confidence](StageReport::low_confidence).
    pub low_confidence: bool,
}

/// A stage that would be faster, or slower.
///
/// ```
/// # if cfg!(feature = "enable") {
/// # use measured_core::{Measured, MockClock, Registry, Timing};
/// # let clock = MockClock::new();
/// # let registry = Registry::new().with_clock(clock.clone()).with_timing(Timing::Every);
/// # registry.scope(|| (0..1_000).inspect(|_| clock.advance(50)).measured("parse").for_each(drop));
/// let without = registry.capture().what_if("parse", f64::INFINITY)?;
/// let change = &without.changes[0];
/// assert_eq!((change.stage.as_str(), change.speedup), ("parse", f64::INFINITY));
/// assert_eq!(change.share, without.most_saved);
/// # }
/// # Ok::<(), measured_core::WhatIfError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Change {
    /// Its name.
    pub stage: String,
    /// How many times as fast: 2 halves its time, 0.5 doubles it, infinity removes it.
    pub speedup: f64,
    /// The part of the wall that it has.
    pub share: f64,
    /// Two standard errors of `share`.
    pub share_ci: f64,
}

/// A what-if that has no answer.
///
/// ```
/// # if cfg!(feature = "enable") {
/// # use measured_core::{Measured, Registry, Timing};
/// # let registry = Registry::new().with_timing(Timing::Every);
/// # registry.scope(|| (0..10).measured("parse").for_each(drop));
/// let report = registry.capture();
/// assert_eq!(
///     report.what_if("parse", -2.0).unwrap_err().to_string(),
///     "\"parse\" cannot be -2 times as fast: 2 halves its time, 0.5 doubles it, inf removes it",
/// );
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum WhatIfError {
    /// The report has no such stage.
    NoSuchStage(NoSuchStage),
    /// The stage was counted and not timed.
    NotTimed {
        /// Its name.
        stage: String,
    },
    /// The stage is [too quick to be timed](Report::is_below_resolution).
    TooQuick {
        /// Its name.
        stage: String,
    },
    /// The stage was asked for twice.
    Twice {
        /// Its name.
        stage: String,
    },
    /// A speedup that is 0, negative or no number.
    Speedup {
        /// The stage that it was for.
        stage: String,
        /// What was asked for.
        speedup: f64,
    },
}

/// The part of the whole that is saved if `share` of it gets `speedup` times as fast.
pub(super) fn saved(share: f64, speedup: f64) -> f64 {
    share * (1.0 - speedup.recip())
}

/// How much more gets through if `saved` of the time is saved.
pub(super) fn gained(saved: f64) -> f64 {
    if saved < 1.0 {
        (1.0 - saved).recip() - 1.0
    } else {
        f64::INFINITY
    }
}

impl Report {
    /// What would be saved and gained if a stage were `speedup` times as fast: 2 halves
    /// its time, 0.5 doubles it, [`f64::INFINITY`] removes it.
    ///
    /// # Errors
    /// There is no such stage, it was not timed or is too quick for that, or `speedup` is
    /// not above 0.
    ///
    /// ```
    /// # if cfg!(feature = "enable") {
    /// # use measured_core::{Measured, MockClock, Registry, Timing};
    /// # let clock = MockClock::new();
    /// # let registry = Registry::new().with_clock(clock.clone()).with_timing(Timing::Every);
    /// # registry.scope(|| (0..1_000).inspect(|_| clock.advance(50)).measured("parse").for_each(drop));
    /// let report = registry.capture();
    /// println!("{}", report.what_if("parse", 2.0)?);
    /// # }
    /// # Ok::<(), measured_core::WhatIfError>(())
    /// ```
    pub fn what_if(&self, stage: &str, speedup: f64) -> Result<WhatIf, WhatIfError> {
        self.what_if_all(&[(stage, speedup)])
    }

    /// What is saved and gained if several stages change at once, each by its own speedup.
    ///
    /// # Errors
    /// As [`what_if`](Report::what_if), or a stage is there twice.
    ///
    /// ```
    /// # if cfg!(feature = "enable") {
    /// # use measured_core::{Measured, MockClock, Registry, Timing};
    /// # let clock = MockClock::new();
    /// # let registry = Registry::new().with_clock(clock.clone()).with_timing(Timing::Every);
    /// # let spend = |ns| { let clock = clock.clone(); move |_: &u64| clock.advance(ns) };
    /// # registry.scope(|| {
    /// #     (0..100).inspect(spend(50)).measured("parse").inspect(spend(50)).measured("smooth").for_each(drop);
    /// # });
    /// // Two stages of 50 % each: one twice as fast, the other gone.
    /// let both = registry.capture().what_if_all(&[("parse", 2.0), ("smooth", f64::INFINITY)])?;
    /// assert_eq!((both.saved, both.gained), (0.75, 3.0));
    /// # }
    /// # Ok::<(), measured_core::WhatIfError>(())
    /// ```
    pub fn what_if_all(&self, speedups: &[(&str, f64)]) -> Result<WhatIf, WhatIfError> {
        let mut changes: Vec<Change> = Vec::with_capacity(speedups.len());
        let mut low_confidence = false;
        for &(name, speedup) in speedups {
            let stage = self.timed_stage(name)?;
            let stage_name = || name.to_owned();
            if changes.iter().any(|change| change.stage == name) {
                return Err(WhatIfError::Twice {
                    stage: stage_name(),
                });
            }
            if speedup.is_nan() || speedup <= 0.0 {
                return Err(WhatIfError::Speedup {
                    stage: stage_name(),
                    speedup,
                });
            }
            low_confidence |= stage.low_confidence;
            changes.push(Change {
                stage: stage_name(),
                speedup,
                share: stage.share,
                share_ci: stage.share_ci,
            });
        }
        Ok(WhatIf::of(changes, self.wall_ns, low_confidence))
    }

    fn timed_stage(&self, name: &str) -> Result<&StageReport, WhatIfError> {
        let stage = self.find(name).map_err(WhatIfError::NoSuchStage)?;
        if !stage.was_timed() {
            let stage = name.to_owned();
            return Err(WhatIfError::NotTimed { stage });
        }
        if self.is_below_resolution(stage) {
            let stage = name.to_owned();
            return Err(WhatIfError::TooQuick { stage });
        }
        Ok(stage)
    }
}

impl WhatIf {
    fn of(changes: Vec<Change>, wall_ns: u64, low_confidence: bool) -> WhatIf {
        let sum = |of: &dyn Fn(&Change) -> f64| changes.iter().map(of).sum::<f64>();
        // Where stages overlap on several threads, their shares may come to more than all.
        let saved_ = sum(&|c| saved(c.share, c.speedup)).min(1.0);
        let saved_ci = sum(&|c| saved(c.share_ci, c.speedup).abs());
        let most_saved = sum(&|c| c.share).min(1.0);
        WhatIf {
            wall_ns,
            wall_after_ns: (wall_ns as f64 * (1.0 - saved_)).round() as u64,
            saved: saved_,
            saved_ci,
            gained: gained(saved_),
            gained_least: gained(saved_ - saved_ci),
            gained_most: gained(saved_ + saved_ci),
            most_saved,
            most_gained: gained(most_saved),
            low_confidence,
            changes,
        }
    }

    fn question(&self) -> Sentence {
        let mut question = Sentence::default();
        for (at, change) in self.changes.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            question = question.words(comma).name(&change.stage);
            question = question.words(match change.speedup {
                f64::INFINITY => " gone".to_owned(),
                speedup => format!(" {} times as fast", rounded(speedup)),
            });
        }
        question.words(":")
    }

    fn answer(&self) -> Sentence {
        let between = if self.saved_ci > 0.0 {
            let (least, most) = (more(self.gained_least), more(self.gained_most));
            format!(" ({least} to {most})")
        } else {
            String::new()
        };
        Sentence::new(format!(
            "time {}{} ({} become {}), throughput {}{between}.",
            change(-self.saved),
            plus_or_minus(self.saved_ci),
            duration(self.wall_ns as f64),
            duration(self.wall_after_ns as f64),
            more(self.gained),
        ))
    }

    fn ceiling(&self) -> Sentence {
        Sentence::new(format!(
            "However fast, at most: time {}, throughput {}.",
            change(-self.most_saved),
            more(self.most_gained),
        ))
    }
}

/// What is gained of throughput; all the time saved leaves none that would bound it.
fn more(gained: f64) -> String {
    if gained.is_finite() {
        change(gained)
    } else {
        "without bound".to_owned()
    }
}

/// To a thousandth, which nobody foretells better; slowdowns as they are.
fn rounded(speedup: f64) -> f64 {
    if speedup > 1.0 {
        (1_000.0 * speedup).round() / 1_000.0
    } else {
        speedup
    }
}

impl fmt::Display for WhatIf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table().fmt(f)
    }
}

impl WhatIf {
    /// The question, the answer and how far to rely on it, for a width to be chosen.
    ///
    /// ```
    /// # if cfg!(feature = "enable") {
    /// # use measured_core::{Measured, MockClock, Registry, Timing};
    /// # let clock = MockClock::new();
    /// # let registry = Registry::new().with_clock(clock.clone()).with_timing(Timing::Every);
    /// # registry.scope(|| (0..1_000).inspect(|_| clock.advance(50)).measured("parse").for_each(drop));
    /// let report = registry.capture();
    /// println!("{}", report.what_if("parse", 2.0)?.table().to_markdown()); // for an issue
    /// # }
    /// # Ok::<(), measured_core::WhatIfError>(())
    /// ```
    pub fn table(&self) -> Table {
        let mut said = Table::new().say(self.question()).say(self.answer());
        if self.changes.iter().any(|change| change.speedup.is_finite()) {
            said = said.say(self.ceiling());
        }
        if self.low_confidence {
            said = said.say(Sentence::new(
                "Low confidence: the samples do not carry the share that this rests on.",
            ));
        }
        said
    }
}

impl fmt::Display for WhatIfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WhatIfError::NoSuchStage(error) => error.fmt(f),
            WhatIfError::NotTimed { stage } => write!(
                f,
                "{stage:?} was not timed, so nothing is known of its share: run with MEASURED=sampled or MEASURED=every"
            ),
            WhatIfError::TooQuick { stage } => write!(
                f,
                "{stage:?} is too quick to be timed, so nothing is known of its share: measure it and its neighbours as one stage"
            ),
            WhatIfError::Twice { stage } => {
                write!(f, "{stage:?} is there twice: one speedup for each stage")
            }
            WhatIfError::Speedup { stage, speedup } => write!(
                f,
                "{stage:?} cannot be {speedup} times as fast: 2 halves its time, 0.5 doubles it, inf removes it"
            ),
        }
    }
}

impl Error for WhatIfError {}
