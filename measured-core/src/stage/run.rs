//! One call of a stage, from its start until its iterator is exhausted or
//! dropped: what is shared by its adapters, and all that happens off the hot
//! path.
//!
//! # How a pull is timed
//!
//! Out owns a countdown of records until the next timed pull. At zero it enters
//! the run here, which reads the clock and *arms* the inputs through
//! [`Run::timed`]; they enter here too, on their way down. On the way up nobody
//! calls a function: the clock is read inline, and the sample is digested at the
//! next cold entry, so that what the user's code holds in registers stays there.
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

use super::costs::Costs;
use super::nesting;
use crate::clock::{Clock, instant, tsc};
use crate::collector::{MetricsCollector, RECENT, Whereabouts};
use crate::metrics::{Place, StageMetrics};
use crate::registry::{Registry, Stage, StageState, this_thread};
use crate::single_writer::{Real, SmallReal, Whole};
use crate::timing::{Gaps, Timing};
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

/// After how many nanoseconds samples are folded into the stage, if there are any.
const FOLD_AFTER_NS: f64 = 20e6;

/// A stage is taken to have at least this much of a cycle when its budget is
/// computed: below, samples would be noise, and taking fewer of them does not
/// make the run measurably faster.
const SHORTEST_PART_NS: f64 = 10.0;

/// What timing a pull costs a stage that works, in terms of what it costs an
/// empty one: caches and predictors are disturbed too. Taken from the reference
/// pipeline: with 1 it used some 1.5 % more processor time under a budget of 1 %,
/// start-up excepted, with 2 about 1 %.
const DISTURBANCE: f64 = 2.0;

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
    /// An input is being pulled, and timed.
    inside_input: AtomicBool,
    /// A timed cycle has begun and has not been added up.
    cycle_open: AtomicBool,
    /// The open cycle began with the reading that ended the last one.
    continues: AtomicBool,
    /// A measured stage pulls this run: its time is that stage's upstream.
    consumed: AtomicBool,
    /// This run pulls from a measured stage.
    fed: AtomicBool,
    /// The stage had its warm-up in earlier runs.
    warm: AtomicBool,
    /// What timing costs is known and is taken off.
    calibrated: AtomicBool,
    /// Adapters and calls that still point here.
    holders: AtomicU32,
    /// How often it was begun.
    generation: AtomicU32,
    /// Timed pulls of inputs in the open cycle.
    inputs: AtomicU32,
    started: Whole,
    /// When the open cycle began.
    opened: Whole,
    /// The collector's `inside_inputs` then.
    inside_then: Whole,
    /// When samples are to be folded into the stage at the latest.
    fold_at: Whole,
    /// Ticks from the start until the first record; 0 while there is none.
    first_out: Whole,
    gaps: AtomicU32,
    /// The thread that it started on, and the one that last pulled it.
    home: AtomicU32,
    thread: AtomicU32,
    /// `nesting::ticks` at the start; when the open cycle, or the stretch that is
    /// measured without sampling, began; when its pull returned; when the input
    /// that is being pulled was entered.
    nested_at_start: Real,
    nested_then: Real,
    nested_at_exit: Real,
    nested_at_input: Real,
    /// Σw·x, Σw·y, and the same for the inputs' time, of the present stretch.
    stretch: [Real; 3],
    /// Ticks of earlier stretches: the stage's own, and inside its inputs.
    own_so_far: Real,
    upstream_so_far: Real,
    /// Ticks of timed pulls that were handed to `nesting`.
    claimed: Real,
    /// Σy², Σx·y, Σx² of the batch, y the own time.
    squares: [SmallReal; 3],
    /// Ticks that the probes of the batch cost.
    probes: Real,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Exhausted,
    Dropped,
    Panicked,
}

impl End {
    fn early() -> End {
        if std::thread::panicking() {
            End::Panicked
        } else {
            End::Dropped
        }
    }
}

/// Starting, holding and giving back.
impl Run {
    /// A run for one holder, which records nothing before it begins.
    pub(crate) fn fresh() -> &'static Run {
        let run = POOL
            .lock()
            .pop()
            .unwrap_or_else(|| Box::leak(Box::default()));
        run.generation.fetch_add(1, Relaxed);
        // After the generation, for `hold_if`.
        run.holders.store(1, Ordering::Release);
        run.timed.store(UNTIMED, Relaxed);
        run.clocked.store(false, Relaxed);
        run.phase.store(OFF, Relaxed);
        run
    }

    /// A run for an input whose stage has no name yet: a mark further down may
    /// make it its own.
    pub(crate) fn pending() -> &'static Run {
        let run = Run::fresh();
        run.phase.store(PENDING, Relaxed);
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

    fn begin_session(&'static self, session: Session, calibrated: bool) {
        let clock = session.registry.clock();
        let kind = match clock {
            Clock::Tsc => TSC,
            Clock::Instant => INSTANT,
            Clock::Mock(_) => MOCK,
        };
        self.clock.store(kind, Relaxed);
        for flag in [
            &self.inside_input,
            &self.cycle_open,
            &self.consumed,
            &self.fed,
        ] {
            flag.store(false, Relaxed);
        }
        self.calibrated.store(calibrated, Relaxed);
        let sampled = matches!(session.timing, Timing::Sampled { .. });
        self.sampled.store(sampled, Relaxed);
        self.phase.store(BODY, Relaxed);
        self.first_out.set(0);
        self.gaps
            .store(Gaps::seeded(session.registry.next_seed()).state(), Relaxed);
        self.home.store(this_thread(), Relaxed);
        self.thread.store(this_thread(), Relaxed);
        let nested = nesting::ticks();
        self.nested_at_start.set(nested);
        self.nested_then.set(nested);
        self.claimed.set(0.0);
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
        }
        session.registry.cover(this_thread(), now);
        {
            let mut state = session.stage.lock();
            state.metrics.runs += 1;
            state.activate(&self.collector);
            self.warm
                .store(state.metrics.timed_pulls >= WARM_UP, Relaxed);
        }
        *self.session.lock() = Some(session);
    }

    /// The run of a cloned iterator: as if the stage had been called again and
    /// had just returned.
    pub(crate) fn begin_clone(&self) -> &'static Run {
        let run = Run::fresh();
        let Some(session) = self.session.lock().clone() else {
            return run;
        };
        run.begin_session(session, self.calibrated.load(Relaxed));
        run.phase.store(RETURNED, Relaxed);
        run.timed.store(UNTIMED, Relaxed);
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

    fn phase(&self) -> u8 {
        self.phase.load(Relaxed)
    }

    fn is_clocked(&self) -> bool {
        self.clocked.load(Relaxed)
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
        later.checked_sub(earlier).unwrap_or_else(|| {
            self.with_stage(|state| state.metrics.clock_steps_back += 1);
            0
        })
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
    fn nested(&self) -> f64 {
        nesting::ticks() - self.nested_then.get()
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
        upstream.with_stage(|state| {
            if !upstream.consumed.swap(true, Relaxed) {
                state.metrics.place.consumed += 1;
            }
        });
        self.with_stage(|state| {
            if !self.fed.swap(true, Relaxed) {
                state.metrics.place.fed += 1;
            }
        });
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

/// The body of the function.
impl Run {
    /// The body has returned its iterator.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn body_returns(&self) {
        if self.phase() == OFF {
            return;
        }
        self.close_body(self.now());
        self.goes_downstream();
        self.phase.store(RETURNED, Relaxed);
    }

    /// The body was given a collection of `records`.
    pub(crate) fn was_given(&self, records: u64) {
        self.collector.received(records);
    }

    /// The body was all there is, and it yielded these many records.
    pub(crate) fn body_was_all(&'static self, records: u64) {
        if self.phase() == OFF {
            return;
        }
        self.collector.yielded(records);
        self.end(End::Exhausted);
    }

    fn close_body(&self, now: u64) {
        self.timed.store(UNTIMED, Relaxed);
        if self.phase() == BODY_PULLS {
            self.leave_body_pulls(now);
        } else {
            self.add_exact_own(now);
        }
        if !self.is_clocked() {
            return;
        }
        // Whoever runs around this body takes the whole of it off its own time.
        let body = self.between(self.started.get(), now);
        nesting::set(self.nested_at_start.get() + body as f64);
    }

    /// The stretch that ends now was the body's own, but for pipelines inside it.
    fn add_exact_own(&self, now: u64) {
        let nested = self.nested();
        let stretch = self.next_stretch(now, |metrics, stretch| {
            metrics.exact_own += stretch as f64 - nested;
        });
        self.own_so_far.add(stretch as f64 - nested);
    }

    /// The body stops pulling, at least for now.
    fn leave_body_pulls(&self, now: u64) {
        self.close_cycle(now);
        self.fold_now(now);
        let stretch = self.next_stretch(now, |metrics, ticks| metrics.bodies.wall += ticks);
        self.end_stretch(stretch);
        self.phase.store(BODY, Relaxed);
        self.collector.goes_to(Whereabouts::Own);
        self.nested_then.set(nesting::ticks());
    }
}

/// Inputs.
impl Run {
    /// An input is about to be pulled and found the run armed. `used`: records
    /// that came through it since it was here last. Returns after how many more it
    /// is to look at [`Run::exit_input`], or [`KEEP`].
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn enter_input(&self, used: u64) -> u64 {
        if self.thread.load(Relaxed) != this_thread() {
            // The input was moved to a thread of its own: its time is no part of
            // this run's. Its records are added when it ends.
            return KEEP;
        }
        self.collector.received(used);
        if self.timed.load(Relaxed) == LOOK {
            if self.phase() != BODY {
                return FAR;
            }
            self.timed.store(UNTIMED, Relaxed);
            return LOOK_EVERY;
        }
        if self.timed.load(Relaxed) == IN_BODY {
            let now = self.now();
            if self.phase() != BODY_PULLS {
                self.add_exact_own(now);
                self.phase.store(BODY_PULLS, Relaxed);
            }
            let continues = self.cycle_open.load(Relaxed);
            let untimed = self.next_gap(now);
            self.open_cycle(now, untimed == 0, continues);
            if untimed > 0 {
                self.timed.store(UNTIMED, Relaxed);
                self.collector.goes_to(Whereabouts::Unknown);
                return untimed;
            }
        }
        self.inputs
            .store(self.inputs.load(Relaxed).wrapping_add(1), Relaxed);
        self.inside_input.store(true, Relaxed);
        self.nested_at_input.set(nesting::ticks());
        self.collector.goes_to(Whereabouts::Upstream);
        self.collector.see(self.now());
        1
    }

    /// An input yielded, and its countdown is at zero: a pull that is timed ends,
    /// or, in a body, a gap does.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn exit_input(&self) -> u64 {
        if self.thread.load(Relaxed) != this_thread() {
            // As above; an input may have moved when it had a gap to count.
            return FAR;
        }
        if self.inside_input.load(Relaxed) {
            let now = self.now();
            // Inputs may sit on a processor whose counter is a little behind.
            self.collector
                .was_inside_input(now.saturating_sub(self.collector.seen()));
            self.collector.see(now);
            self.collector.goes_to(Whereabouts::Own);
            self.inside_input.store(false, Relaxed);
            nesting::set(self.nested_at_input.get());
        } else if self.phase.load(Relaxed) == BODY_PULLS {
            self.timed.store(IN_BODY, Relaxed);
        } else if self.phase.load(Relaxed) == BODY && !self.is_clocked() {
            self.timed.store(LOOK, Relaxed);
        }
        FAR
    }

    /// An input had nothing. Returns as [`Run::enter_input`] does.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn input_is_empty(&self, used: u64) -> u64 {
        if self.thread.load(Relaxed) != this_thread() {
            self.with_stage(|state| state.metrics.records_in += used);
            return FAR;
        }
        self.collector.received(used);
        self.exit_input();
        if self.phase() == BODY_PULLS {
            // What follows, a sort perhaps, is the body's own and measured whole.
            self.leave_body_pulls(self.now());
            self.timed.store(IN_BODY, Relaxed);
        }
        FAR
    }

    /// An input is dropped.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn drop_input(&'static self, used: u64) {
        if self.thread.load(Relaxed) == this_thread() {
            self.collector.received(used);
        } else {
            self.with_stage(|state| state.metrics.records_in += used);
        }
        self.release();
    }
}

/// The output.
impl Run {
    /// The output is about to be pulled and its countdown is at zero. `used`:
    /// records that it yielded since it was here last, `errors` of them `Err`.
    /// Returns after how many more it comes back.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn enter_output(&self, used: u64) -> u64 {
        self.collector.yielded(used);
        let phase = self.phase();
        if !matches!(phase, RETURNED | DRAINING) {
            return FAR;
        }
        if phase == RETURNED {
            self.begin_draining();
        }
        self.thread.store(this_thread(), Relaxed);
        if !self.is_clocked() {
            return self.look();
        }
        let now = self.now();
        let continues = self.cycle_open.load(Relaxed);
        let untimed = self.next_gap(now);
        if untimed > 0 {
            self.timed.store(UNTIMED, Relaxed);
            self.collector.goes_to(Whereabouts::Unknown);
        } else {
            self.timed.store(IN_PULL, Relaxed);
            self.collector.goes_to(Whereabouts::Own);
        }
        self.open_cycle(now, untimed == 0, continues);
        untimed.max(1)
    }

    /// Where nothing is timed: lets the inputs look at their counts in the next pull,
    /// then nobody for a while.
    fn look(&self) -> u64 {
        let looked = self.timed.load(Relaxed) == LOOK;
        let (timed, records) = if looked {
            (UNTIMED, LOOK_EVERY)
        } else {
            (LOOK, 1)
        };
        self.timed.store(timed, Relaxed);
        records
    }

    fn begin_draining(&self) {
        self.leave_idle(self.now());
        self.collector.begin_draining();
        self.collector.set_weight(1);
        self.phase.store(DRAINING, Relaxed);
    }

    /// The iterator was there until `now`, and nobody pulled it.
    fn leave_idle(&self, now: u64) {
        self.next_stretch(now, |metrics, idle| metrics.exact_downstream += idle);
    }

    /// The output yielded and its countdown is at zero: a pull that is timed ends,
    /// or a gap does.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn exit_output(&self) {
        if self.timed.load(Relaxed) == IN_PULL {
            let now = self.now();
            self.collector.see(now);
            self.collector.goes_to(Whereabouts::Downstream);
            self.timed.store(UNTIMED, Relaxed);
            self.nested_at_exit.set(nesting::ticks());
            if !self.consumed.load(Relaxed) {
                let pull = now.saturating_sub(self.opened.get()) as f64;
                self.claimed.set(self.claimed.get() + pull);
                nesting::set(self.nested_then.get() + pull);
            }
        }
    }

    /// The output had nothing. Returns as [`Run::enter_output`] does.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn output_is_empty(&'static self, used: u64) -> u64 {
        self.collector.yielded(used);
        self.collector.came_back_empty();
        if self.phase() == DRAINING {
            self.end(End::Exhausted);
        }
        FAR
    }

    /// Of the records that the output yielded, these many were `Err`.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn yielded_errors(&self, errors: u64) {
        self.with_stage(|state| state.metrics.records_err += errors);
    }

    /// The output is dropped.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn drop_output(&'static self, used: u64) {
        self.collector.yielded(used);
        self.leave();
    }

    /// An output that only counts is dropped.
    #[cold]
    #[inline(never)]
    pub(crate) extern "C" fn drop_counted(&'static self, used: u64, exhausted: bool) {
        self.collector.yielded(used);
        if exhausted && !matches!(self.phase(), OFF | PENDING | ENDED) {
            self.collector.came_back_empty();
            self.end(End::Exhausted);
        }
        self.leave();
    }

    /// Whoever holds this lets go of it; where it has not ended, it ends early.
    pub(crate) fn leave(&'static self) {
        if !matches!(self.phase(), OFF | PENDING | ENDED) {
            self.end(End::early());
        }
        self.release();
    }
}

/// Cycles: from the start of one timed pull to the start of the next pull.
impl Run {
    /// Adds up the cycle that ends `now`, if one is open, and draws how many pulls
    /// go by untimed; zero where this one is to be timed.
    fn next_gap(&self, now: u64) -> u64 {
        if !self.cycle_open.load(Relaxed) {
            // A gap is over, or this is the first pull, which is always timed.
            return 0;
        }
        self.close_cycle(now);
        self.fold_if_due(now);
        let mut gaps = Gaps::resumed(self.gaps.load(Relaxed));
        let gap = gaps.draw(self.collector.weight());
        self.gaps.store(gaps.state(), Relaxed);
        gap - 1
    }

    /// Begins a cycle, if `timed`; what this entry took since `entered` was ours.
    ///
    /// Where the last cycle `continues` into this one, the clock was just read and
    /// is not read again: the entry is then within the cycle, and taken off as one
    /// more cost whose size is known.
    fn open_cycle(&self, entered: u64, timed: bool, continues: bool) {
        let continues = timed && continues && self.calibrated.load(Relaxed);
        self.cycle_open.store(timed, Relaxed);
        self.continues.store(continues, Relaxed);
        self.inputs.store(0, Relaxed);
        self.inside_then.set(self.collector.inside_inputs());
        self.nested_then.set(nesting::ticks());
        let now = if continues { entered } else { self.now() };
        self.probes.add(now.saturating_sub(entered) as f64);
        self.opened.set(now);
        self.collector.see(now);
    }

    /// Adds up the open cycle, which ends `now`.
    fn close_cycle(&self, now: u64) {
        if !self.cycle_open.load(Relaxed) {
            return;
        }
        self.cycle_open.store(false, Relaxed);
        let inside_inputs = self
            .collector
            .inside_inputs()
            .wrapping_sub(self.inside_then.get()) as f64;
        let cycle = self.between(self.opened.get(), now) as f64;
        let own = if self.phase() == DRAINING {
            let returned = self.collector.seen();
            let pull = self.between(self.opened.get(), returned);
            if self.first_out.get() == 0 && self.collector.records_out() > 0 {
                let first_out = self.between(self.started.get(), returned).max(1);
                self.first_out.set(first_out);
                self.with_stage(|state| {
                    state.metrics.first_out.0 += first_out;
                    state.metrics.first_out.1 += 1;
                });
            }
            pull as f64 - inside_inputs - (self.nested_at_exit.get() - self.nested_then.get())
        } else {
            cycle - inside_inputs - self.nested()
        };
        let costs = self.costs();
        let inputs = f64::from(self.inputs.load(Relaxed));
        let cost = self.cost_of_cycle(costs, inputs);
        let (x, y) = (cycle - cost, own - self.own_cost(costs, inputs));
        let upstream = inside_inputs - inputs * costs.upstream;
        self.collector.timed(y.max(0.0) as u64);
        self.probes.add(cost);
        if self.stands_for_itself(x, now) {
            self.add_exactly(x, y, upstream);
            return;
        }
        self.collector.add_cycle(x, y, upstream);
        for (sum, square) in self.squares.iter().zip([y * y, x * y, x * x]) {
            sum.add(square as f32);
        }
    }

    /// Whether a cycle is so much longer than usual, and of so large a part of the
    /// wall when weighted, that the estimate would be about it alone. As nobody can
    /// say how many of its kind went by unseen, it is taken to be the only one (the
    /// large units of Hidiroglou and Srinath, 1981); where it was not, the rest
    /// does not add up to the wall, and the report says so.
    fn stands_for_itself(&self, cycle: f64, now: u64) -> bool {
        let weight = f64::from(self.collector.weight());
        let wall = now.saturating_sub(self.collector.since()) as f64;
        weight > 1.0
            && weight * cycle > 0.02 * wall
            && self
                .with_stage(|state| cycle > 16.0 * state.usual_cycle())
                .unwrap_or(false)
    }

    /// Takes a cycle out of what is estimated.
    fn add_exactly(&self, cycle: f64, own: f64, upstream: f64) {
        self.own_so_far.add(own);
        self.upstream_so_far.add(upstream);
        self.with_stage(|state| {
            self.collector.set_aside(cycle);
            state.metrics.total += cycle as u64;
            state.metrics.exact_own += own;
            state.metrics.exact_upstream += upstream as u64;
            state.metrics.exact_downstream += (cycle - own - upstream).max(0.0) as u64;
        });
    }

    fn costs(&self) -> &'static Costs {
        if self.calibrated.load(Relaxed) {
            Costs::measured(self.collector.weight() > 1)
        } else {
            &Costs::NONE
        }
    }

    fn own_cost(&self, costs: &Costs, inputs: f64) -> f64 {
        let pull = if self.phase() == DRAINING {
            costs.own
        } else {
            0.0
        };
        let entry = if self.continues.load(Relaxed) {
            costs.entry
        } else {
            0.0
        };
        pull + entry + inputs * costs.own_per_input
    }

    fn cost_of_cycle(&self, costs: &Costs, inputs: f64) -> f64 {
        let downstream = if self.phase() == DRAINING {
            costs.downstream
        } else {
            0.0
        };
        self.own_cost(costs, inputs) + inputs * costs.upstream + downstream
    }
}

/// Folding samples into the stage.
impl Run {
    fn fold_if_due(&self, now: u64) {
        let batch = self.collector.timed_pulls();
        // The first pull of a run, and the first 50 of a stage, stand for
        // themselves only and are not to be mixed with those that stand for more.
        let stands_alone = self.sampled.load(Relaxed)
            && self.collector.weight() == 1
            && (self.warm.load(Relaxed) || u64::from(batch) >= WARM_UP);
        if !(stands_alone || batch as usize >= RECENT || now >= self.fold_at.get()) {
            return;
        }
        // Whoever reads the stage has it locked; the next sample tries again. The
        // sums wait; of the latencies the last hundred do.
        self.with_session(|session| {
            if let Some(mut state) = session.stage.try_lock() {
                self.fold(session, &mut state, now);
            }
        });
    }

    fn set_fold_at(&self, session: &Session, now: u64) {
        let ticks = FOLD_AFTER_NS / session.registry.ns_per_tick_roughly();
        self.fold_at.set(now.saturating_add(ticks as u64));
    }

    fn fold_now(&self, now: u64) {
        self.with_session(|session| self.fold(session, &mut session.stage.lock(), now));
    }

    fn fold(&self, session: &Session, state: &mut StageState, now: u64) {
        let collector = &self.collector;
        let timed = collector.timed_pulls();
        let weight = collector.weight();
        let mut batch = collector.batch();
        batch.squares = [0, 1, 2].map(|at| f64::from(self.squares[at].get()));
        let weighted = [batch.cycle, batch.own, batch.upstream].map(|sum| sum * f64::from(weight));
        self.stretch
            .iter()
            .zip(weighted)
            .for_each(|(sum, part)| sum.add(part));
        let probes = self.probes.get();
        let metrics = &mut state.metrics;
        let stretch = if self.phase() == DRAINING {
            &mut metrics.drains
        } else {
            &mut metrics.bodies
        };
        stretch.add(weight, &batch, probes);
        metrics.timed_pulls += u64::from(timed);
        metrics.note_latencies(weight, collector.recent());
        if timed > 0 {
            state.learn_cycle(batch.cycle / f64::from(timed), timed);
        }
        self.clear_batch();
        self.set_fold_at(session, now);
        self.warm
            .store(state.metrics.timed_pulls >= WARM_UP, Relaxed);
        collector.set_weight(self.next_weight(session, state));
    }

    /// How many pulls the next timed ones stand for: from past cycles only, or the
    /// estimate would be biased.
    fn next_weight(&self, session: &Session, state: &StageState) -> u32 {
        let Timing::Sampled { budget } = session.timing else {
            return 1;
        };
        if !self.warm.load(Relaxed) {
            return 1;
        }
        let shortest = SHORTEST_PART_NS / session.registry.ns_per_tick_roughly();
        // The budget is the pipeline's; its stages share it.
        let part = state.usual_cycle() / session.registry.len().max(1) as f64;
        let cost = if self.calibrated.load(Relaxed) {
            DISTURBANCE * Costs::measured(true).pull()
        } else {
            0.0
        };
        budget.gap(cost, part.max(shortest))
    }

    fn clear_batch(&self) {
        self.collector.clear_batch();
        self.squares.iter().for_each(|square| square.set(0.0));
        self.probes.set(0.0);
    }
}

/// The end.
impl Run {
    fn end(&'static self, how: End) {
        let now = self.now();
        let so_far = || self.own_so_far.get() + self.upstream_so_far.get();
        let mut body = so_far();
        match self.phase() {
            BODY | BODY_PULLS => {
                self.close_body(now);
                body = so_far();
            }
            RETURNED => self.leave_idle(now),
            _ => self.close_draining(now),
        }
        self.timed.store(UNTIMED, Relaxed);
        self.phase.store(ENDED, Relaxed);
        self.with_session(|session| {
            session.registry.uncover(self.home.load(Relaxed), now);
            let mut state = session.stage.lock();
            // A batch that is not clocked has no cycles, but its records are here.
            self.hand_over_counts(&mut state);
            let metrics = &mut state.metrics;
            self.note_place(&mut metrics.place, body);
            *match how {
                End::Exhausted => &mut metrics.exhausted,
                End::Dropped => &mut metrics.dropped,
                End::Panicked => &mut metrics.panicked,
            } += 1;
            state.deactivate(&self.collector);
        });
    }

    fn close_draining(&self, now: u64) {
        if self.timed.load(Relaxed) == IN_PULL {
            // The pull that ends the run: it found nothing, or it panicked.
            if self.inside_input.load(Relaxed) {
                self.exit_input();
            }
            self.exit_output();
        }
        // Nothing came after the last record but the end.
        self.close_cycle(now);
        self.fold_now(now);
        let stretch = self.next_stretch(now, |metrics, ticks| {
            metrics.drains.wall += ticks;
            metrics.drains.pulls += self.collector.pulls();
        });
        let (own, upstream) = self.end_stretch(stretch);
        if !self.consumed.load(Relaxed) {
            // Whoever runs around this pipeline takes its untimed pulls off too, as
            // far as they can be estimated; the timed ones were when they ended.
            nesting::add((own + upstream - self.claimed.get()).max(0.0));
        }
    }

    /// Adds up what the stretch that ends, of so many ticks, was spent on.
    fn end_stretch(&self, ticks: u64) -> (f64, f64) {
        let [cycle, own, upstream] = [0, 1, 2].map(|at| self.stretch[at].get());
        self.stretch.iter().for_each(|sum| sum.set(0.0));
        let scale = if cycle > 0.0 {
            ticks as f64 / cycle
        } else {
            0.0
        };
        self.own_so_far.add(own * scale);
        self.upstream_so_far.add(upstream * scale);
        (own * scale, upstream * scale)
    }

    /// Tells the stage where in its pipeline this run was.
    fn note_place(&self, place: &mut Place, body: f64) {
        let (own, upstream) = (self.own_so_far.get(), self.upstream_so_far.get());
        place.within += own + upstream;
        // A body is over before another stage gets hold of the iterator.
        place.outermost += if self.consumed.load(Relaxed) {
            body
        } else {
            own + upstream
        };
        place.upstream += upstream;
        place.sourced += if self.fed.load(Relaxed) {
            0.0
        } else {
            upstream
        };
    }

    /// Adds the counters to the stage and starts them anew: what comes after the
    /// end, from an iterator that goes on after `None`, is added with the last holder.
    fn hand_over_counts(&self, state: &mut StageState) {
        let metrics = &mut state.metrics;
        metrics.records_in += self.collector.records_in();
        metrics.records_out += self.collector.records_out();
        metrics.pulls += self.collector.pulls();
        self.collector.clear_counts();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
