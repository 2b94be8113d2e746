//! Tests in processes of their own.

use std::process::Command;

const ALONE: &str = "MEASURED_TEST_ALONE";

/// Runs `test`, whose path is that of the test that calls this, in a process in which
/// nothing else runs.
#[track_caller]
pub(crate) fn alone(path: &str, test: impl FnOnce()) {
    let (_crate, name) = path.split_once("::").expect("a test's path");
    if std::env::var_os(ALONE).is_some_and(|alone| alone == *name) {
        wait_for_the_harness();
        return test();
    }
    let own = std::env::current_exe().expect("this program");
    let output = Command::new(own)
        .args([name, "--exact", "--nocapture", "--test-threads=1"])
        .env(ALONE, name)
        .output()
        .expect("this program runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{}\n{said}\n{complained}",
        output.status
    );
}

/// Until the thread that waits for the test's result does so: going to sleep it
/// allocates.
fn wait_for_the_harness() {
    let first_thread = format!("/proc/self/task/{}/stat", std::process::id());
    let is_asleep = || {
        let stat = std::fs::read_to_string(&first_thread).ok()?;
        let (_, after_name) = stat.rsplit_once(") ")?;
        Some(after_name.starts_with('S'))
    };
    while is_asleep() == Some(false) {
        std::thread::yield_now();
    }
    // It may have slept for another reason, and elsewhere nobody says.
    std::thread::sleep(std::time::Duration::from_millis(20));
}

/// Tests that each run in a process of their own.
macro_rules! each_alone {
    ($($(#[$attribute:meta])* fn $name:ident() $body:block)+) => {$(
        $(#[$attribute])*
        #[test]
        fn $name() {
            let path = concat!(module_path!(), "::", stringify!($name));
            crate::allocator::process::alone(path, || $body);
        }
    )+};
}

pub(crate) use each_alone;
