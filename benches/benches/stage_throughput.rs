//! Throughput of the chains under criterion, for those who compare with `--save-baseline`.
//! `cargo bench -p measured-benches --bench stage_throughput`

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use measured_benches::chains::CHAINS;
use measured_benches::modes::{self, MODES};
use std::hint::black_box;

fn stages(criterion: &mut Criterion) {
    for chain in CHAINS.as_flattened() {
        let name = format!("{} ({}, {})", chain.name, chain.types, chain.pulled);
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(chain.records));
        group.bench_function("bare", |bencher| {
            bencher.iter(|| (chain.bare)(black_box(chain.records)));
        });
        group.bench_function("timing = counts", |bencher| {
            bencher.iter(|| (chain.counted)(black_box(chain.records)));
        });
        for mode in MODES {
            modes::set(mode);
            group.bench_function(mode, |bencher| {
                bencher.iter(|| (chain.measured)(black_box(chain.records)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, stages);
criterion_main!(benches);
