//! Before and after: what became of each function.

mod table;

use super::stats::{FunctionStats, ProfileStats};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A profile before a change and one after it, function by function.
///
/// ```
/// use measured_core::profile::{Profiler, scope};
///
/// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
/// let sum = |times| {
///     let (_, stats) = Profiler::run(|| {
///         for _ in 0..times {
///             scope!("sum");
///         }
///     })?;
///     Ok::<_, measured_core::profile::AlreadyProfiling>(stats)
/// };
/// let (before, after) = (sum(10)?, sum(2)?);
///
/// let comparison = after.compare_to(&before);
/// let sum = &comparison.functions[0];
/// assert_eq!(sum.before.as_ref().unwrap().calls, 10);
/// assert_eq!(sum.after.as_ref().unwrap().calls, 2);
/// println!("{comparison}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ProfileComparison {
    /// The [time of all functions](ProfileStats::total_ns) before.
    pub total_before_ns: u64,
    /// The [time of all functions](ProfileStats::total_ns) after.
    pub total_after_ns: u64,
    /// All functions of either, that with the greatest change of cumulative time first.
    pub functions: Vec<FunctionComparison>,
}

/// One function before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FunctionComparison {
    /// Its name.
    pub name: String,
    /// `None` where it was not called.
    pub before: Option<FunctionStats>,
    /// `None` where it is not called any more.
    pub after: Option<FunctionStats>,
}

impl ProfileStats {
    /// What changed since an earlier profile, as before and after an optimisation.
    ///
    /// Functions are the same that have the same name in the same module, wherever in
    /// the file they stand by now.
    ///
    /// ```
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// # use measured_core::profile::{Profiler, scope};
    /// # let (_, stats) = Profiler::run(|| { scope!("outer"); scope!("inner"); })?;
    /// assert_eq!(stats.compare_to(&stats).total_before_ns, stats.total_ns());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn compare_to(&self, earlier: &ProfileStats) -> ProfileComparison {
        let [before, after] = [earlier, self].map(identified);
        let either: BTreeSet<&Identity> = before.keys().chain(after.keys()).collect();
        let mut functions: Vec<_> = either
            .into_iter()
            .map(|function| FunctionComparison {
                name: function.name.clone(),
                before: before.get(function).cloned(),
                after: after.get(function).cloned(),
            })
            .collect();
        functions.sort_by_key(|function| Reverse(function.change_ns()));
        ProfileComparison {
            total_before_ns: earlier.total_ns(),
            total_after_ns: self.total_ns(),
            functions,
        }
    }
}

/// What a function is known by in another build, in which lines have moved.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Identity {
    name: String,
    module: String,
    /// Which of the functions of that name it is, counted from the top of the file.
    namesake: usize,
}

fn identified(stats: &ProfileStats) -> BTreeMap<Identity, FunctionStats> {
    let mut functions = stats.functions();
    functions.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    let mut namesakes: HashMap<(String, String), usize> = HashMap::new();
    functions
        .into_iter()
        .map(|function| {
            let (name, module) = (function.name.clone(), function.module.clone());
            let namesakes = namesakes.entry((name.clone(), module.clone())).or_default();
            *namesakes += 1;
            let identity = Identity {
                name,
                module,
                namesake: *namesakes,
            };
            (identity, function)
        })
        .collect()
}

impl FunctionComparison {
    /// How much its cumulative time changed, up or down.
    fn change_ns(&self) -> u64 {
        let [before, after] =
            [&self.before, &self.after].map(|side| side.as_ref().map_or(0, |it| it.cumulative_ns));
        before.abs_diff(after)
    }
}
