use measured_core::profile::{Profiler, scope};
use measured_core::{Clock, MockClock, profiled};

#[profiled]
fn leaf(clock: &MockClock) {
    clock.advance(3);
}

#[profiled]
fn fib(n: u32, clock: &MockClock) -> u32 {
    clock.advance(1);
    if n < 2 {
        n
    } else {
        fib(n - 1, clock) + fib(n - 2, clock)
    }
}

#[profiled]
async fn slow(clock: MockClock) -> Result<u32, std::num::ParseIntError> {
    clock.advance(10);
    let x = "17".parse::<u32>()?;
    Ok(x)
}

#[profiled(generics)]
fn gen_<T: Clone>(t: &T) -> T {
    t.clone()
}

#[test]
fn basics() {
    let clock = MockClock::new();
    let profiler = Profiler::start_with(Clock::Mock(clock.clone())).unwrap();
    leaf(&clock);
    {
        scope!("block");
        leaf(&clock);
        clock.advance(2);
    }
    fib(10, &clock);
    gen_(&1u8);
    gen_(&String::new());
    let mut f = std::pin::pin!(slow(clock.clone()));
    let w = std::task::Waker::noop();
    let _ = f.as_mut().poll(&mut std::task::Context::from_waker(w));
    let stats = profiler.stop();
    println!(
        "{stats}\n{}\n{}",
        stats.callers("leaf"),
        stats.callees("block")
    );
    let real = Profiler::start().unwrap();
    fib(25, &clock);
    println!("{}", real.stop());
}
use std::future::Future;
