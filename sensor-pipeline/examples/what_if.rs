//! Holds `what_if` against reality: foretells what halving the work of `features` would
//! save, halves it, and measures what that saved.
//!
//! The naive features sum the window again for every reading, so a window of half the
//! length is half the work. Each round runs the one and then the other. Of what is
//! foretold, the median round is shown with its two standard errors; of what is measured
//! the median, and between which figures nine rounds in ten lie.

use measured_core::{Registry, Report};
use sensor_pipeline::{Method, Range, Reading, features, filter, normalize, sink};
use std::error::Error;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;

const READINGS: u64 = 10_000;
const ROUNDS: usize = 101;

fn main() -> Result<(), Box<dyn Error>> {
    let [long, short] = [1_000, 500];
    // While the window fills up, both sum the same: a little less than twice as fast.
    let speedup = additions(long) / additions(short);

    let (mut foretold, mut measured) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let (before, after) = (run(long)?, run(short)?);
        let what_if = before.what_if("features", speedup)?;
        if round == 0 {
            println!("{before}\n{what_if}");
        }
        measured.push(1.0 - after.wall_ns as f64 / before.wall_ns as f64);
        foretold.push(what_if);
    }

    foretold.sort_by(|a, b| a.saved.total_cmp(&b.saved));
    measured.sort_by(f64::total_cmp);
    let what_if = &foretold[ROUNDS / 2];
    let (saved, ci) = (what_if.saved, what_if.saved_ci);
    tell("foretold", [saved - ci, saved, saved + ci]);
    let at = |part: usize| measured[(ROUNDS - 1) * part / 100];
    tell("measured", [at(5), at(50), at(95)]);
    Ok(())
}

fn tell(what: &str, saved: [f64; 3]) {
    let gained = saved.map(|saved| 1.0 / (1.0 - saved) - 1.0);
    let [[low, saved, high], [least, gained, most]] =
        [saved, gained].map(|parts| parts.map(|part| 100.0 * part));
    println!(
        "{what}: time -{saved:.1} % ({low:.1} to {high:.1}), throughput +{gained:.1} % ({least:.1} to {most:.1})"
    );
}

fn run(window: u64) -> Result<Report, Box<dyn Error>> {
    let range = Range::new(0.0, 100.0)?;
    let window = NonZeroUsize::new(usize::try_from(window)?).ok_or("no window")?;
    let registry = Registry::new();
    registry.scope(|| {
        let kept = filter(readings(), range);
        let scaled = normalize(kept, range);
        let featured = features(scaled, window, Method::Naive);
        sink(featured, Some(io::sink()))
    })?;
    Ok(registry.capture())
}

/// One sensor's, and so one window's.
fn readings() -> impl Iterator<Item = Reading<Option<f64>>> {
    let pump: Arc<str> = "pump".into();
    (0..READINGS).map(move |n| Reading {
        time: "12:00".into(),
        sensor: Arc::clone(&pump),
        value: Some(50.0 + 40.0 * (n as f64 / 100.0).sin()),
    })
}

/// How many values are added up, over all readings.
fn additions(window: u64) -> f64 {
    (1..=READINGS)
        .map(|readings| readings.min(window))
        .sum::<u64>() as f64
}
