//! The record path: a site, its runs, and the adapters around a stage's
//! iterators.

mod call;
mod costs;
mod iter;
mod link;
mod mode;
mod nesting;
#[cfg(feature = "profile")]
mod pulls;
#[cfg(feature = "auto-register")]
mod registered;
mod run;
mod site;
mod tally;

pub use call::Call;
pub(crate) use call::start_on;
pub use iter::{In, IntoIn, Out};
pub(crate) use link::below;
pub(crate) use mode::Mark;
pub use mode::{Clocked, Counted, Mode};
#[cfg(feature = "auto-register")]
pub use registered::Registered;
#[cfg(feature = "auto-register")]
pub(crate) use registered::never_run;
pub(crate) use run::Run;
pub use site::{Site, SiteTiming};
pub use tally::{Plain, Results, Tally};

/// What one read of this clock adds to an interval, in ticks.
pub(crate) fn clock_cost(clock: &crate::clock::Clock) -> f64 {
    costs::Costs::measured(clock.kind(), false).map_or(0.0, |costs| costs.upstream as f64)
}
