//! How much memory a process holds, as the kernel counts it.

use std::{fs, io};

/// Resident memory in KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resident {
    /// Now.
    pub now: u64,
    /// The most it has ever been; the kernel keeps it, so no peak between two looks is missed.
    pub peak: u64,
}

/// This process's resident memory.
///
/// # Errors
///
/// Where there is no `/proc/self/status`: everywhere but on Linux.
pub fn own() -> io::Result<Resident> {
    read("self")
}

/// The resident memory of the process with this id.
///
/// # Errors
///
/// When the process is gone, and where there is no `/proc`: everywhere but on Linux.
pub fn of(process: u32) -> io::Result<Resident> {
    read(&process.to_string())
}

fn read(process: &str) -> io::Result<Resident> {
    let path = format!("/proc/{process}/status");
    let status = fs::read_to_string(&path)?;
    let kib = |field: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok())
            .ok_or_else(|| io::Error::other(format!("{path} has no line `{field}`")))
    };
    Ok(Resident {
        now: kib("VmRSS:")?,
        peak: kib("VmHWM:")?,
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_touches_is_resident() {
        let before = own().unwrap();
        let touched = vec![1_u8; 8 << 20];
        let after = own().unwrap();
        assert!(after.now >= before.now + 8 * 1024, "{before:?} {after:?}");
        assert!(after.peak >= after.now);
        drop(touched);
    }
}
