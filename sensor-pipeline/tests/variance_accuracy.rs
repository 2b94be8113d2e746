//! How exact the variance of a running window is on readings of 10^9 + N(0, 1), where the textbook's
//! sum and sum of squares is not even positive.
//!
//! The figures of the guide come from
//! `cargo test --release -p sensor-pipeline --test variance_accuracy -- --ignored --nocapture`.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "the integers here are below 2^53, and the numbers whole"
)]

use sensor_pipeline::{NaiveWindow, RunningWindow};
use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::thread;

const WINDOWS: [usize; 4] = [1, 10, 100, 1000];

/// What the variance, which is near 1, may be wrong by.
const TOLERANCE: f64 = 1e-11;

#[test]
fn the_variance_is_within_1e_11_of_the_exact_one() {
    assert_accurate(30_000);
}

#[test]
#[ignore = "takes a minute in a release build"]
fn the_variance_is_within_1e_11_of_the_exact_one_over_10_million_readings() {
    assert_accurate(10_000_000);
}

#[test]
fn the_reference_is_exact() {
    // What the readings are a multiple of: so that sums of them in integers are exact.
    const STEP: f64 = 1.0 / (1 << 23) as f64;
    let values: Vec<f64> = readings().take(5000).collect();
    for window in values.windows(1000).step_by(7) {
        let whole = |value: &f64| ((value - 1e9) / STEP) as i128;
        let sum: i128 = window.iter().map(whole).sum();
        let squares: i128 = window.iter().map(|value| whole(value).pow(2)).sum();
        let exact = (1000 * squares - sum * sum) as f64 / 1e6 * STEP * STEP;
        let off = (exact_variance(window) - exact).abs();
        assert!(off < 1e-15, "{off:e}");
    }
}

/// The largest errors met in one window.
struct Errors {
    window: usize,
    running: f64,
    naive: f64,
    textbook: f64,
    textbook_least: f64,
}

fn assert_accurate(count: usize) {
    let all = thread::scope(|scope| {
        WINDOWS
            .map(|window| scope.spawn(move || errors(window, count)))
            .map(|thread| thread.join().expect("no thread panics"))
    });
    println!("variance of {count} readings of 1e9 + N(0, 1): largest error");
    println!("window   running     naive  textbook  (its least variance)");
    for Errors {
        window,
        running,
        naive,
        textbook,
        textbook_least,
    } in &all
    {
        println!(
            "{window:6}  {running:8.1e}  {naive:8.1e}  {textbook:8.1e}  {textbook_least:8.1e}"
        );
    }
    for Errors {
        window,
        running,
        textbook,
        ..
    } in all
    {
        assert!(running <= TOLERANCE, "window {window}: off by {running:e}");
        // Otherwise the readings would be too easy, and the test would show nothing.
        assert!(
            window == 1 || textbook > 1.0,
            "window {window}: {textbook:e}"
        );
    }
}

fn errors(length: usize, count: usize) -> Errors {
    let size = NonZeroUsize::new(length).expect("no window is empty");
    let (mut running, mut naive) = (RunningWindow::new(size), NaiveWindow::new(size));
    let mut textbook = Textbook::default();
    let mut inside = VecDeque::new();
    let mut errors = Errors {
        window: length,
        running: 0.0,
        naive: 0.0,
        textbook: 0.0,
        textbook_least: f64::MAX,
    };
    for value in readings().take(count) {
        let gone = if inside.len() == length {
            inside.pop_front()
        } else {
            None
        };
        inside.push_back(value);
        let exact = exact_variance(inside.make_contiguous());
        let textbook = textbook.push(value, gone, inside.len());
        let worse = |so_far: f64, variance: f64| so_far.max((variance - exact).abs());
        errors.running = worse(errors.running, running.push(value).variance);
        errors.naive = worse(errors.naive, naive.push(value).variance);
        errors.textbook = worse(errors.textbook, textbook);
        errors.textbook_least = errors.textbook_least.min(textbook);
    }
    errors
}

/// Two passes over differences from the first value, which are exact, with compensated sums.
fn exact_variance(window: &[f64]) -> f64 {
    let count = window.len() as f64;
    let first = window[0];
    let mean = compensated_sum(window, |value| value - first) / count;
    compensated_sum(window, |value| {
        (value - first - mean) * (value - first - mean)
    }) / count
}

/// Neumaier's sum, in several lanes so that a processor can work on them side by side.
fn compensated_sum(values: &[f64], of: impl Fn(f64) -> f64) -> f64 {
    const LANES: usize = 8;
    let (mut sums, mut lost) = ([0.0; LANES], [0.0; LANES]);
    for chunk in values.chunks(LANES) {
        for (lane, &value) in chunk.iter().enumerate() {
            add(&mut sums[lane], &mut lost[lane], of(value));
        }
    }
    let (mut sum, mut rest) = (0.0, 0.0);
    for part in sums.into_iter().chain(lost) {
        add(&mut sum, &mut rest, part);
    }
    sum + rest
}

/// Adds to a sum, and what the addition rounded away to what is lost.
fn add(sum: &mut f64, lost: &mut f64, value: f64) {
    let total = *sum + value;
    let kept = total - *sum;
    *lost += (*sum - (total - kept)) + (value - kept);
    *sum = total;
}

/// Sum and sum of squares, what comes added and what goes subtracted.
#[derive(Default)]
struct Textbook {
    sum: f64,
    squares: f64,
}

impl Textbook {
    fn push(&mut self, value: f64, gone: Option<f64>, count: usize) -> f64 {
        let gone = gone.unwrap_or(0.0);
        self.sum += value - gone;
        self.squares += value * value - gone * gone;
        let mean = self.sum / count as f64;
        self.squares / count as f64 - mean * mean
    }
}

/// 10^9 + N(0, 1), by Marsaglia's polar method.
fn readings() -> impl Iterator<Item = f64> {
    let mut state = 37_u64;
    let mut even = move || {
        state = state
            .wrapping_mul(0x5851_F42D_4C95_7F2D)
            .wrapping_add(0x1405_7B7E_F767_814F);
        let mixed = (state ^ (state >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    };
    std::iter::repeat_with(move || {
        loop {
            let (x, y) = (2.0 * even() - 1.0, 2.0 * even() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                break 1e9 + x * (-2.0 * square.ln() / square).sqrt();
            }
        }
    })
}
