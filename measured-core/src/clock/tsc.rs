//! The time-stamp counter of `x86_64`; elsewhere the operating system's clock
//! answers in its place.

#[cfg(not(target_arch = "x86_64"))]
use super::instant;
use std::fs::File;
use std::io::Read;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Whether the counter can be trusted as a clock: the processor promises a
/// constant rate through all power states, the kernel has not found otherwise, and two
/// windows of 2 ms measured against [`Instant`] give the same rate to one in a thousand.
pub(super) fn keeps_time() -> bool {
    promised() && !is_given_up(&kernels_clock()) && {
        anchor();
        (rate_over(WINDOW) / ns_per_tick_roughly() - 1.0).abs() < 1e-3
    }
}

/// What Linux keeps time by; nothing elsewhere, or where it does not say.
fn kernels_clock() -> [u8; 16] {
    const SAID_IN: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    let mut name = [0; 16];
    if cfg!(target_os = "linux") {
        // Where it cannot be read nothing is known against the counter.
        let _ = File::open(SAID_IN).and_then(|mut file| file.read(&mut name));
    }
    name
}

/// Whether it is one of those that Linux falls back to where the counters of two
/// processors disagree, which none of them shows alone.
fn is_given_up(kernels_clock: &[u8]) -> bool {
    let fallbacks: [&[u8]; 3] = [b"hpet", b"acpi_pm", b"jiffies"];
    fallbacks.iter().any(|name| kernels_clock.starts_with(name))
}

/// Nanoseconds per tick from the process's first look at the clock until now, and the
/// same for ever once that is a second: all ticks of the past are converted anew at each
/// capture, and by another rate what has been counted might shrink.
pub(super) fn ns_per_tick() -> f64 {
    const ENOUGH: Duration = Duration::from_millis(10);
    const FOR_GOOD: Duration = Duration::from_secs(1);
    static LASTING: OnceLock<f64> = OnceLock::new();
    if cfg!(not(target_arch = "x86_64")) {
        return 1.0;
    }
    let (instant, tick) = anchor();
    while instant.elapsed() < ENOUGH {
        std::hint::spin_loop();
    }
    let rate = || unless_suspended(rate_since(instant, tick), ns_per_tick_roughly());
    if instant.elapsed() < FOR_GOOD {
        rate()
    } else {
        *LASTING.get_or_init(rate)
    }
}

/// The rate over a long time, unless that is far from what it was over a short one: while
/// a machine sleeps, the one clock may go on and the other stand still.
fn unless_suspended(over_long: f64, roughly: f64) -> f64 {
    if (over_long / roughly - 1.0).abs() < 2e-3 {
        over_long
    } else {
        roughly
    }
}

/// The rate over a short time, to one in a thousand; waits for so long at the first call.
pub(super) fn ns_per_tick_roughly() -> f64 {
    static ROUGHLY: OnceLock<f64> = OnceLock::new();
    if cfg!(not(target_arch = "x86_64")) {
        return 1.0;
    }
    *ROUGHLY.get_or_init(|| rate_over(WINDOW))
}

/// Long enough for a rate to one in a thousand.
const WINDOW: Duration = Duration::from_millis(2);

/// The pair of readings that every later rate is measured from.
fn anchor() -> (Instant, u64) {
    static ANCHOR: OnceLock<(Instant, u64)> = OnceLock::new();
    *ANCHOR.get_or_init(both)
}

fn rate_over(window: Duration) -> f64 {
    let (instant, tick) = both();
    while instant.elapsed() < window {
        std::hint::spin_loop();
    }
    rate_since(instant, tick)
}

fn rate_since(instant: Instant, tick: u64) -> f64 {
    let (until, last) = both();
    let elapsed = until.duration_since(instant).as_nanos() as f64;
    elapsed / last.wrapping_sub(tick).max(1) as f64
}

/// Both clocks at one moment: of a few tries the quickest, as the thread may be put
/// aside between two reads.
fn both() -> (Instant, u64) {
    let read = || {
        let (before, instant) = (now(), Instant::now());
        (now().wrapping_sub(before), instant, before)
    };
    let quickest = (1..5).map(|_| read()).fold(
        read(),
        |best, next| if next.0 < best.0 { next } else { best },
    );
    (quickest.1, quickest.2)
}

#[cfg(target_arch = "x86_64")]
#[allow(
    unsafe_code,
    reason = "the instruction has no safe face; it reads a register and touches no memory"
)]
mod counter {
    use core::arch::x86_64::{__cpuid, _mm_lfence, _rdtsc};

    /// Fenced: RDTSC alone does not wait for the instructions before it, and some
    /// 40 ns of a stage's work that was still in flight counted as the next one's.
    #[inline(always)]
    pub(crate) fn now() -> u64 {
        // SAFETY: every x86_64 processor has LFENCE and RDTSC. An operating system may
        // forbid the latter, as Linux by `prctl(PR_SET_TSC)`: that ends the program by a
        // signal, here as in the system's own clock, which reads it too.
        unsafe {
            _mm_lfence();
            _rdtsc()
        }
    }

    /// Not fenced, so half as dear: what is still in flight may count as what comes next.
    #[cfg(feature = "profile")]
    #[inline(always)]
    pub(crate) fn now_in_passing() -> u64 {
        // SAFETY: as above.
        unsafe { _rdtsc() }
    }

    /// `CPUID.80000007H:EDX[8]`, "invariant TSC" in the manuals of both makers.
    #[allow(
        unused_unsafe,
        reason = "`__cpuid` became safe after the oldest compiler that we support"
    )]
    pub(crate) fn promised() -> bool {
        const LEAF: u32 = 0x8000_0007;
        const INVARIANT: u32 = 1 << 8;
        // SAFETY: CPUID is part of x86_64, and leaf 80000000H names the highest leaf.
        unsafe { __cpuid(0x8000_0000).eax >= LEAF && __cpuid(LEAF).edx & INVARIANT != 0 }
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) use counter::now;
#[cfg(all(target_arch = "x86_64", feature = "profile"))]
pub(crate) use counter::now_in_passing;
#[cfg(target_arch = "x86_64")]
use counter::promised;

#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn now() -> u64 {
    instant::now()
}

#[cfg(all(not(target_arch = "x86_64"), feature = "profile"))]
pub(crate) use now as now_in_passing;

#[cfg(not(target_arch = "x86_64"))]
fn promised() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_a_sleeping_machine_has_spoilt_is_not_kept() {
        for (over_long, kept) in [(0.5001, 0.5001), (0.25, 0.5), (1.0, 0.5), (0.0, 0.5)] {
            assert_eq!(
                unless_suspended(over_long, 0.5).to_bits(),
                f64::to_bits(kept)
            );
        }
    }

    #[test]
    fn a_counter_that_the_kernel_has_given_up_is_no_clock() {
        for (kernels_clock, expected) in [
            ("hpet\n", true),
            ("acpi_pm\n", true),
            ("tsc\n", false),
            ("kvm-clock\n", false),
            ("", false),
        ] {
            assert_eq!(is_given_up(kernels_clock.as_bytes()), expected);
        }
    }
}
