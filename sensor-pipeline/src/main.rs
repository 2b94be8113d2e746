//! `sensor-pipeline`: readings in, readings with features out, and where the time went.

mod cli;

use measured_core::memory::TrackingAllocator;
use std::process::ExitCode;

/// Counts nothing until `sensor-pipeline memory` asks it to.
#[global_allocator]
static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();

fn main() -> ExitCode {
    cli::main()
}
