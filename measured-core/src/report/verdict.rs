//! What the figures come to, in sentences: the bottleneck, how sure that is, what a fix
//! would buy.

use super::derived::WORTH_TELLING;
use super::resolution::TOO_QUICK;
use super::what_if::{gained, saved};
use super::{Report, StageReport, TimingMode};
use crate::figures::{change, count, duration, percent, plus_or_minus};
use crate::grid::{Sentence, Tone};
use std::cmp::Reverse;
use std::iter;

impl Report {
    /// Why there are no stages, as far as that is known.
    pub(super) fn nothing_ran(&self) -> Sentence {
        Sentence::new(match self.timing.mode {
            TimingMode::Off if cfg!(feature = "enable") => {
                "Nothing was measured: timing is off. MEASURED=sampled turns it on, unless set_timing says otherwise."
            }
            TimingMode::Off => {
                "Nothing was measured: the feature `enable` of measured-core is off."
            }
            _ => {
                "No stage has run. A registry has the stages of its scope only, which each thread opens anew."
            }
        })
    }

    /// What else there is to say: how it was measured, and what stands in the way of
    /// the verdict.
    pub(super) fn notes(&self) -> Vec<Sentence> {
        let mut notes = vec![self.how_measured()];
        notes.extend(self.unaccounted());
        notes.extend(self.longer_ends());
        notes.extend(self.stages.iter().filter_map(|stage| self.errors(stage)));
        notes.extend(self.stages.iter().filter_map(|stage| self.panics(stage)));
        notes.extend(
            self.stages
                .iter()
                .filter_map(|stage| self.waits_elsewhere(stage)),
        );
        notes.extend(self.cold());
        notes.extend(self.marks());
        notes
    }

    fn how_measured(&self) -> Sentence {
        let timing = &self.timing;
        let one_in = timing.one_in.map_or_else(String::new, |n| match n {
            n if n <= 1.0 => ", every pull timed".to_owned(),
            n if n < 1.5 => ", nearly every pull timed".to_owned(),
            n => format!(", one pull in {n:.0} timed"),
        });
        Sentence::new(format!(
            "wall {}{one_in} ({}), measuring took {} of it",
            duration(self.wall_ns as f64),
            timing.clock,
            percent(timing.overhead),
        ))
    }

    /// What of the wall the rows do not explain, where that is enough to mislead.
    fn unaccounted(&self) -> Option<Sentence> {
        let part = self.part_of_wall(self.unattributed_ns as f64);
        // Where nothing was timed that is said already, and so is who is silent.
        let is_said = self.bottleneck().is_none() || part > 0.0 && self.silence().is_some();
        if is_said || part.abs() <= WORTH_TELLING {
            return None;
        }
        let all = percent(part.abs());
        Some(Sentence::new(if part > 0.0 {
            format!(
                "{all} of the wall is unaccounted for: code between stages that belongs to none, runs that were only \
                 counted, or slow pulls that sampling missed. MEASURED=every tells which."
            )
        } else {
            format!(
                "The parts come to {all} more than the wall, and the shares with them: records are too quick to be timed \
                 one by one, or parts ran at the same time. Measure quick stages as one."
            )
        }))
    }

    /// Who is the bottleneck, and what a fix would buy.
    pub(super) fn verdict(&self) -> Vec<Sentence> {
        let silence = self.silence().map(|silence| silence.tone(Tone::Strong));
        silence.into_iter().chain(self.about_bottleneck()).collect()
    }

    fn about_bottleneck(&self) -> Vec<Sentence> {
        match self.bottleneck() {
            None if !self.has_records() => vec![Sentence::new(
                "No record passed, so no bottleneck can be named.",
            )],
            None => vec![Sentence::new(format!(
                "Nothing was timed, so no bottleneck can be named.{}",
                self.why_untimed()
            ))],
            Some(stage) if self.is_void(stage) => vec![Sentence::new(
                "No bottleneck can be named: more of the wall is unaccounted for than any stage has.",
            )],
            Some(stage) if self.is_below_resolution(stage) => vec![
                Sentence::new("No bottleneck can be named: ")
                    .name(self.label(stage))
                    .words(" comes first, but its pulls are too quick to be timed."),
            ],
            Some(stage) => vec![self.named(stage), self.price(stage)],
        }
    }

    /// As far as the mode tells.
    fn why_untimed(&self) -> &'static str {
        match self.timing.mode {
            TimingMode::Counts => " Timing is counts: MEASURED=sampled times some pulls.",
            TimingMode::Sampled => {
                " Its runs began under counts, or while allocations were tracked or a profiler ran, when stages are \
                 counted and not sampled: MEASURED=every times them all the same."
            }
            _ => "",
        }
    }

    /// Whether more of the wall is unaccounted for than this stage has: that may be
    /// anybody's.
    fn is_void(&self, stage: &StageReport) -> bool {
        let unaccounted = self.unattributed_ns as f64;
        unaccounted > stage.self_ns as f64 && self.part_of_wall(unaccounted) > WORTH_TELLING
    }

    fn named(&self, stage: &StageReport) -> Sentence {
        let near = self.near(stage);
        let named = Sentence::new("Bottleneck: ").name(self.label(stage));
        let named = match (near.split_last(), self.next_after(stage)) {
            (Some((last, others)), _) => {
                let listed = others.iter().fold(named, |named, other| {
                    named.words(", ").name(self.label(other))
                });
                let all = iter::once(&stage).chain(others);
                let shares: Vec<String> = all.map(|stage| share(stage)).collect();
                listed.words(" or ").name(self.label(last)).words(format!(
                    ": {} and {} of the wall are too near to tell which.",
                    shares.join(", "),
                    share(last)
                ))
            }
            (None, Some(next)) => named
                .words(format!(", {} of the wall; the next is ", share(stage)))
                .name(self.label(next))
                .words(format!(" with {}.", share(next))),
            (None, None) => named.words(format!(", {} of the wall.", share(stage))),
        };
        let named = if stage.low_confidence {
            named.words(" That is not sure: see ? below.")
        } else {
            named
        };
        named.tone(Tone::Strong)
    }

    /// Those that may have as much self time as `first`, which has the most.
    fn near<'a>(&'a self, first: &'a StageReport) -> Vec<&'a StageReport> {
        let mut near: Vec<&StageReport> = self
            .others_than(first)
            // Added up, the two errors are the most that the difference's can be.
            .filter(|other| first.share - other.share <= first.share_ci + other.share_ci)
            .collect();
        near.sort_by_key(|stage| Reverse(stage.self_ns));
        near
    }

    /// The stage with the most self time but for `first`.
    fn next_after<'a>(&'a self, first: &'a StageReport) -> Option<&'a StageReport> {
        self.others_than(first).max_by_key(|stage| stage.self_ns)
    }

    /// The others whose self time can be told.
    fn others_than<'a>(&'a self, first: &'a StageReport) -> impl Iterator<Item = &'a StageReport> {
        let others = self.stages.iter();
        let others = others.filter(move |stage| !std::ptr::eq(*stage, first) && stage.self_ns > 0);
        others.filter(|stage| !self.is_below_resolution(stage))
    }

    /// Amdahl's law, for twice as fast and for gone.
    fn price(&self, stage: &StageReport) -> Sentence {
        let twice = Sentence::new("Twice as fast, ");
        let twice = if self.near(stage).is_empty() {
            twice.words("it")
        } else {
            twice.name(self.label(stage))
        };
        let all = stage.share.min(1.0);
        let half = saved(all, 2.0);
        twice.words(format!(
            " saves {}; no fix saves more than {}.",
            of_time(half, " of the time"),
            of_time(all, ""),
        ))
    }

    /// What no stage can be blamed for.
    fn longer_ends(&self) -> impl Iterator<Item = Sentence> {
        let unaccounted = u64::try_from(self.unattributed_ns).unwrap_or(0);
        let longest = self.bottleneck().map_or(u64::MAX, |stage| stage.self_ns);
        let source = (!self.is_source_doubtful()).then_some(("source", self.source_ns));
        let sink = (!self.is_sink_doubtful()).then_some(("sink", self.sink_ns));
        let ends = source.into_iter().chain(sink);
        let longer = ends.filter(move |(_, ns)| *ns > longest.max(unaccounted));
        longer.map(|(name, ns)| {
            Sentence::new(format!(
                "The {name} takes longer than any stage: {}, {} of the wall.",
                duration(ns as f64),
                percent(self.part_of_wall(ns as f64))
            ))
        })
    }

    fn waits_elsewhere(&self, stage: &StageReport) -> Option<Sentence> {
        stage.fed_elsewhere.then(|| {
            Sentence::new("? ")
                .name(self.label(stage))
                .words(": another thread pulls its input; to wait for that is in its self, as it cannot be told from work.")
        })
    }

    fn errors(&self, stage: &StageReport) -> Option<Sentence> {
        let (errors, all) = (count(stage.records_err), count(stage.records_out));
        let errors = format!(": {errors} of {all} records were errors.");
        (stage.records_err > 0).then(|| Sentence::default().name(self.label(stage)).words(errors))
    }

    fn panics(&self, stage: &StageReport) -> Option<Sentence> {
        let (panicked, all) = (count(stage.panicked), count(stage.runs.max(stage.panicked)));
        let panics = format!(": {panicked} of {all} runs ended by a panic.");
        (stage.panicked > 0).then(|| Sentence::default().name(self.label(stage)).words(panics))
    }

    /// Who was called by nobody.
    fn cold(&self) -> Option<Sentence> {
        let cold = self.stages.iter().filter(|stage| stage.is_cold());
        let listed = cold.fold(None, |listed: Option<Sentence>, stage| {
            let listed = listed.map(|listed| listed.words(", "));
            let listed = listed.unwrap_or_else(|| Sentence::new("Nothing called "));
            Some(listed.name(self.label(stage)))
        });
        let is_interval = self.origin.as_ref().is_some_and(|it| it.since.is_some());
        let when = if is_interval {
            " in this interval."
        } else {
            "."
        };
        listed.map(|listed| listed.words(when))
    }

    /// What the marks in the table mean, for those that are there.
    fn marks(&self) -> Vec<Sentence> {
        let mut marks = Vec::new();
        let any = |is_marked: &dyn Fn(&StageReport) -> bool| self.stages.iter().any(is_marked);
        let is_doubted = any(&|stage| {
            let is_marked = stage.low_confidence && stage.was_timed();
            is_marked && !stage.fed_elsewhere && !self.is_below_resolution(stage)
        });
        if is_doubted || self.is_source_doubtful() || self.is_sink_doubtful() {
            marks.push(Sentence::new(
                "?: low confidence. The samples do not add up to the wall to within 5 %: something rare and long, runs that \
                 were only counted, or records too quick to time. Ask again with MEASURED=every or a larger budget.",
            ));
        }
        if any(&|stage| self.is_below_resolution(stage)) {
            marks.push(Sentence::new(format!(
                "{TOO_QUICK}: below resolution. A pull takes less than the two reads of the clock around it, {} each; its \
                 records are counted all the same.",
                duration(self.timing.clock_ns)
            )));
        }
        marks
    }
}

/// A part of the time, and what throughput gains without it; nothing where that has no
/// bound.
fn of_time(part: f64, of_the_time: &str) -> String {
    let gained = gained(part);
    let gained = if gained.is_finite() {
        format!(" ({} throughput)", change(gained))
    } else {
        String::new()
    };
    percent(part) + of_the_time + &gained
}

fn share(stage: &StageReport) -> String {
    percent(stage.share.min(1.0)) + &plus_or_minus(stage.share_ci)
}
