//! What can be done with reports once they are there: kept, compared, taken apart
//! and put together.
#![cfg(feature = "enable")]

mod compare;
mod dataflow;
mod division;
#[cfg(feature = "json")]
mod golden;
#[cfg(feature = "json")]
mod json;
mod merge;
mod on_drop;
mod periodic;
mod pipeline;
mod rules;
mod silence;
mod since;
mod table;
mod what_if;
