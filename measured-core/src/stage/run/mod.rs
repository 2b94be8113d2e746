//! One call of a stage, from its start until its iterator is exhausted or
//! dropped: what is shared by its adapters, and all that happens off the hot
//! path.
//!
//! # How a pull is timed
//!
//! Out owns a countdown of records until the next timed pull. At zero it enters
//! the run here, which reads the clock and *arms* the inputs through
//! `Run::timed`; they enter here too, on their way down. On the way up an adapter
//! asks its countdown, which then is at zero again, and only reads the clock; the
//! sample is digested at the next entry.
//!
//! The parts of that, a file each: the [`body`] of the function, its [`input`]s,
//! its [`output`], the [`cycle`]s that are timed, the moments that are [`shared`]
//! with the stages before and after, how samples [`fold`] into the stage, and the
//! [`end`].
//!
//! # Why the entries are `extern "C"`
//!
//! Such functions cannot unwind, and LLVM knows it. A call that might unwind is
//! an edge to a landing pad that drops the whole chain by address, and that pins
//! every iterator of it to memory: 31 instructions per record and stage became
//! 10, and loops that had stopped vectorising do so again. It also makes a panic
//! on the measuring path, which must not happen, an abort at once.
//!
//! # Why runs are never freed
//!
//! Adapters hold a plain `&'static Run`. An `Arc` in them would be dropped by
//! address too. Runs are recycled when their last adapter is gone, so there are
//! never more than were active at once, and starting one does not allocate once
//! the program has warmed up.

mod body;
mod cycle;
mod end;
mod fold;
mod input;
mod output;
mod shared;

use super::nesting;
use crate::allocations::StageAllocations;
use crate::clock::{Clock, instant, tsc};
use crate::collector::{MetricsCollector, Whereabouts};
use crate::metrics::StageMetrics;
use crate::registry::{Registry, Stage, StageState, this_thread};
use crate::single_writer::{Real, Signed, SmallReal, Whole};
use crate::timing::{Gaps, Timing};
use crate::watch::{Watched, for_ourselves};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::Ordering::{self, Relaxed};
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
    /// Whether the inputs are to time their next pull: one of the constants below.
    /// Their one check per record.
    timed: AtomicU8,
    /// Which clock to read: one of the constants below.
    clock: AtomicU8,
    phase: AtomicU8,
    /// The clock is read for this run.
    clocked: AtomicBool,
    /// Some pulls go by untimed.
    sampled: AtomicBool,
    /// A timed cycle has begun and has not been added up.
    cycle_open: AtomicBool,
    /// A measured stage pulls this run: its time is that stage's upstream.
    consumed: AtomicBool,
    /// This run pulls from a measured stage, or from the input of the one around it.
    fed: AtomicBool,
    /// Its inputs lead to those of the stage around it: what runs inside of them is
    /// that stage's.
    passes_on: AtomicBool,
    /// It may be within another stage, or another within it, in a way that its timed
    /// pulls must keep track of; most runs feed another, and need not.
    /// One of the constants below.
    nests: AtomicU8,
    /// Another thread than its own pulls an input.
    fed_elsewhere: AtomicBool,
    /// The stage had its warm-up in earlier runs.
    warm: AtomicBool,
    /// What timing costs is known and is taken off.
    calibrated: AtomicBool,
    /// The time until the first record has been noted.
    yielded: AtomicBool,
    /// Entering and leaving an input are moments of the output that it stands on;
    /// the same of the output, and of the input that stands on it. See [`shared`].
    shares_inputs: AtomicBool,
    shares_output: AtomicBool,
    /// Adapters and calls that still point here.
    holders: AtomicU32,
    /// How often it was begun.
    generation: AtomicU32,
    /// Timed pulls of inputs in the open cycle.
    inputs: AtomicU32,
    started: Whole,
    /// When the open cycle began.
    opened: Whole,
    /// When samples are to be folded into the stage at the latest.
    fold_at: Whole,
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
    own: Signed,
    /// `nesting::ticks` at the start; from the first pull on, the ticks of timed pulls
    /// that were handed to it.
    claimed: Signed,
    /// `nesting::ticks` when the open cycle, or the stretch that is measured without
    /// sampling, began; when the input that is being pulled was entered.
    nested_then: Signed,
    nested_at_input: Signed,
    /// Σw·x, Σw·y, and the same for the inputs' time, of the present stretch.
    stretch: [Real; 3],
    /// Ticks of earlier stretches: the stage's own, and inside its inputs.
    own_so_far: SmallReal,
    upstream_so_far: SmallReal,
    /// What a cycle of the stage took lately, in ticks; 0 while that is not known.
    usual_cycle: SmallReal,
    /// Σy², Σx·y, Σx² of the batch, y the own time.
    squares: [SmallReal; 3],
    /// Ticks of the batch inside pipelines within the stage.
    nested: SmallReal,
    /// Ticks that the probes of the batch cost.
    probes: Whole,
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

// `Run::timed`
const UNTIMED: u8 = 0;
const IN_PULL: u8 = 1;
const IN_BODY: u8 = 2;
/// Nothing is timed; the inputs are to say how many records they have seen.
const LOOK: u8 = 3;

// `Run::clock`
const TSC: u8 = 0;
const INSTANT: u8 = 1;
const MOCK: u8 = 2;

// `Run::nests`
/// Another run pulls it, and nobody is within it.
const NEITHER: u8 = 0;
/// Whoever is around it may have to take its pulls off.
const CLAIMS: u8 = 1;
/// Another run is within it.
const HOLDS: u8 = 2;

// `Run::around`
const NOWHERE: u32 = u32::MAX;

// `Run::phase`
/// Nothing is recorded.
const OFF: u8 = 0;
/// The function's body runs and is not pulling.
const BODY: u8 = 1;
/// The body pulls its inputs itself.
const BODY_PULLS: u8 = 2;
/// The iterator was returned and not yet pulled.
const RETURNED: u8 = 3;
const DRAINING: u8 = 4;
const ENDED: u8 = 5;
/// As off, but it may begin yet.
const PENDING: u8 = 6;

static POOL: Mutex<Vec<&'static Run>> = Mutex::new(Vec::new());

/// Starting, holding and giving back.
impl Run {
    /// A run for one holder, which records nothing before it begins.
    pub(crate) fn fresh() -> &'static Run {
        let run = POOL
            .lock()
            .pop()
            .unwrap_or_else(|| for_ourselves(|| Box::leak(Box::default())));
        run.generation.fetch_add(1, Relaxed);
        // After the generation, for `hold_if`.
        run.holders.store(1, Ordering::Release);
        run.timed.store(UNTIMED, Relaxed);
        run.clocked.store(false, Relaxed);
        run.shares_inputs.store(true, Relaxed);
        run.shares_output.store(false, Relaxed);
        run.phase.store(OFF, Relaxed);
        run
    }

    /// A run for an input whose stage has no name yet: a mark further down may
    /// make it its own. Whether the input stands `directly` on an output.
    pub(crate) fn pending(directly: bool) -> &'static Run {
        let run = Run::fresh();
        run.phase.store(PENDING, Relaxed);
        run.shares_inputs.store(directly, Relaxed);
        run
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.phase() == PENDING
    }

    pub(crate) fn begin(
        &'static self,
        registry: &Registry,
        stage: Arc<Stage>,
        timing: Timing,
        calibrated: bool,
    ) {
        let registry = registry.clone();
        self.begin_session(
            Session {
                registry,
                stage,
                timing,
            },
            calibrated,
        );
    }

    fn begin_session(&'static self, mut session: Session, calibrated: bool) {
        self.watched.begin(session.stage.site);
        if self.watched.is_on() && matches!(session.timing, Timing::Sampled { .. }) {
            // Every pull is told of, which costs more than the budget allows.
            session.timing = Timing::Counts;
        }
        let clock = session.registry.clock();
        let kind = match clock {
            Clock::Tsc => TSC,
            Clock::Instant => INSTANT,
            Clock::Mock(_) => MOCK,
        };
        self.clock.store(kind, Relaxed);
        for flag in [
            &self.cycle_open,
            &self.consumed,
            &self.fed,
            &self.passes_on,
            &self.fed_elsewhere,
            &self.yielded,
        ] {
            flag.store(false, Relaxed);
        }
        self.calibrated.store(calibrated, Relaxed);
        let sampled = matches!(session.timing, Timing::Sampled { .. });
        self.sampled.store(sampled, Relaxed);
        self.phase.store(BODY, Relaxed);
        self.gaps
            .store(Gaps::seeded(session.registry.next_seed()).state(), Relaxed);
        self.thread.store(this_thread(), Relaxed);
        self.around.store(NOWHERE, Relaxed);
        self.nests.store(CLAIMS, Relaxed);
        let nested = nesting::ticks();
        self.claimed.set(nested);
        self.nested_then.set(nested);
        self.own_so_far.set(0.0);
        self.upstream_so_far.set(0.0);
        self.stretch.iter().for_each(|sum| sum.set(0.0));
        self.clear_batch();
        let now = clock.now();
        self.started.set(now);
        self.set_fold_at(&session, now);
        self.collector.reset(now);
        if session.timing == Timing::Counts {
            self.timed.store(LOOK, Relaxed);
            self.collector.goes_to(Whereabouts::Unknown);
        } else {
            self.clocked.store(true, Relaxed);
            self.timed.store(IN_BODY, Relaxed);
            self.goes_deeper();
        }
        session.registry.cover(this_thread(), now);
        {
            let mut state = session.stage.lock();
            state.metrics.runs += 1;
            state.metrics.allocations.runs += u64::from(self.watched.is_charged());
            state.activate(&self.collector);
            self.usual_cycle.set(state.usual_cycle() as f32);
            self.warm
                .store(state.metrics.timed_pulls >= WARM_UP, Relaxed);
        }
        *self.session.lock() = Some(session);
        self.charge(self.watched.enter());
    }

    /// The run of a cloned iterator: as if the stage had been called again and
    /// had just returned.
    pub(crate) fn begin_clone(&self) -> &'static Run {
        let run = Run::fresh();
        let Some(session) = self.session.lock().clone() else {
            return run;
        };
        run.begin_session(session, self.calibrated.load(Relaxed));
        run.charge(run.watched.leave());
        run.phase.store(RETURNED, Relaxed);
        run.timed.store(UNTIMED, Relaxed);
        if run.is_clocked() {
            run.comes_up();
        }
        run.shares_as(self);
        run.goes_downstream();
        run.with_stage(|state| {
            if self.consumed.load(Relaxed) {
                run.consumed.store(true, Relaxed);
                state.metrics.place.consumed += 1;
            }
            if self.fed.load(Relaxed) {
                run.fed.store(true, Relaxed);
                state.metrics.place.fed += 1;
            }
        });
        run.passes_on.store(self.passes_on.load(Relaxed), Relaxed);
        run.runs_within(self.around.load(Relaxed));
        run
    }

    /// One more adapter points here.
    #[inline]
    pub(crate) fn hold(&'static self) -> &'static Run {
        self.holders.fetch_add(1, Relaxed);
        self
    }

    /// One more adapter points here, if the run is still what it was in its
    /// `generation`; it may have been given back since, and begun anew.
    pub(crate) fn hold_if(&'static self, generation: u32) -> Option<&'static Run> {
        let one_more = |holders: u32| (holders > 0).then_some(holders + 1);
        self.holders
            .fetch_update(Ordering::Acquire, Relaxed, one_more)
            .ok()?;
        if self.generation() == generation {
            return Some(self);
        }
        self.release();
        None
    }

    /// One adapter less; the last gives the run back.
    fn release(&'static self) {
        // Acquire and release, so that the next user sees all that was written.
        if self.holders.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.with_stage(|state| self.hand_over_counts(state));
            *self.session.lock() = None;
            POOL.lock().push(self);
        }
    }
}

// Atomics under a lock at most: a panic leaves nothing half done.
impl std::panic::RefUnwindSafe for Run {}

/// Small things.
impl Run {
    pub(crate) fn generation(&self) -> u32 {
        self.generation.load(Relaxed)
    }

    #[inline(always)]
    pub(crate) fn is_armed(&self) -> bool {
        self.timed.load(Relaxed) != UNTIMED
    }

    /// Nothing is recorded.
    pub(crate) fn is_off(&self) -> bool {
        self.phase() == OFF
    }

    /// It has begun and has not ended.
    pub(crate) fn is_going_on(&self) -> bool {
        !matches!(self.phase(), OFF | PENDING | ENDED)
    }

    fn phase(&self) -> u8 {
        self.phase.load(Relaxed)
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

    fn with_session<R>(&self, f: impl FnOnce(&Session) -> R) -> Option<R> {
        self.session.lock().as_ref().map(f)
    }

    fn with_stage<R>(&self, f: impl FnOnce(&mut StageState) -> R) -> Option<R> {
        self.with_session(|session| f(&mut session.stage.lock()))
    }

    /// The present tick; inline for the counter, which is not to cost a call.
    #[inline(always)]
    fn now(&self) -> u64 {
        if self.clock.load(Relaxed) == TSC {
            tsc::now()
        } else {
            self.slow_now()
        }
    }

    #[cold]
    #[inline(never)]
    extern "C" fn slow_now(&self) -> u64 {
        if self.clock.load(Relaxed) == INSTANT {
            return instant::now();
        }
        self.with_session(|session| session.registry.clock().now())
            .unwrap_or(0)
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

    /// It is pulled on another thread than before, whose wall it covers from now on. What
    /// is within no timed pull there is taken to be within nobody: a stage that
    /// started it may have sent it there.
    #[cold]
    #[inline(never)]
    fn moves_here(&self) {
        let before = self.thread.swap(this_thread(), Relaxed);
        let now = self.now();
        self.with_session(|session| session.registry.cover_moves(before, this_thread(), now));
        let around = self.around.load(Relaxed);
        if around != NOWHERE && nesting::depth() == 0 {
            self.around.store(NOWHERE, Relaxed);
            self.with_stage(|state| state.leave(around));
        }
    }

    /// Notes that an input was sent to another thread: its time is no part of this
    /// run's, but the wait for that thread is.
    fn is_fed_elsewhere(&self) {
        if !self.fed_elsewhere.swap(true, Relaxed) {
            self.with_stage(|state| state.metrics.fed_elsewhere = true);
        }
    }

    /// Whoever pulls has the run now, as far as its clock can tell.
    fn goes_downstream(&self) {
        if self.is_clocked() {
            self.collector.goes_to(Whereabouts::Downstream);
        }
    }

    /// Hands the stretch that ends `now` to the stage and begins the next, both
    /// under its lock, so that nobody who reads it sees a stretch twice. Returns
    /// its ticks.
    fn next_stretch(&self, now: u64, add: impl FnOnce(&mut StageMetrics, u64)) -> u64 {
        let stretch = self.between(self.collector.since(), now);
        self.with_stage(|state| {
            state.metrics.total += stretch;
            if self.is_clocked() {
                add(&mut state.metrics, stretch);
            }
            self.collector.begin_stretch(now);
        });
        stretch
    }

    /// Ticks of other pipelines since the open cycle or stretch began.
    fn nested(&self) -> i64 {
        nesting::ticks() - self.nested_then.get()
    }

    #[inline(always)]
    fn nests(&self) -> bool {
        self.nests.load(Relaxed) != NEITHER
    }

    /// A body or a timed pull begins that whoever is around it takes off whole, or
    /// but for its inputs.
    #[inline(always)]
    fn goes_deeper(&self) {
        let depth = nesting::depth();
        if self.claims_whole() {
            self.depth.store(2 * depth + 3, Relaxed);
            nesting::set_depth(depth + 1);
        } else {
            self.depth.store(2 * depth, Relaxed);
        }
    }

    /// It ends.
    #[inline(always)]
    fn comes_up(&self) {
        let depth = self.depth.load(Relaxed);
        nesting::set_depth(depth / 2 - depth % 2);
    }

    #[inline(always)]
    fn claims_whole(&self) -> bool {
        !self.consumed.load(Relaxed)
            && !self.passes_on.load(Relaxed)
            && (self.phase() != DRAINING || self.claims())
    }

    /// Whether a pipeline inside the stage's own code is what pulls its inputs.
    #[inline(always)]
    fn is_pulled_from_inside(&self) -> bool {
        nesting::depth() > self.depth.load(Relaxed) / 2
    }
}

/// Links.
impl Run {
    /// Notes that this run pulls from that one, through an input.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn pulls_from(&self, upstream: &'static Run) {
        if self.is_off() {
            return;
        }
        self.stands_on(upstream);
        self.shares_with(upstream);
        upstream.with_stage(|state| {
            if !upstream.consumed.swap(true, Relaxed) {
                state.metrics.place.consumed += 1;
            }
            if !upstream.passes_on.load(Relaxed) && upstream.nests.load(Relaxed) == CLAIMS {
                upstream.nests.store(NEITHER, Relaxed);
            }
        });
        self.is_fed();
        let around = upstream.around.load(Relaxed);
        if upstream.passes_on.load(Relaxed) {
            self.passes_on();
        } else if around != NOWHERE {
            // Its time is within this one's, all of which is within.
            upstream.around.store(NOWHERE, Relaxed);
            upstream.with_stage(|state| state.leave(around));
        }
        self.runs_within(around);
    }

    fn is_fed(&self) {
        self.with_stage(|state| {
            if !self.fed.swap(true, Relaxed) {
                state.metrics.place.fed += 1;
            }
        });
    }

    /// Notes that this run pulls an input of `around`, and so is within its function.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn takes_its_input_from(&self, around: &Run) {
        if self.is_off() || !self.is_timed_with(around) {
            return;
        }
        self.is_fed();
        self.passes_on();
        self.runs_within(around.number());
    }

    /// Notes that the pulls of this run are within those of `around`, which has no
    /// input to time them at.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn is_within(&self, around: &Run) {
        if self.is_going_on() && !self.consumed.load(Relaxed) && self.is_timed_with(around) {
            around.nests.store(HOLDS, Relaxed);
            self.runs_within(around.number());
        }
    }

    /// Notes that the inputs of `around` are pulled within this run, which has none of
    /// its own to time them at. What the two took can be told pull by pull only.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn has_no_input_but_that_of(&self, around: &Run) {
        for run in [self, around] {
            run.with_stage(|state| state.metrics.is_mixed_with_another = true);
        }
    }

    fn runs_within(&self, around: u32) {
        if around != NOWHERE && self.around.load(Relaxed) == NOWHERE {
            self.around.store(around, Relaxed);
            let passes_on = self.passes_on.load(Relaxed);
            self.with_stage(|state| state.enter(around, passes_on));
        }
    }

    /// Whoever is around it is to take its timed pulls off, whole or but for their
    /// inputs. Not where it is known who that is and some go by untimed: then all are
    /// taken off together, when somebody asks for a report.
    fn claims(&self) -> bool {
        !self.sampled.load(Relaxed) || self.around.load(Relaxed) == NOWHERE
    }

    /// Its inputs lead to those of the stage around it.
    fn passes_on(&self) {
        self.passes_on.store(true, Relaxed);
        if self.nests.load(Relaxed) == NEITHER {
            self.nests.store(CLAIMS, Relaxed);
        }
        let is_running = matches!(self.phase(), BODY | BODY_PULLS);
        let depth = self.depth.load(Relaxed);
        if depth % 2 == 1 && (is_running || self.timed.load(Relaxed) == IN_PULL) {
            let depth = depth / 2 - 1;
            self.depth.store(2 * depth, Relaxed);
            nesting::set_depth(depth);
        }
    }

    /// Whether both read the clock, and the same one.
    fn is_timed_with(&self, other: &Run) -> bool {
        if std::ptr::eq(self, other) {
            return false;
        }
        let registries = self
            .with_session(|mine| other.with_session(|theirs| mine.registry.is(&theirs.registry)));
        self.is_clocked() && other.is_clocked() && registries.flatten() == Some(true)
    }

    /// The number of its stage.
    fn number(&self) -> u32 {
        let number = self.with_session(|session| session.stage.number);
        number
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(NOWHERE)
    }

    /// Notes that this run's records come from that one, through an input or not.
    pub(crate) fn stands_on(&self, upstream: &'static Run) {
        let number = upstream.with_session(|session| session.stage.number);
        self.with_stage(|state| {
            if let Some(number) = number.filter(|number| !state.inputs.contains(number)) {
                state.inputs.push(number);
            }
        });
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
