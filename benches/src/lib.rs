//! What every instrument in `benches/` shares: the chains that are measured, the discipline of
//! interleaved rounds, and how figures are printed.

pub mod apart;
pub mod callgrind;
pub mod chains;
pub mod clock;
pub mod drain;
#[cfg(any(feature = "peers", feature = "profilers"))]
pub mod hotpath;
pub mod machine;
pub mod memory;
pub mod modes;
pub mod options;
pub mod rounds;
pub mod spin;
pub mod table;
pub mod work;
