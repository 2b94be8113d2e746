//! What every instrument in `benches/` shares: the chains that are measured, the discipline of
//! interleaved rounds, and how figures are printed.

pub mod callgrind;
pub mod chains;
pub mod clock;
pub mod drain;
pub mod machine;
pub mod memory;
pub mod modes;
pub mod options;
pub mod rounds;
pub mod spin;
pub mod table;
pub mod work;
