//! `sensor-pipeline`: readings in, readings with features out, and where the time went.

mod cli;

use std::process::ExitCode;

use measured_core::memory::TrackingAllocator;

/// Counts nothing until `sensor-pipeline memory` asks it to.
#[global_allocator]
static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();

fn main() -> ExitCode {
    cli::main()
}
