//! The record path: a site, its runs, and the adapters around a stage's
//! iterators.

mod call;
mod costs;
mod iter;
mod link;
mod nesting;
#[cfg(feature = "profile")]
mod pulls;
#[cfg(feature = "auto-register")]
mod registered;
mod run;
mod site;

pub use call::Call;
pub(crate) use call::start_on;
pub(crate) use iter::Mark;
pub use iter::{Clocked, Counted, In, IntoIn, Mode, Out, Plain, Results, Tally};
pub(crate) use link::below;
#[cfg(feature = "auto-register")]
pub use registered::Registered;
#[cfg(feature = "auto-register")]
pub(crate) use registered::never_run;
pub(crate) use run::Run;
pub use site::{Site, SiteTiming};

/// What one read of this clock adds to an interval, in ticks.
pub(crate) fn clock_cost(clock: &crate::clock::Clock) -> f64 {
    costs::Costs::measured(clock.kind(), false).map_or(0.0, |costs| costs.upstream as f64)
}
