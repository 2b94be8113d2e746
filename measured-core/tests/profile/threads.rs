//! Several threads, and futures that move between them.

use crate::profiling_alone::{alone, figures, profile};
use measured_core::profile::{Profiler, scope};
use measured_core::{MockClock, profiled};
use std::future::Future;
use std::pin::Pin;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};
use std::thread;

#[profiled]
fn work(clock: &MockClock) {
    clock.advance(1);
}

#[test]
fn threads_are_added_up_whether_they_have_ended_or_not() {
    let gate = Barrier::new(2);
    let wait = || {
        gate.wait();
    };
    let wait = &wait;
    let stats = thread::scope(|threads| {
        let profiled = profile(|clock| {
            let works = |times: u32| {
                let clock = clock.clone();
                move || (0..times).for_each(|_| work(&clock))
            };
            let (five, seven) = (works(5), works(7));
            threads.spawn(move || {
                five();
                wait();
                wait();
            });
            wait();
            thread::spawn(seven).join().expect("it ends");
            work(clock);
        });
        wait();
        profiled
    });
    assert_eq!(figures(&stats, "work"), [13, 13, 13, 13]);
    assert_eq!(stats.threads(), 3);
}

#[test]
fn a_call_that_goes_on_in_another_thread_is_counted_until_the_stop() {
    let inside = Barrier::new(2);
    thread::scope(|threads| {
        let stats = profile(|clock| {
            threads.spawn(|| {
                scope!("waits");
                inside.wait();
                inside.wait();
            });
            inside.wait();
            clock.advance(30);
        });
        inside.wait();
        assert_eq!(figures(&stats, "waits"), [1, 1, 30, 30]);
    });
}

#[test]
fn a_thousand_threads_are_one_tree() {
    let stats = profile(|clock| {
        for _ in 0..1_000 {
            thread::spawn({
                let clock = clock.clone();
                move || work(&clock)
            })
            .join()
            .expect("it ends");
        }
    });
    assert_eq!(figures(&stats, "work"), [1_000, 1_000, 1_000, 1_000]);
    assert_eq!(stats.threads(), 1_000);
    assert_eq!(stats.to_folded(), "work 1000\n");
}

#[test]
fn a_thread_that_ends_may_call_to_the_last() {
    struct Last(MockClock);
    impl Drop for Last {
        fn drop(&mut self) {
            work(&self.0);
        }
    }
    thread_local!(static LAST: std::cell::RefCell<Option<Last>> = const { std::cell::RefCell::new(None) });

    let stats = profile(|clock| {
        let clock = clock.clone();
        thread::spawn(move || {
            // Dropped after whatever the profiler has of this thread, and before it.
            LAST.set(Some(Last(clock.clone())));
            work(&clock);
        })
        .join()
        .expect("it ends");
    });
    let [calls, ..] = figures(&stats, "work");
    assert!((1..=2).contains(&calls), "{calls}");
}

#[test]
fn starting_and_stopping_disturbs_nobody_who_runs() {
    let _alone = alone();
    let stop = AtomicBool::new(false);
    thread::scope(|threads| {
        for _ in 0..8 {
            threads.spawn(|| {
                let clock = MockClock::new();
                while !stop.load(Relaxed) {
                    scope!("outer");
                    for _ in 0..50 {
                        work(&clock);
                    }
                }
            });
        }
        let mut seen = 0;
        for _ in 0..200 {
            let profiler = Profiler::start().expect("there is no other");
            thread::yield_now();
            let stats = profiler.stop();
            for function in stats.functions() {
                assert!(function.primitive_calls <= function.calls, "{stats}");
                assert!(function.self_ns <= function.cumulative_ns, "{stats}");
            }
            seen += stats.calls();
        }
        stop.store(true, Relaxed);
        assert!(seen > 0);
    });
}

/// Goes on when it is polled for the second time.
struct Once(bool);

impl Future for Once {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

#[profiled]
async fn fetch(clock: MockClock) -> Result<u64, std::num::ParseIntError> {
    clock.advance(3);
    Once(false).await;
    let answer = "41".parse::<u64>()?;
    clock.advance(4);
    work(&clock);
    Ok(answer + 1)
}

#[test]
fn a_future_is_timed_where_and_while_it_is_polled() {
    let stats = profile(|clock| {
        let mut future = Box::pin(fetch(clock.clone()));
        let poll = |future: &mut Pin<Box<dyn Future<Output = _> + Send>>| {
            future
                .as_mut()
                .poll(&mut Context::from_waker(Waker::noop()))
        };
        let mut sent: Pin<Box<dyn Future<Output = _> + Send>> =
            Box::pin(async move { future.as_mut().await });
        assert_eq!(poll(&mut sent), Poll::Pending);
        clock.advance(1_000);
        let ready = thread::spawn(move || poll(&mut sent))
            .join()
            .expect("it ends");
        assert_eq!(ready, Poll::Ready(Ok(42)));
        // One that nobody ever polls is never called.
        drop(fetch(clock.clone()));
    });
    assert_eq!(figures(&stats, "fetch"), [1, 1, 7, 8]);
    assert_eq!(figures(&stats, "work"), [1, 1, 1, 1]);
    assert_eq!(stats.threads(), 2);
}
