//! What the figures come to, in sentences: the bottleneck, how sure that is, what a fix
//! would buy.

use super::table::TOO_QUICK;
use super::what_if::{gained, saved};
use super::{Report, StageReport};
use crate::figures::{change, count, duration, percent, plus_or_minus};
use crate::grid::{Sentence, Tone};

/// A wall of which no more than this part is left, or too much, is as good as divided.
pub(super) const CLOSED: f64 = 0.05;

impl Report {
    /// What else there is to say: how it was measured, and what stands in the way of
    /// the verdict.
    pub(super) fn notes(&self) -> Vec<Sentence> {
        let mut notes = vec![self.how_measured()];
        notes.extend(self.unaccounted());
        notes.extend(self.longer_ends());
        notes.extend(self.stages.iter().filter_map(|stage| self.errors(stage)));
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
        if is_said || part.abs() <= CLOSED {
            return None;
        }
        let all = percent(part.abs());
        Some(Sentence::new(if part > 0.0 {
            format!(
                "{all} of the wall is unaccounted for: code between stages that belongs to none, or slow pulls that \
                 sampling missed. MEASURED=every tells which."
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
            None => vec![Sentence::new(
                "Nothing was timed, so no bottleneck can be named.",
            )],
            Some(stage) if self.is_void(stage) => vec![Sentence::new(
                "No bottleneck can be named: more of the wall is unaccounted for than any stage has.",
            )],
            Some(stage) if self.is_below_resolution(stage) => vec![
                Sentence::new("No bottleneck can be named: ")
                    .name(self.label(stage))
                    .words(" comes first, but its pulls are too quick to be timed."),
            ],
            Some(stage) => vec![self.named(stage), price(stage)],
        }
    }

    /// Whether more of the wall is unaccounted for than this stage has: that may be
    /// anybody's.
    fn is_void(&self, stage: &StageReport) -> bool {
        let unaccounted = self.unattributed_ns as f64;
        unaccounted > stage.self_ns as f64 && self.part_of_wall(unaccounted) > CLOSED
    }

    fn named(&self, stage: &StageReport) -> Sentence {
        let next = self.next_after(stage);
        let named = Sentence::new("Bottleneck: ").name(self.label(stage));
        let named = match next {
            // Added up, the two errors are the most that the difference's can be.
            Some(next) if stage.share - next.share <= stage.share_ci + next.share_ci => {
                named.words(" or ").name(self.label(next)).words(format!(
                    ": {} and {} of the wall are too near to tell which.",
                    share(stage),
                    share(next)
                ))
            }
            Some(next) => named
                .words(format!(", {} of the wall; the next is ", share(stage)))
                .name(self.label(next))
                .words(format!(" with {}.", share(next))),
            None => named.words(format!(", {} of the wall.", share(stage))),
        };
        let named = if stage.low_confidence {
            named.words(" That is not sure: see ? below.")
        } else {
            named
        };
        named.tone(Tone::Strong)
    }

    /// The stage with the most own time but for `first`, if it can be told.
    fn next_after(&self, first: &StageReport) -> Option<&StageReport> {
        self.stages
            .iter()
            .filter(|stage| !std::ptr::eq(*stage, first) && stage.self_ns > 0)
            .filter(|stage| !self.is_below_resolution(stage))
            .max_by_key(|stage| stage.self_ns)
    }

    /// What no stage can be blamed for.
    fn longer_ends(&self) -> impl Iterator<Item = Sentence> {
        let unaccounted = u64::try_from(self.unattributed_ns).unwrap_or(0);
        let longest = self.bottleneck().map_or(u64::MAX, |stage| stage.self_ns);
        let ends = [("source", self.source_ns), ("sink", self.sink_ns)];
        let longer = ends
            .into_iter()
            .filter(move |(_, ns)| *ns > longest.max(unaccounted));
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

    /// Who was called by nobody.
    fn cold(&self) -> Option<Sentence> {
        let cold = self.stages.iter().filter(|stage| stage.is_cold());
        let listed = cold.fold(None, |listed: Option<Sentence>, stage| {
            let listed = listed.map(|listed| listed.words(", "));
            let listed = listed.unwrap_or_else(|| Sentence::new("Nothing called "));
            Some(listed.name(self.label(stage)))
        });
        listed.map(|listed| listed.words("."))
    }

    /// What the marks in the table mean, for those that are there.
    fn marks(&self) -> Vec<Sentence> {
        let mut marks = Vec::new();
        let any = |is_marked: &dyn Fn(&StageReport) -> bool| self.stages.iter().any(is_marked);
        if any(&|stage| {
            stage.low_confidence && !stage.fed_elsewhere && !self.is_below_resolution(stage)
        }) {
            marks.push(Sentence::new(
                "?: low confidence. The samples do not add up to the wall to within 5 %: something rare and long, or \
                 records too quick to time. Ask again with MEASURED=every or a larger budget.",
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

/// Amdahl's law, for twice as fast and for gone.
fn price(stage: &StageReport) -> Sentence {
    let all = stage.share.min(1.0);
    let half = saved(all, 2.0);
    Sentence::new(format!(
        "Twice as fast, it saves {} of the time ({} throughput); no fix saves more than {} ({} throughput).",
        percent(half),
        change(gained(half)),
        percent(all),
        change(gained(all)),
    ))
}

fn share(stage: &StageReport) -> String {
    percent(stage.share.min(1.0)) + &plus_or_minus(stage.share_ci)
}
