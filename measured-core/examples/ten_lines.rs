//! The ten lines of the README.

use measured_core::{Report, measured_stage};

#[measured_stage("parse")]
fn parse<'a>(lines: impl Iterator<Item = &'a str>) -> impl Iterator<Item = f64> {
    lines.filter_map(|line| line.parse().ok())
}

#[measured_stage("smooth")]
fn smooth(readings: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
    let mut last = std::collections::VecDeque::from([0.0; 500]);
    readings.map(move |reading| {
        last.pop_front();
        last.push_back(reading);
        last.iter().sum::<f64>() / 500.0
    })
}

fn main() {
    let lines = ["21.5", "21.7", "no reading", "22.4"].repeat(50_000);
    let hottest = smooth(parse(lines.into_iter())).fold(0.0, f64::max);
    println!("hottest: {hottest:.2}\n{}", Report::capture());
}
