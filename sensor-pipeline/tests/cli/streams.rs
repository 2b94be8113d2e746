//! Rows come and go one by one: nothing waits for the end of the input, nothing grows with it, and
//! who wants no more of the output is not told off.

use std::io::{BufRead, BufReader, Read, Write};
#[cfg(target_os = "linux")]
use std::net::{TcpListener, TcpStream};
#[cfg(target_os = "linux")]
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

#[cfg(target_os = "linux")]
use crate::run;
use crate::{command, file, path};

#[test]
fn output_comes_before_the_input_has_ended() {
    let mut child = command(&["--input", "-", "--output", "-", "--report", "none"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    let mut output = BufReader::new(child.stdout.take().expect("piped")).lines();
    let feeder = thread::spawn(move || {
        stdin.write_all(b"timestamp,value\n").expect("it reads");
        // More than the program's buffers hold.
        stdin
            .write_all("12:00,50\n".repeat(20_000).as_bytes())
            .expect("it reads");
        stdin
    });
    for _ in 0..1000 {
        output.next().expect("there is more").expect("text");
    }
    // Its output is read, so it must come to take all of the input, which is open all the while.
    assert_eq!(child.try_wait().expect("it can be asked"), None);
    let rest = thread::spawn(move || output.count());
    drop(feeder.join().expect("all is fed"));
    assert_eq!(1000 + rest.join().expect("all is read"), 1 + 20_000);
    assert!(child.wait().expect("it ends").success());
}

/// What is told about rows of which each comes later than the line is drawn.
fn progress_of_slow_rows(timing: &str) -> String {
    let args = ["--input", "-", "--report", "none", "--progress", "always"];
    let mut child = command(&[&args[..], &["--timing", timing]].concat())
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(b"timestamp,value\n").expect("it reads");
    for _ in 0..8 {
        thread::sleep(Duration::from_millis(110));
        stdin.write_all(b"12:00,50\n").expect("it reads");
    }
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn progress_names_the_bottleneck() {
    let told = progress_of_slow_rows("sampled");
    assert!(told.contains(", bottleneck: source ("), "{told:?}");

    let untimed = progress_of_slow_rows("counts");
    assert!(untimed.contains(" rows, "), "{untimed:?}");
    assert!(!untimed.contains("bottleneck"), "{untimed:?}");
}

#[test]
fn a_closed_pipe_ends_it_quietly() {
    for (args, lines) in [
        (&["--records", "1000000", "--output", "-"][..], 1),
        (&["--records", "1000000", "--output", "-"], 0),
        (&["--records", "10", "--output", "-"], 0),
        (&["--records", "10", "--report-file", "-"], 0),
        (&["--help"], 0),
    ] {
        let mut child = command(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("piped")).lines();
        for _ in 0..lines {
            output.next().expect("there is more").expect("text");
        }
        drop(output);
        let mut told = String::new();
        child
            .stderr
            .take()
            .expect("piped")
            .read_to_string(&mut told)
            .expect("text");
        assert_eq!(
            child.wait().expect("it ends").code(),
            Some(0),
            "{args:?}: {told}"
        );
        for complaint in ["Broken pipe", "panicked", "cannot"] {
            assert!(!told.contains(complaint), "{args:?}: {told}");
        }
    }
}

#[test]
fn rejects_that_nobody_reads_do_not_cut_the_output_short_unseen() {
    let bad_rows = format!("timestamp,value\n{}", "x\n".repeat(200_000));
    let bad_rows = file("bad-rows.csv", bad_rows);
    let output = path("cut-short.csv");
    for (more, code) in [(&["--output", &output][..], 1), (&[], 0)] {
        let mut child = command(&["--input", &bad_rows, "--rejects", "-"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        assert_eq!(
            child.wait().expect("it ends").code(),
            Some(code),
            "{more:?}"
        );
    }
}

#[test]
fn a_closed_standard_error_is_not_minded() {
    let mut child = command(&["--records", "10", "--progress", "always"])
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stderr.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

/// A connection that is reset in the middle: whoever closes one without having read all that was
/// sent to it resets it.
#[test]
#[cfg(target_os = "linux")]
fn input_that_breaks_off_is_told_and_what_came_before_is_written() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mut stdin = TcpStream::connect(listener.local_addr().expect("bound")).expect("connected");
    let (mut sender, _) = listener.accept().expect("connected");
    stdin.write_all(b"never read").expect("there is room");
    sender
        .write_all(b"timestamp,value\n1,50\n2,50\n3,5")
        .expect("there is room");
    sender.peek(&mut [0]).expect("it has arrived");
    drop(sender);

    let output = command(&["--input", "-", "--output", "-", "--report", "none"])
        .stdin(OwnedFd::from(stdin))
        .output()
        .expect("the program runs");
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.starts_with("sensor-pipeline: standard input, line 4: Connection reset"),
        "{told}"
    );
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).lines().count(),
        1 + 2
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told() {
    for (option, more) in [
        ("--output", &["--report", "none"][..]),
        ("--report-file", &[]),
    ] {
        let run = run(&[&[option, "/dev/full"], more].concat());
        assert_eq!(run.code, Some(1), "{option}: {}", run.stderr);
        let told = run.stderr.lines().last().unwrap_or_default();
        assert!(
            told.starts_with("sensor-pipeline: cannot write /dev/full: No space left"),
            "{told}"
        );
    }
}

#[test]
#[cfg(target_os = "linux")]
fn one_device_may_take_several_things() {
    let run = run(&[
        "--records",
        "10",
        "--output",
        "/dev/null",
        "--report-file",
        "/dev/null",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_number_of_rows() {
    assert_flat(100_000, 1_000_000);
}

#[test]
#[ignore = "takes several seconds in a release build"]
#[cfg(target_os = "linux")]
fn memory_of_10_million_rows_is_that_of_100_thousand() {
    assert_flat(100_000, 10_000_000);
}

#[cfg(target_os = "linux")]
fn assert_flat(few: u64, many: u64) {
    let (few, many) = (peak_kib(few), peak_kib(many));
    println!("peak resident memory: {few} KiB and {many} KiB");
    assert!(many < few + 5 * 1024, "{few} KiB, then {many} KiB");
}

/// The most memory that was resident while so many rows ran through. Asked for while the program
/// runs; the kernel keeps the peak, so that what matters is only to have asked once late.
#[cfg(target_os = "linux")]
fn peak_kib(rows: u64) -> u64 {
    let rows = rows.to_string();
    let mut child = command(&[
        "--records",
        &rows,
        "--output",
        "/dev/null",
        "--report",
        "none",
    ])
    .spawn()
    .expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("it can be asked").is_none() {
        let status = std::fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = kib.unwrap_or(peak);
        thread::sleep(Duration::from_millis(1));
    }
    assert!(peak > 0, "it ended before it was asked");
    peak
}
