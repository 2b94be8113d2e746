//! One call of a stage, from its start until its iterator is exhausted or
//! dropped: what is shared by its adapters, and all that happens off the hot
//! path.
//!
//! # How a pull is timed
//!
//! Out owns a countdown of records until the next timed pull. At zero it enters
//! the run here, which reads the clock and *arms* the inputs through
//! `Run::timed`; they enter here too, on their way down. On the way up an adapter
//! asks its countdown, which then is at zero again, and enters once more, for a moment:
//! what the moments amount to is worked out when Out enters next, in no stage's time.
//!
//! The parts of that, a file each: how a run [`begin`]s, the [`body`] of the function,
//! its [`input`]s, its [`output`], the [`cycle`]s that are timed, how samples [`fold`]
//! into the stage, and the [`end`]. What a run has to do with others: those that are
//! [`upstream`], those that it is [`within`], and the [`moments`] that it shares with
//! both. How runs go from thread to thread is in [`threads`], and those that have ended
//! wait in a [`pool`].
//!
//! # Why the entries are `extern "C"`
//!
//! Such functions cannot unwind, and LLVM knows it. A call that might unwind is
//! an edge to a landing pad that drops the whole chain by address, and that pins
//! every iterator of it to memory: 31 instructions per record and stage became
//! 10, and loops that had stopped vectorising do so again. It also makes a panic
//! on the measuring path, which must not happen, an abort at once.

mod begin;
mod body;
mod cycle;
mod end;
mod fold;
mod input;
mod moments;
mod output;
mod pool;
mod state;
mod threads;
mod upstream;
mod within;

use crate::allocations::StageAllocations;
use crate::clock::{self, instant, tsc};
use crate::collector::{MetricsCollector, Whereabouts};
use crate::metrics::StageMetrics;
use crate::registry::{Registry, Stage, StageNumber, StageState, this_thread};
use crate::single_writer::{F32, F64, I64, State, U64};
use crate::stage::costs::Costs;
use crate::timing::Timing;
use crate::watch::{Watched, for_ourselves};
use parking_lot::Mutex;
use state::{Nests, Phase, Timed};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32};

/// A countdown that is not expected to end.
pub(crate) const FAR: u64 = u64::MAX >> 1;

/// In the place of a countdown: go on with the one that there is.
pub(crate) const KEEP: u64 = 0;

/// Pulls at the start of a stage that are always timed.
const WARM_UP: u64 = 50;

/// Where nothing is timed, counts are published once in so many records.
const LOOK_EVERY: u64 = 1 << 16;

/// What is shared by the adapters of one call.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) collector: MetricsCollector,
    /// The one check per record of its inputs.
    timed: State<Timed>,
    clock: State<clock::Kind>,
    phase: State<Phase>,
    /// The clock is read for this run.
    clocked: AtomicBool,
    /// Some pulls go by untimed.
    sampled: AtomicBool,
    /// A timed cycle has begun and has not been added up.
    cycle_open: AtomicBool,
    /// How many runs of measured stages pull this run: its time is their upstream.
    consumers: AtomicU8,
    /// This run pulls from a measured stage, or from the input of the one around it.
    fed: AtomicBool,
    /// Its inputs lead to those of the stage around it: what runs inside of them is
    /// that stage's.
    passes_on: AtomicBool,
    nests: State<Nests>,
    /// Another thread than its own pulls an input.
    fed_elsewhere: AtomicBool,
    /// The stage had its warm-up in earlier runs.
    warm: AtomicBool,
    /// What timing costs is known and is taken off.
    calibrated: AtomicBool,
    /// The time until the first record has been noted.
    yielded: AtomicBool,
    /// Entering and leaving an input are moments of the output that it stands on;
    /// the same of the output, and of the input that stands on it. See [`moments`].
    shares_inputs: AtomicBool,
    shares_output: AtomicBool,
    /// Adapters and calls that still point here.
    holders: AtomicU32,
    /// How often it was begun.
    generation: AtomicU32,
    /// Timed pulls of inputs in the open cycle, and the ticks that they took.
    inputs: AtomicU32,
    inside_inputs: I64,
    started: U64,
    /// When the open cycle began.
    opened: U64,
    /// When samples are to be folded into the stage at the latest.
    fold_at: U64,
    gaps: AtomicU32,
    /// The thread that last pulled it, or that it started on.
    thread: AtomicU32,
    /// `nesting::depth` within its body or its timed pull; twice, and one more where it
    /// made it deeper.
    depth: AtomicU32,
    /// The number of the stage that it runs within, or `NOWHERE`.
    around: AtomicU32,
    /// Own ticks of the open cycle's pull, once it has returned; until then those
    /// inside inputs that other pipelines have pulled.
    own: I64,
    /// `nesting::ticks` at the start; from the first pull on, the ticks of timed pulls
    /// that were handed to it.
    claimed: I64,
    /// `nesting::ticks` when the open cycle, or the stretch that is measured without
    /// sampling, began; when the input that is being pulled was entered.
    nested_then: I64,
    nested_at_input: I64,
    /// Σw·x, Σw·y, and the same for the inputs' time, of the present stretch.
    stretch: [F64; 3],
    /// What timed pulls took while other stages had them, in weighted ticks; less, while
    /// one has them, what they took before.
    elsewhere: F32,
    /// What a cycle of the stage took lately, in ticks; 0 while that is not known.
    usual_cycle: F32,
    /// Σy², Σx·y, Σx² of the batch, y the self time.
    squares: [F32; 3],
    /// Ticks of the batch inside pipelines within the stage.
    nested: F32,
    /// Ticks that the probes of the batch cost.
    probes: F32,
    watched: Watched,
    session: Mutex<Option<Session>>,
}

/// Where a run's figures go.
#[derive(Clone, Debug)]
struct Session {
    registry: Registry,
    stage: Arc<Stage>,
    timing: Timing,
}

/// In the place of the number of a stage.
const NOWHERE: StageNumber = StageNumber::MAX;

// Atomics under a lock at most: a panic leaves nothing half done.
impl std::panic::RefUnwindSafe for Run {}

impl Run {
    pub(crate) fn generation(&self) -> u32 {
        self.generation.load(Relaxed)
    }

    #[inline(always)]
    pub(crate) fn is_armed(&self) -> bool {
        self.timed.is_beyond(Timed::Gap)
    }

    /// The output is being pulled, and that is timed.
    fn is_in_timed_pull(&self) -> bool {
        use Timed::{Due, Gap, InPull, InWholePull};
        self.timed.is_one_of([Gap, InPull, Due, InWholePull])
    }

    /// Nothing is recorded.
    pub(crate) fn is_off(&self) -> bool {
        self.phase.is(Phase::Off)
    }

    /// It has begun and has not ended.
    pub(crate) fn is_going_on(&self) -> bool {
        !self
            .phase
            .is_one_of([Phase::Off, Phase::Pending, Phase::Ended])
    }

    fn is_clocked(&self) -> bool {
        self.clocked.load(Relaxed)
    }

    /// Adds what the stage allocated, if it did.
    #[inline]
    fn charge(&self, allocations: Option<StageAllocations>) {
        if let Some(allocations) = allocations.filter(|it| !it.is_none()) {
            self.with_stage(|state| state.metrics.allocations += allocations);
        }
    }

    /// Its code stops running, if somebody watches. A pull may have been suspended, as by
    /// a coroutine with a stack, and go on here: it is another thread's to take back.
    #[inline]
    fn stop_watched(&self) {
        if !self.watched.is_on() {
            return;
        }
        if self.thread.load(Relaxed) == this_thread() {
            self.charge(self.watched.leave());
        } else {
            self.watched.forget();
        }
    }

    fn with_session<R>(&self, f: impl FnOnce(&Session) -> R) -> Option<R> {
        for_ourselves(|| self.session.lock().as_ref().map(f))
    }

    fn with_stage<R>(&self, f: impl FnOnce(&mut StageState) -> R) -> Option<R> {
        self.with_session(|session| f(&mut session.stage.lock()))
    }

    /// The present tick; inline for the counter, which is not to cost a call.
    #[inline(always)]
    fn now(&self) -> u64 {
        if self.clock.is(clock::Kind::Tsc) {
            tsc::now()
        } else {
            self.slow_now()
        }
    }

    #[cold]
    #[inline(never)]
    extern "C" fn slow_now(&self) -> u64 {
        if self.clock.is(clock::Kind::Instant) {
            return instant::now();
        }
        self.with_session(|session| session.registry.clock().now())
            .unwrap_or(0)
    }

    /// What timing adds to its times, where that is taken off.
    fn costs(&self, sampled: bool) -> Option<&'static Costs> {
        if !self.calibrated.load(Relaxed) {
            None
        } else if self.clock.is(clock::Kind::Tsc) {
            Costs::measured(clock::Kind::Tsc, sampled)
        } else {
            Costs::measured(clock::Kind::Instant, sampled)
        }
    }

    /// `later − earlier`; nothing where the clock stepped back, which is counted.
    fn between(&self, earlier: u64, later: u64) -> u64 {
        later
            .checked_sub(earlier)
            .unwrap_or_else(|| self.stepped_back())
    }

    #[cold]
    #[inline(never)]
    fn stepped_back(&self) -> u64 {
        self.with_stage(|state| state.metrics.clock_steps_back += 1);
        0
    }

    /// Whoever pulls has the run now, as far as its clock can tell.
    fn go_downstream(&self) {
        if self.is_clocked() {
            self.collector.go_to(Whereabouts::Downstream);
        }
    }

    /// Hands the stretch that ends `now` to the stage and begins the next, both
    /// under its lock, so that nobody who reads it sees a stretch twice. Returns
    /// its ticks.
    fn next_stretch(&self, now: u64, add: impl FnOnce(&mut StageMetrics, u64)) -> u64 {
        let stretch = self.between(self.collector.since(), now);
        self.with_stage(|state| {
            state.metrics.total += stretch;
            add(&mut state.metrics, stretch);
            self.collector.begin_stretch(now);
        });
        stretch
    }
}

#[cfg(test)]
mod tests {
    use super::Run;
    use crate::collector::RECENT;

    #[test]
    fn a_run_with_its_ring_full_is_at_most_512_bytes() {
        let ring = 2 * RECENT;
        assert!(
            size_of::<Run>() + ring <= 512,
            "{} + {ring}",
            size_of::<Run>()
        );
    }
}
