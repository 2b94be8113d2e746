//! Who is measured: the stages of a program, or of a part of it.

mod covered;
mod stage;

pub(crate) use covered::{ThreadToken, this_thread};
pub(crate) use stage::{Stage, StageNumber, StageState, Upstream};

use crate::clock::Clock;
use crate::metrics::StageMetrics;
use crate::site_id::SiteId;
use crate::timing::Timing;
use covered::Covered;
use parking_lot::{Mutex, MutexGuard};
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
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
    captures: Mutex<u64>,
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

thread_local! {
    /// Empty outside of every scope, so that it needs no destructor, and stages may
    /// start and end while their thread is torn down.
    static CURRENT: RefCell<Option<ManuallyDrop<Registry>>> = const { RefCell::new(None) };
}

impl Registry {
    /// An empty registry with the host's clock and the process's timing.
    ///
    /// ```
    /// assert!(measured_core::Registry::new().capture().stages.is_empty());
    /// ```
    #[must_use]
    pub fn new() -> Registry {
        Registry::with(Clock::host(), None, RandomState::new().hash_one(0u8))
    }

    fn with(clock: Clock, timing: Option<Timing>, seed: u64) -> Registry {
        static REGISTRIES: AtomicU64 = AtomicU64::new(0);
        Registry(Arc::new(Inner {
            number: REGISTRIES.fetch_add(1, Relaxed),
            captures: Mutex::new(0),
            clock,
            timing: Mutex::new(timing),
            seed: AtomicU64::new(seed),
            stages: Mutex::default(),
            covered: Mutex::default(),
        }))
    }

    /// A new, empty registry with this one's settings but another clock: for tests that
    /// drive time by hand.
    ///
    /// ```
    /// use measured_core::{MockClock, Registry};
    ///
    /// let registry = Registry::new().with_clock(MockClock::new());
    /// assert_eq!(registry.clock().name(), "mock");
    /// ```
    #[must_use]
    pub fn with_clock(self, clock: impl Into<Clock>) -> Registry {
        Registry::with(clock.into(), *self.0.timing.lock(), self.seed())
    }

    /// A new, empty registry with this one's settings but a timing of its own, whatever the
    /// process's is.
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
        Registry::with(self.0.clock.clone(), Some(timing), self.seed())
    }

    /// A new, empty registry with this one's settings, whose random gaps are drawn from
    /// `seed`, so that they repeat. Runs are numbered as they start; each draws gaps of its
    /// own.
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
        Registry::with(self.0.clock.clone(), *self.0.timing.lock(), seed)
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
        GLOBAL.get_or_init(|| Registry::new().with_timing(timing_from_environment()))
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
        Registry::with_current(Registry::clone)
    }

    /// Shows it to `f`, which enters no scope.
    pub(crate) fn with_current<R>(f: impl FnOnce(&Registry) -> R) -> R {
        CURRENT.with(|current| match &*current.borrow() {
            Some(scoped) => f(scoped),
            None => f(Registry::global()),
        })
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

    /// Nanoseconds per tick as the start-up check of the clock found them: good for
    /// deciding, and never waits.
    pub(crate) fn ns_per_tick_roughly(&self) -> f64 {
        self.0.clock.ns_per_tick_roughly()
    }

    pub(crate) fn set_timing(&self, timing: Timing) {
        *self.0.timing.lock() = Some(timing);
    }

    /// Which of the process's registries it is.
    pub(crate) fn number(&self) -> u64 {
        self.0.number
    }

    /// How many captures there were. Held while one is taken: of two at once the later by
    /// number might have the earlier counts.
    pub(crate) fn captures(&self) -> MutexGuard<'_, u64> {
        self.0.captures.lock()
    }

    fn seed(&self) -> u64 {
        self.0.seed.load(Relaxed)
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
        let stage = Arc::new(Stage::new(site, stages.in_order.len() as StageNumber));
        stages.in_order.push(Arc::clone(&stage));
        stages.by_site.insert(site, Arc::clone(&stage));
        stage
    }

    /// Notes that a run starts on `thread`.
    pub(crate) fn cover(&self, thread: ThreadToken, now: u64) {
        self.0.covered.lock().begin(thread, now);
    }

    /// Notes that a run, `outermost` or another's input, goes on on another thread.
    pub(crate) fn cover_moves(&self, [from, to]: [ThreadToken; 2], now: u64, outermost: bool) {
        let mut covered = self.0.covered.lock();
        covered.end(from, now, outermost);
        covered.begin(to, now);
        if !outermost {
            covered.hide(to, now);
        }
    }

    /// Notes that a run on `thread` is another's input from now on, or is no longer.
    pub(crate) fn cover_is_anothers(&self, thread: ThreadToken, now: u64, is_anothers: bool) {
        let mut covered = self.0.covered.lock();
        if is_anothers {
            covered.hide(thread, now);
        } else {
            covered.show(thread, now);
        }
    }

    /// Notes that a run that was last pulled on `thread` has ended, `outermost` or another's
    /// input. Returns whether others go on there.
    pub(crate) fn uncover(&self, thread: ThreadToken, now: u64, outermost: bool) -> bool {
        self.0.covered.lock().end(thread, now, outermost)
    }

    /// How many runs that started on `thread` have not ended.
    pub(crate) fn open_runs(&self, thread: ThreadToken) -> usize {
        self.0.covered.lock().open_runs(thread)
    }

    /// Ticks during which at least one run was active, added up over threads.
    pub(crate) fn covered(&self, now: u64) -> u64 {
        self.0.covered.lock().ticks(now)
    }
}

impl Default for Registry {
    fn default() -> Registry {
        Registry::new()
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
    let value = std::env::var_os("MEASURED").unwrap_or_default();
    let value = value.to_string_lossy();
    let asked_for = value.trim_ascii();
    if asked_for.is_empty() {
        return Timing::default();
    }
    asked_for.parse().unwrap_or_else(|error| {
        let timing = Timing::default();
        // Not `eprintln!`, which panics where nobody reads it.
        let _ = writeln!(
            io::stderr(),
            "measured: environment variable MEASURED: {error}; going on with `{timing}`"
        );
        timing
    })
}
