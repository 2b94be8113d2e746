//! Who is measured: the stages of a program, or of a part of it.

use crate::clock::Clock;
use crate::collector::MetricsCollector;
use crate::metrics::StageMetrics;
use crate::site_id::SiteId;
use crate::timing::Timing;
use parking_lot::{Mutex, MutexGuard};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

/// The stages that have run, and what they amount to.
///
/// There is one for the whole process, which [`Report::capture`] reads. A
/// registry of its own gathers a part of the program, or one test:
///
/// ```
/// # #![cfg(feature = "enable")]
/// use measured_core::{Registry, measured_stage};
///
/// #[measured_stage]
/// fn double(numbers: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
///     numbers.map(|n| n * 2)
/// }
///
/// let registry = Registry::new();
/// let sum: u32 = registry.scope(|| double(0..4).sum());
/// assert_eq!(sum, 12);
/// assert_eq!(registry.capture().stage("double").unwrap().records_out, 4);
/// ```
///
/// It is a handle: clones are the same registry. Stages that start on a thread of
/// their own belong to it when the thread is handed one:
///
/// ```
/// # use measured_core::Registry;
/// # fn work() {}
/// # let registry = Registry::new();
/// registry.scope(|| {
///     let registry = Registry::current();
///     std::thread::spawn(move || registry.scope(|| work())).join()
/// }).unwrap();
/// ```
///
/// [`Report::capture`]: crate::Report::capture
#[derive(Clone, Debug)]
pub struct Registry(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Which of the process's registries it is.
    number: u64,
    /// How often it was captured.
    captures: AtomicU64,
    clock: Clock,
    /// `None`: whatever the process says.
    timing: Mutex<Option<Timing>>,
    seed: AtomicU64,
    stages: Mutex<Stages>,
    covered: Mutex<Covered>,
}

// No code of the user's runs while anything in it is locked.
impl std::panic::RefUnwindSafe for Inner {}

#[derive(Debug, Default)]
struct Stages {
    in_order: Vec<Arc<Stage>>,
    by_site: HashMap<SiteId, Arc<Stage>>,
}

/// One stage of a registry.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) site: SiteId,
    /// Its place in the order of first runs.
    pub(crate) number: usize,
    state: Mutex<StageState>,
}

#[derive(Debug)]
pub(crate) struct StageState {
    pub(crate) metrics: StageMetrics,
    /// The numbers of the stages that it pulls from.
    pub(crate) inputs: SmallVec<[usize; 2]>,
    /// The stages that its runs were within.
    pub(crate) around: SmallVec<[Around; 1]>,
    /// Ticks of all pulls of the runs that have ended.
    drained: f64,
    /// What the runs that have not ended write.
    active: Vec<&'static MetricsCollector>,
    /// What a cycle took lately, in ticks.
    usual_cycle: f64,
}

/// Runs of one stage within another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Around {
    /// The number of that other stage.
    pub(crate) stage: u32,
    /// Their inputs lead to that stage's inputs.
    pub(crate) passes_on: bool,
    runs: u64,
    /// Ticks of the pulls of those that have ended.
    ticks: f64,
}

/// Wall during which at least one run was active, thread by thread.
#[derive(Debug, Default)]
struct Covered {
    ended: u64,
    open: HashMap<ThreadToken, Open>,
}

#[derive(Debug)]
struct Open {
    runs: usize,
    since: u64,
}

/// What tells a thread from the others while it lives.
pub(crate) type ThreadToken = u32;

thread_local! {
    /// Empty outside of every scope, so that it needs no destructor, and stages may
    /// start and end while their thread is torn down.
    static CURRENT: RefCell<Option<ManuallyDrop<Registry>>> = const { RefCell::new(None) };
    static HERE: u8 = const { 0 };
}

/// From the address of a thread-local, without its low bits, which all threads
/// have in common: no call and no lock, unlike `ThreadId`.
#[inline(always)]
pub(crate) fn this_thread() -> ThreadToken {
    HERE.with(|here| (std::ptr::from_ref(here) as u64 >> 8) as ThreadToken)
}

impl Registry {
    /// An empty registry with the host's clock and the process's timing.
    ///
    /// ```
    /// assert!(measured_core::Registry::new().capture().stages.is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Registry {
        Registry::with(Clock::host())
    }

    fn with(clock: Clock) -> Registry {
        static REGISTRIES: AtomicU64 = AtomicU64::new(0);
        Registry(Arc::new(Inner {
            number: REGISTRIES.fetch_add(1, Relaxed),
            captures: AtomicU64::new(0),
            clock,
            timing: Mutex::new(None),
            seed: AtomicU64::new(RandomState::new().hash_one(0u8)),
            stages: Mutex::default(),
            covered: Mutex::default(),
        }))
    }

    /// The same, empty, with another clock: for tests that drive time by hand.
    ///
    /// ```
    /// use measured_core::{Clock, MockClock, Registry};
    ///
    /// let registry = Registry::new().with_clock(Clock::Mock(MockClock::new()));
    /// assert_eq!(registry.clock().name(), "mock");
    /// ```
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Registry {
        let fresh = Registry::with(clock);
        *fresh.0.timing.lock() = *self.0.timing.lock();
        fresh.0.seed.store(self.0.seed.load(Relaxed), Relaxed);
        fresh
    }

    /// With its own timing, whatever the process's is.
    ///
    /// ```
    /// use measured_core::{Registry, Timing};
    ///
    /// let registry = Registry::new().with_timing(Timing::Every);
    /// # if cfg!(feature = "enable") {
    /// assert_eq!(registry.timing(), Timing::Every);
    /// # }
    /// ```
    #[must_use]
    pub fn with_timing(self, timing: Timing) -> Registry {
        *self.0.timing.lock() = Some(timing);
        self
    }

    /// With its random gaps drawn from `seed`, so that they repeat. Runs are
    /// numbered as they start; each draws gaps of its own.
    ///
    /// ```
    /// use measured_core::Registry;
    ///
    /// let registry = Registry::new().with_seed(37);
    /// let total: u32 = registry.scope(|| (0..10).sum());
    /// assert_eq!(total, 45);
    /// ```
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Registry {
        self.0.seed.store(seed, Relaxed);
        self
    }

    /// The registry of the process.
    ///
    /// ```
    /// use measured_core::{Registry, Report};
    ///
    /// assert_eq!(Registry::global().capture().stages.len(), Report::capture().stages.len());
    /// ```
    #[must_use]
    pub fn global() -> &'static Registry {
        static GLOBAL: OnceLock<Registry> = OnceLock::new();
        GLOBAL.get_or_init(|| {
            let registry = Registry::new();
            *registry.0.timing.lock() = Some(timing_from_environment());
            registry
        })
    }

    /// Whether it is the process's.
    pub(crate) fn is_global(&self) -> bool {
        self.is(Registry::global())
    }

    /// Whether both are handles of one registry.
    pub(crate) fn is(&self, other: &Registry) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The registry that a stage called here would belong to.
    ///
    /// ```
    /// use measured_core::Registry;
    ///
    /// let registry = Registry::new();
    /// registry.scope(|| {
    ///     let mine = Registry::current();
    ///     std::thread::spawn(move || mine.scope(|| { /* its stages are counted here */ }))
    /// })
    /// .join()
    /// .unwrap();
    /// ```
    #[must_use]
    pub fn current() -> Registry {
        let scoped = CURRENT.with(|current| current.borrow().as_deref().cloned());
        scoped.unwrap_or_else(|| Registry::global().clone())
    }

    /// Calls `f`; the stages that it starts on this thread belong to this registry.
    ///
    /// ```
    /// let registry = measured_core::Registry::new();
    /// assert_eq!(registry.scope(|| 2 + 2), 4);
    /// ```
    pub fn scope<R>(&self, f: impl FnOnce() -> R) -> R {
        struct Restore(Option<ManuallyDrop<Registry>>);
        impl Drop for Restore {
            fn drop(&mut self) {
                drop(CURRENT.replace(self.0.take()).map(ManuallyDrop::into_inner));
            }
        }
        let _restore = Restore(CURRENT.replace(Some(ManuallyDrop::new(self.clone()))));
        f()
    }

    /// The totals of the first stage of this name, in ticks; runs that have not
    /// ended included. Locks the stage while it copies.
    ///
    /// ```
    /// use measured_core::{Measured, Registry};
    ///
    /// let registry = Registry::new();
    /// registry.scope(|| (0..3).measured("numbers").for_each(drop));
    /// # if cfg!(feature = "enable") {
    /// assert_eq!(registry.metrics("numbers").unwrap().records_out, 3);
    /// # }
    /// assert!(registry.metrics("letters").is_none());
    /// ```
    #[must_use]
    pub fn metrics(&self, stage: &str) -> Option<StageMetrics> {
        self.stages()
            .iter()
            .find(|s| s.site.name == stage)
            .map(|s| s.lock().snapshot(self.0.clock.now()))
    }

    /// The clock that its runs are timed with.
    ///
    /// ```
    /// println!("{}", measured_core::Registry::new().clock().name());
    /// ```
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// What runs that start now are timed with, where their stage does not say otherwise.
    ///
    /// ```
    /// println!("runs that start now: {}", measured_core::Registry::global().timing());
    /// ```
    #[must_use]
    pub fn timing(&self) -> Timing {
        let own = *self.0.timing.lock();
        own.unwrap_or_else(|| Registry::global().timing())
    }

    /// Nanoseconds per tick as they were when the registry was first asked: good
    /// for deciding, and never waits.
    pub(crate) fn ns_per_tick_roughly(&self) -> f64 {
        self.0.clock.ns_per_tick_roughly()
    }

    pub(crate) fn set_timing(&self, timing: Timing) {
        *self.0.timing.lock() = Some(timing);
    }

    /// Which of the process's registries it is, and a number for one more capture.
    pub(crate) fn next_capture(&self) -> (u64, u64) {
        (self.0.number, self.0.captures.fetch_add(1, Relaxed) + 1)
    }

    /// A seed for one more run.
    pub(crate) fn next_seed(&self) -> u64 {
        self.0.seed.fetch_add(1, Relaxed)
    }

    pub(crate) fn stages(&self) -> Vec<Arc<Stage>> {
        self.0.stages.lock().in_order.clone()
    }

    /// The stage of a site, made at its first run.
    pub(crate) fn stage(&self, site: SiteId) -> Arc<Stage> {
        let mut stages = self.0.stages.lock();
        if let Some(stage) = stages.by_site.get(&site) {
            return Arc::clone(stage);
        }
        let stage = Arc::new(Stage {
            site,
            number: stages.in_order.len(),
            state: Mutex::new(StageState {
                metrics: StageMetrics::new(),
                inputs: SmallVec::new(),
                around: SmallVec::new(),
                drained: 0.0,
                active: Vec::new(),
                usual_cycle: 0.0,
            }),
        });
        stages.in_order.push(Arc::clone(&stage));
        stages.by_site.insert(site, Arc::clone(&stage));
        stage
    }

    /// Notes that a run starts on `thread`.
    pub(crate) fn cover(&self, thread: ThreadToken, now: u64) {
        let mut covered = self.0.covered.lock();
        covered
            .open
            .entry(thread)
            .or_insert(Open {
                runs: 0,
                since: now,
            })
            .runs += 1;
    }

    /// Notes that a run goes on on another thread.
    pub(crate) fn cover_moves(&self, from: ThreadToken, to: ThreadToken, now: u64) {
        self.uncover(from, now);
        self.cover(to, now);
    }

    /// Notes that a run that was last pulled on `thread` has ended.
    pub(crate) fn uncover(&self, thread: ThreadToken, now: u64) {
        let mut covered = self.0.covered.lock();
        let Some(open) = covered.open.get_mut(&thread) else {
            return;
        };
        open.runs -= 1;
        if open.runs == 0 {
            covered.ended += now.saturating_sub(open.since);
            covered.open.remove(&thread);
        }
    }

    /// How many runs that started on `thread` have not ended.
    pub(crate) fn open_runs(&self, thread: ThreadToken) -> usize {
        let covered = self.0.covered.lock();
        covered.open.get(&thread).map_or(0, |open| open.runs)
    }

    /// Ticks during which at least one run was active, added up over threads.
    pub(crate) fn covered(&self, now: u64) -> u64 {
        let covered = self.0.covered.lock();
        covered.open.values().fold(covered.ended, |sum, open| {
            sum + now.saturating_sub(open.since)
        })
    }
}

impl Default for Registry {
    fn default() -> Registry {
        Registry::new()
    }
}

impl Stage {
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

    /// A run turns out to be within the stage of this number.
    pub(crate) fn enter(&mut self, stage: u32, passes_on: bool) {
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

    /// A run within the stage of this number is within one that is there itself.
    pub(crate) fn leave(&mut self, stage: u32) {
        if let Some(around) = self.around.iter_mut().find(|it| it.stage == stage) {
            around.runs = around.runs.saturating_sub(1);
        }
    }

    /// A run has ended, whose pulls took so many ticks, within that stage or in none.
    pub(crate) fn drained(&mut self, stage: u32, ticks: f64) {
        self.drained += ticks;
        if let Some(around) = self.around.iter_mut().find(|it| it.stage == stage) {
            around.ticks += ticks;
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

/// Sets how much of the runs that start from now on is timed, in the whole
/// process; overrides `MEASURED`. Stages with a timing of their own keep it.
///
/// ```
/// measured_core::set_timing(measured_core::Timing::Every);
/// ```
pub fn set_timing(timing: Timing) {
    Registry::global().set_timing(timing);
}

/// `MEASURED`, or the default where it is unset, empty or cannot be read; the latter is
/// said on standard error, as a measurement that is silently another than the
/// one asked for would mislead.
fn timing_from_environment() -> Timing {
    let Some(value) = std::env::var_os("MEASURED").filter(|value| !value.is_empty()) else {
        return Timing::default();
    };
    value.to_string_lossy().parse().unwrap_or_else(|error| {
        let timing = Timing::default();
        eprintln!("measured: environment variable MEASURED: {error}; going on with `{timing}`");
        timing
    })
}
