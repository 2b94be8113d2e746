//! A report every so often.

use measured_core::{Measured, Periodic, Registry, Report};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const HOUR: Duration = Duration::from_secs(3_600);

fn records(report: &Report) -> u64 {
    report.stage("numbers").map_or(0, |stage| stage.records_out)
}

fn work(records: u32) {
    (0..records).measured("numbers").for_each(drop);
}

#[test]
fn an_interval_that_is_not_over_is_not_reported() {
    let mut periodic = Registry::new().scope(|| Periodic::every(HOUR));
    assert!(!periodic.poll(|_| panic!("an hour is not over")));
    let mut never = Registry::new().scope(|| Periodic::every(Duration::MAX));
    assert!(!never.poll(|_| panic!("nor is that")));
}

#[test]
fn each_interval_has_what_happened_in_it() {
    let registry = Registry::new();
    registry.scope(|| {
        work(1_000);
        let mut periodic = Periodic::every(Duration::ZERO);
        let mut seen = Vec::new();
        for n in [10, 0, 30] {
            work(n);
            assert!(periodic.poll(|interval| seen.push(records(interval))));
        }
        work(5);
        periodic.flush(|rest| seen.push(records(rest)));
        assert_eq!(seen, [10, 0, 30, 5]);
    });
}

#[test]
fn intervals_that_went_by_become_one() {
    let mut periodic = Registry::new().scope(|| Periodic::every(Duration::from_millis(10)));
    std::thread::sleep(Duration::from_millis(35));
    assert!(periodic.poll(|_| {}));
    // Were the three made up for, the next would be over as well.
    let start = Instant::now();
    let again = periodic.poll(|_| {});
    assert!(!again || start.elapsed() > Duration::from_millis(4));
}

#[test]
fn a_thread_reports_until_its_guard_is_dropped() {
    let registry = Registry::new();
    let (sender, received) = mpsc::channel();
    registry.scope(|| {
        let every = Duration::from_millis(5);
        let thread = Periodic::every(every).spawn(move |interval| {
            sender.send(records(interval)).unwrap();
        });
        let thread = thread.unwrap();
        work(70);
        let mut seen = 0;
        while seen < 70 {
            seen += received.recv_timeout(Duration::from_secs(60)).unwrap();
        }
        work(7);
        drop(thread);
        // What was left, and then the sink is gone.
        assert_eq!(received.iter().sum::<u64>(), 7);
    });
}

#[test]
fn an_end_is_not_waited_for() {
    let start = Instant::now();
    for length in [HOUR, Duration::MAX] {
        let (sender, received) = mpsc::channel();
        let thread = Periodic::every(length).spawn(move |_| sender.send(()).unwrap());
        drop(thread.unwrap());
        assert_eq!(received.iter().count(), 1);
    }
    assert!(start.elapsed() < HOUR);
}

#[test]
fn a_sink_that_panics_takes_nobody_with_it() {
    let (sender, received) = mpsc::channel();
    let thread = Periodic::every(HOUR).spawn(move |_| {
        sender.send(()).unwrap();
        std::panic::resume_unwind(Box::new("full"));
    });
    drop(thread.unwrap());
    assert_eq!(received.iter().count(), 1);
}

#[test]
fn a_thread_with_no_time_between_intervals_takes_a_millisecond() {
    let (sender, received) = mpsc::channel();
    let start = Instant::now();
    let thread = Periodic::every(Duration::ZERO).spawn(move |_| sender.send(()).unwrap());
    received.iter().take(20).for_each(drop);
    drop(thread.unwrap());
    let intervals = 20 + received.iter().count();
    // The first is due at once, and the last is what is left.
    assert!(start.elapsed() >= Duration::from_millis(1) * (intervals as u32 - 2));
}
