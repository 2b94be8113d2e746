//! Functions that wait, busily, for a time that is known.

use measured_benches::table;
use measured_core::profile::Profiler;
use measured_core::profiled;
use std::time::{Duration, Instant};

fn wait(micros: u64) {
    let start = Instant::now();
    while start.elapsed() < Duration::from_micros(micros) {
        std::hint::spin_loop();
    }
}

#[profiled]
fn leaf() {
    wait(200);
}

#[profiled]
fn branch() {
    wait(300);
    leaf();
    leaf();
}

#[profiled]
fn root() {
    wait(1_000);
    for _ in 0..50 {
        branch();
    }
    leaf();
}

/// Of every function the best of ten rounds: in the others somebody else had the processor.
pub(crate) fn against_the_truth() {
    let known = [
        ("leaf", 101 * 200, 101 * 200),
        ("branch", 50 * 300, 50 * 700),
        ("root", 1_000, 1_000 + 50 * 700 + 200),
    ];
    let rounds: Vec<_> = (0..10)
        .map(|_| Profiler::run(root).expect("the only one").1)
        .collect();
    let heads = [
        "function",
        "tottime, µs",
        "known",
        "off",
        "cumtime, µs",
        "known",
        "off",
    ];
    let mut table = table::table(1, &heads);
    for (name, own, cumulative) in known {
        let least = |figure: fn(&measured_core::profile::FunctionStats) -> u64| {
            let functions = rounds.iter().filter_map(|stats| stats.function(name));
            functions.map(|it| figure(&it)).min().unwrap_or(0) as f64 / 1e3
        };
        let (own_found, found) = (least(|it| it.self_ns), least(|it| it.cumulative_ns));
        let off =
            |found: f64, known: u64| format!("{:+.2} %", 100.0 * (found / known as f64 - 1.0));
        table.add_row([
            name.to_owned(),
            format!("{own_found:.1}"),
            own.to_string(),
            off(own_found, own),
            format!("{found:.1}"),
            cumulative.to_string(),
            off(found, cumulative),
        ]);
    }
    println!("\n{table}\n");
}
