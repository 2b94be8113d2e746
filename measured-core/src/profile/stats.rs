//! What a profile says: functions, their calls, and who called them.

use std::cmp::Reverse;
use std::collections::HashMap;

/// Who called whom, how often, and the time of each, over all threads.
///
/// Its [`Display`](std::fmt::Display) is the table that pstats prints, by cumulative
/// time. Time is taken when a function begins and when it ends; what taking it costs is
/// taken off. So `Σ self_ns` is [`total_ns`](ProfileStats::total_ns), to the nanosecond.
/// Plain data: keep it, send it (feature `serde`).
///
/// ```
/// use measured_core::profile::{Profiler, scope};
///
/// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
/// let (_, stats) = Profiler::run(|| {
///     scope!("outer");
///     scope!("inner");
/// })?;
/// let [outer, inner] = ["outer", "inner"].map(|name| stats.function(name).unwrap());
/// assert_eq!(outer.cumulative_ns, outer.self_ns + inner.self_ns);
/// println!("{stats}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileStats {
    pub(super) wall_ns: u64,
    pub(super) threads: u64,
    pub(super) instrumentation_ns: u64,
    pub(super) unplaced_calls: u64,
    /// In order, each once.
    pub(super) functions: Vec<Place>,
    /// Parents before their children, siblings in the order of their functions, so that
    /// equal profiles are equal.
    pub(super) calls: Vec<Call>,
}

/// Where a function is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    pub(super) name: String,
    pub(super) module: String,
    pub(super) file: String,
    pub(super) line: u32,
}

/// A function as called by one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Call {
    pub(super) function: usize,
    /// `None` where no profiled function called it.
    pub(super) parent: Option<usize>,
    pub(super) calls: u64,
    /// Those of them that stand here for calls further up, of the same function.
    pub(super) recursive_calls: u64,
    pub(super) self_ns: u64,
}

/// What a function, or its calls by another, amount to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FunctionStats {
    /// The function's name, or the one that it was given.
    pub name: String,
    /// The module that it is in.
    pub module: String,
    /// The source file, as the compiler was given it.
    pub file: String,
    /// The line of its name in there.
    pub line: u32,
    /// How often it was called. Of an `async fn`, how many of its futures were polled;
    /// of a measured stage, how often its body ran or it was pulled.
    pub calls: u64,
    /// Calls while it was not running already.
    pub primitive_calls: u64,
    /// Time in its own code: pstats' `tottime`.
    pub self_ns: u64,
    /// Time in it and in all that it called, once where it calls itself: pstats'
    /// `cumtime`.
    pub cumulative_ns: u64,
}

impl ProfileStats {
    /// The wall from start to stop, in nanoseconds.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// println!("{} ns by the wall", stats.wall_ns());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn wall_ns(&self) -> u64 {
        self.wall_ns
    }

    /// The time of all profiled functions in nanoseconds, added up over the threads: with
    /// several of them it may be more than [`wall_ns`](ProfileStats::wall_ns).
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// assert_eq!(stats.total_ns(), stats.functions().iter().map(|f| f.self_ns).sum::<u64>());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn total_ns(&self) -> u64 {
        sum(self.calls.iter().map(|call| call.self_ns))
    }

    /// How many threads called a profiled function.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// assert_eq!(stats.threads(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn threads(&self) -> u64 {
        self.threads
    }

    /// What timing the calls cost in them, in nanoseconds, over all threads; it is taken off
    /// the times of functions.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// println!("timing the calls cost {} ns", stats.instrumentation_ns());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn instrumentation_ns(&self) -> u64 {
        self.instrumentation_ns
    }

    /// How often profiled functions were called.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// assert_eq!(stats.calls(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn calls(&self) -> u64 {
        sum(self.calls.iter().map(|call| call.calls))
    }

    /// Those of the calls that were not recursive.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// assert_eq!(stats.primitive_calls(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn primitive_calls(&self) -> u64 {
        sum(self.functions().iter().map(|it| it.primitive_calls))
    }

    /// Calls that are missing: a thread remembers 65,536 ways to call a function, and
    /// where one more cannot join another of the same function, its time is its
    /// caller's.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// assert_eq!(stats.unplaced_calls(), 0);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn unplaced_calls(&self) -> u64 {
        self.unplaced_calls
    }

    /// All functions that were called, that with the most cumulative time first. They are
    /// added up from the call tree each time that this is called.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// assert_eq!(stats.functions()[0].name, "outer");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn functions(&self) -> Vec<FunctionStats> {
        let mut functions = self.functions_by_place();
        functions.sort_by_key(|function| Reverse(function.cumulative_ns));
        functions
    }

    /// The same in the order of their places, by which calls are of a function.
    pub(super) fn functions_by_place(&self) -> Vec<FunctionStats> {
        let cumulative = self.cumulative();
        let mut functions: Vec<FunctionStats> =
            self.functions.iter().map(Place::uncalled).collect();
        for (call, cumulative) in self.calls.iter().zip(cumulative) {
            let again = self
                .ancestors(call)
                .any(|above| above.function == call.function);
            functions[call.function].add(call, cumulative, again);
        }
        functions
    }

    /// The function of this name; where there are several, that with the most
    /// cumulative time. As dear as [`functions`](ProfileStats::functions), which it looks
    /// it up in.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// assert_eq!(stats.function("inner").unwrap().calls, 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn function(&self, name: &str) -> Option<FunctionStats> {
        self.functions().into_iter().find(|it| it.name == name)
    }

    /// Adds another profile's calls, as of another process.
    ///
    /// ```
    /// use measured_core::profile::{Profiler, scope};
    ///
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// let once = || Profiler::run(|| { scope!("once"); }).map(|(_, stats)| stats);
    /// let mut stats = once()?;
    /// stats.merge(&once()?);
    /// assert_eq!(stats.function("once").unwrap().calls, 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn merge(&mut self, other: &ProfileStats) {
        let mut calls = Calls::default();
        for stats in [&*self, other] {
            let mut here: Vec<usize> = Vec::new();
            for call in &stats.calls {
                let parent = call.parent.map(|parent| here[parent]);
                let place = stats.functions[call.function].clone();
                here.push(calls.add(
                    parent,
                    place,
                    call.calls,
                    call.recursive_calls,
                    call.self_ns,
                ));
            }
        }
        *self = ProfileStats {
            wall_ns: sum([self.wall_ns, other.wall_ns]),
            threads: sum([self.threads, other.threads]),
            instrumentation_ns: sum([self.instrumentation_ns, other.instrumentation_ns]),
            unplaced_calls: sum([self.unplaced_calls, other.unplaced_calls]),
            ..calls.in_order()
        };
    }

    /// The time of each call with all below it.
    pub(super) fn cumulative(&self) -> Vec<u64> {
        let mut sums: Vec<u64> = self.calls.iter().map(|call| call.self_ns).collect();
        for (at, call) in self.calls.iter().enumerate().rev() {
            if let Some(parent) = call.parent {
                sums[parent] = sum([sums[parent], sums[at]]);
            }
        }
        sums
    }

    /// Who called this one, and who called that, up to the root.
    pub(super) fn ancestors(&self, call: &Call) -> impl Iterator<Item = &Call> {
        let above = |call: &Call| call.parent.map(|parent| &self.calls[parent]);
        std::iter::successors(above(call), move |call| above(call))
    }
}

impl FunctionStats {
    /// Adds calls with the time of all below them; those that are below others of the
    /// same kind, `again`, are part of those.
    pub(super) fn add(&mut self, call: &Call, cumulative_ns: u64, again: bool) {
        self.calls = sum([self.calls, call.calls]);
        self.self_ns = sum([self.self_ns, call.self_ns]);
        if !again {
            let primitive = call.calls.saturating_sub(call.recursive_calls);
            self.primitive_calls = sum([self.primitive_calls, primitive]);
            self.cumulative_ns = sum([self.cumulative_ns, cumulative_ns]);
        }
    }
}

/// No more than fits: what was read from a file may be beyond all measure.
fn sum(parts: impl IntoIterator<Item = u64>) -> u64 {
    parts.into_iter().fold(0, u64::saturating_add)
}

impl Place {
    /// Where that function is.
    #[cfg(feature = "serde")]
    pub(super) fn of(function: FunctionStats) -> Place {
        Place {
            name: function.name,
            module: function.module,
            file: function.file,
            line: function.line,
        }
    }

    /// The function there, without calls.
    pub(super) fn uncalled(&self) -> FunctionStats {
        FunctionStats {
            name: self.name.clone(),
            module: self.module.clone(),
            file: self.file.clone(),
            line: self.line,
            calls: 0,
            primitive_calls: 0,
            self_ns: 0,
            cumulative_ns: 0,
        }
    }
}

/// Calls as they are gathered, in whatever order.
#[derive(Default)]
pub(super) struct Calls {
    functions: HashMap<Place, usize>,
    all: Vec<Call>,
    callees: HashMap<(Option<usize>, usize), usize>,
}

impl Calls {
    /// Adds to a function as called by that one. Returns which it is.
    pub(super) fn add(
        &mut self,
        parent: Option<usize>,
        place: Place,
        calls: u64,
        recursive_calls: u64,
        self_ns: u64,
    ) -> usize {
        let next = self.functions.len();
        let function = *self.functions.entry(place).or_insert(next);
        let next = self.all.len();
        let at = *self.callees.entry((parent, function)).or_insert(next);
        if at == next {
            self.all.push(Call {
                function,
                parent,
                calls: 0,
                recursive_calls: 0,
                self_ns: 0,
            });
        }
        let sums = &mut self.all[at];
        sums.calls = sum([sums.calls, calls]);
        sums.recursive_calls = sum([sums.recursive_calls, recursive_calls]);
        sums.self_ns = sum([sums.self_ns, self_ns]);
        at
    }

    /// As a profile has them.
    pub(super) fn in_order(self) -> ProfileStats {
        let mut functions: Vec<(Place, usize)> = self.functions.into_iter().collect();
        functions.sort();
        let mut rank = vec![0; functions.len()];
        for (new, &(_, old)) in functions.iter().enumerate() {
            rank[old] = new;
        }
        let mut callees: Vec<Vec<usize>> = vec![Vec::new(); self.all.len() + 1];
        // The last one is for those that nobody called.
        let roots = self.all.len();
        for (at, call) in self.all.iter().enumerate() {
            callees[call.parent.unwrap_or(roots)].push(at);
        }
        let mut calls = Vec::with_capacity(self.all.len());
        let mut open = vec![(roots, None)];
        while let Some((at, parent)) = open.pop() {
            if let Some(call) = self.all.get(at) {
                calls.push(Call {
                    function: rank[call.function],
                    parent,
                    ..*call
                });
            }
            let here = calls.len().checked_sub(1);
            let mut below = std::mem::take(&mut callees[at]);
            // The stack gives back the last one first.
            below.sort_by_key(|&callee| Reverse(rank[self.all[callee].function]));
            open.extend(below.into_iter().map(|callee| (callee, here)));
        }
        ProfileStats {
            functions: functions.into_iter().map(|(place, _)| place).collect(),
            calls,
            ..ProfileStats::default()
        }
    }
}
