//! The figures that rules are about.

use crate::figures::{count, decimal, duration, percent};
use crate::report::compare::{Comparison, Difference, StageComparison};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    Wall,
    Own,
    P99,
    Throughput,
    Selectivity,
    In,
    Out,
    Err,
    Panicked,
}

impl Figure {
    pub(super) const OF_STAGES: [Figure; 8] = [
        Figure::Own,
        Figure::P99,
        Figure::Throughput,
        Figure::Selectivity,
        Figure::In,
        Figure::Out,
        Figure::Err,
        Figure::Panicked,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Figure::Wall => "wall_ns",
            Figure::Own => "self_ns",
            Figure::P99 => "p99_ns",
            Figure::Throughput => "throughput_rps",
            Figure::Selectivity => "selectivity",
            Figure::In => "records_in",
            Figure::Out => "records_out",
            Figure::Err => "records_err",
            Figure::Panicked => "panicked",
        }
    }

    pub(super) fn of<'a>(
        self,
        stage: &'a StageComparison,
        whole: &'a Comparison,
    ) -> &'a Difference {
        match self {
            Figure::Wall => &whole.wall_ns,
            Figure::Own => &stage.self_ns,
            Figure::P99 => &stage.p99_ns,
            Figure::Throughput => &stage.throughput_rps,
            Figure::Selectivity => &stage.selectivity,
            Figure::In => &stage.records_in,
            Figure::Out => &stage.records_out,
            Figure::Err => &stage.records_err,
            Figure::Panicked => &stage.panicked,
        }
    }

    pub(super) fn written(self, value: f64) -> String {
        match self {
            Figure::Wall | Figure::P99 => duration(value),
            Figure::Own => decimal(value) + " ns per record",
            Figure::Throughput => decimal(value) + " records/s",
            Figure::Selectivity => percent(value),
            Figure::In | Figure::Out | Figure::Err | Figure::Panicked if value.fract() == 0.0 => {
                count(value as u64)
            }
            Figure::In | Figure::Out | Figure::Err | Figure::Panicked => decimal(value),
        }
    }
}
