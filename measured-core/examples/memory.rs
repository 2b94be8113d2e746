//! The guide *Memory*: who holds memory, who keeps asking for it, and where.

use measured_core::memory::{self, GroupBy, Snapshot, Tracking, TrackingAllocator};
use measured_core::{Report, measured_stage};
use std::collections::VecDeque;

#[global_allocator]
static ALLOCATOR: TrackingAllocator = TrackingAllocator::new();

#[measured_stage("parse")]
fn parse<'a>(lines: impl Iterator<Item = &'a str>) -> impl Iterator<Item = f64> {
    lines.filter_map(|line| line.trim().to_owned().parse().ok())
}

#[measured_stage("smooth")]
fn smooth(readings: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
    let mut last = VecDeque::new();
    readings.map(move |reading| {
        last.push_back(reading);
        let window: Vec<f64> = last.iter().rev().take(10).copied().collect();
        window.iter().sum::<f64>() / window.len() as f64
    })
}

fn main() -> Result<(), memory::NotInstalled> {
    let lines = ["21.5", "21.7", "no reading", "22.4"].repeat(2_500);

    Tracking::new().by_location().start()?;
    let before = Snapshot::take();
    let mut pipeline = smooth(parse(lines.into_iter()));
    let hottest = pipeline.by_ref().fold(0.0, f64::max);
    let after = Snapshot::take();
    memory::stop();

    println!("hottest: {hottest:.2}\n");
    println!("{}", after.compare_to(&before, GroupBy::Stage));
    println!(
        "{}",
        after
            .of("smooth")
            .statistics(GroupBy::Location)
            .table()
            .width(100)
    );
    println!("{}", Report::capture());
    drop(pipeline);
    Ok(())
}
