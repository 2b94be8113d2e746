//! What can be done with reports once they are there: kept, compared, taken apart
//! and put together.
#![cfg(feature = "enable")]

mod compare;
mod dataflow;
mod division;
mod golden;
#[cfg(feature = "json")]
mod json;
mod merge;
mod on_drop;
mod periodic;
mod pipeline;
mod rules;
#[cfg(feature = "json")]
mod shown;
mod silence;
mod since;
mod table;
mod what_if;
