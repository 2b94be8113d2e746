//! The record path: a site, its runs, and the adapters around a stage's
//! iterators.

mod call;
mod costs;
mod iter;
mod link;
mod nesting;
mod run;
mod site;

pub use call::Call;
pub(crate) use call::start_on;
pub use iter::{Clocked, Counted, In, IntoIn, Mode, Out, Plain, Results, Tally};
pub(crate) use link::below;
pub(crate) use run::Run;
pub use site::{Site, SiteTiming};

/// What one read of this clock adds to an interval, in ticks.
pub(crate) fn clock_cost(clock: &crate::clock::Clock) -> f64 {
    if costs::Costs::are_known_for(clock) {
        costs::Costs::measured(false).upstream as f64
    } else {
        0.0
    }
}
