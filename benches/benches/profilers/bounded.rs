//! Memory, whatever the number of calls.

use measured_benches::memory;
use measured_core::profile::Profiler;
use measured_core::profiled;
use std::error::Error;
use std::time::Instant;

#[profiled]
fn call(n: u64) -> u64 {
    std::hint::black_box(n)
}

pub(crate) fn many_calls(calls: u64) -> Result<(), Box<dyn Error>> {
    let profiler = Profiler::start()?;
    call(0);
    let before = memory::own()?.now;
    let start = Instant::now();
    (1..calls).for_each(|n| {
        call(n);
    });
    let (seconds, after) = (start.elapsed().as_secs_f64(), memory::own()?.now);
    let stats = profiler.stop();
    assert_eq!(stats.calls(), calls);
    println!(
        "{calls} calls in {seconds:.2} s took {} KiB of memory; all are in the profile.",
        after.saturating_sub(before)
    );
    Ok(())
}
