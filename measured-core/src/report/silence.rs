//! Stages of which nothing has been heard for long: where a pipeline hangs.

use super::derived::WORTH_TELLING;
use super::{Report, StageReport};
use crate::figures::duration;
use crate::grid::Sentence;

/// So many are named; more would bury the innermost.
const NAMED: usize = 3;

impl Report {
    /// Who hangs, or is left waiting, and for how long.
    pub(super) fn silence(&self) -> Option<Sentence> {
        let silent = self.silent_stages();
        let shortest = silent.iter().filter_map(|stage| stage.silent_ns).min()?;
        let last = silent.len().min(NAMED) - 1;
        let mut said = Sentence::default();
        for (at, stage) in silent.iter().take(NAMED).enumerate() {
            let comma = match at {
                0 => "",
                at if at == last && silent.len() <= NAMED => " and ",
                _ => ", ",
            };
            said = said.words(comma).name(self.label(stage));
        }
        let more = match silent.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} after them"),
        };
        let shortest = duration(shortest as f64);
        Some(said.words(if silent.len() == 1 {
            format!(" has been silent for {shortest}: a pull of it has not ended, or nobody pulls.")
        } else {
            format!("{more} have been silent for {shortest}: a pull of one of them has not ended, or nobody pulls.")
        }))
    }

    /// Those that were silent for a part of the wall that is worth telling, in pipeline
    /// order: of these the ones that are known to be at work, or could be.
    fn silent_stages(&self) -> Vec<&StageReport> {
        let worth_telling = WORTH_TELLING * self.wall_ns as f64;
        let is_silent = |stage: &&StageReport| {
            let silent = stage.silent_ns.unwrap_or(0);
            stage.active > 0 && silent > 0 && silent as f64 > worth_telling
        };
        let silent: Vec<&StageReport> = self.stages.iter().filter(is_silent).collect();
        let suspicions: [fn(&StageReport) -> bool; 3] = [
            |stage| has(stage, stage.self_ns) && !waits(stage),
            |stage| stage.timed_pulls > 0 && !waits(stage),
            |stage| !waits(stage),
        ];
        let suspects = suspicions.map(|is_suspect| {
            let suspects = silent.iter().copied().filter(|stage| is_suspect(stage));
            suspects.collect::<Vec<_>>()
        });
        let some = suspects.into_iter().find(|suspects| !suspects.is_empty());
        some.unwrap_or(silent)
    }
}

fn waits(stage: &StageReport) -> bool {
    [stage.upstream_ns, stage.nested_ns, stage.downstream_ns]
        .into_iter()
        .any(|ns| has(stage, ns))
}

/// Whether the silence may be in this part of a stage's time. It is in one of them where
/// a timed pull tells which, else in none.
fn has(stage: &StageReport, part: u64) -> bool {
    stage.silent_ns.is_some_and(|silent| part >= silent)
}
