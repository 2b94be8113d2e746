//! How far the run has come and what holds it up, on standard error, at most ten times a second.

use super::args::{RunArgs, ShowProgress};
use indicatif::style::ProgressTracker;
use indicatif::{HumanFloatCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use measured_core::Report;
use measured_core::cli::Endpoint;
use std::fmt;
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

/// Between one drawing and the next.
const PAUSE: Duration = Duration::from_millis(100);

/// The most rows between two looks at the clock.
const LONGEST_STRIDE: u64 = 64;

/// A line that tells how many rows have been read, how fast, and what takes the time; or nothing.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    pace: Pace,
}

impl Progress {
    /// Progress as the options will have it, towards so many rows if that is known.
    pub(crate) fn start(args: &RunArgs, rows: Option<u64>) -> Self {
        let mixes_with_data = args.output == Some(Endpoint::Standard) && io::stdout().is_terminal();
        let shown = match args.progress {
            ShowProgress::Always => true,
            ShowProgress::Never => false,
            ShowProgress::Auto => io::stderr().is_terminal() && !mixes_with_data,
        };
        Self {
            bar: shown.then(|| bar(rows)),
            pace: Pace::new(Instant::now()),
        }
    }

    /// The same rows, counted as they pass.
    pub(crate) fn watch<T>(&mut self, rows: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        rows.inspect(|_| {
            if let Some(bar) = &self.bar
                && self.pace.row()
                && self.pace.draws(Instant::now())
            {
                // Not `set_position`, which may draw by itself.
                bar.update(|state| state.set_pos(self.pace.rows));
            }
        })
    }

    /// Takes the line away.
    pub(crate) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(rows: Option<u64>) -> ProgressBar {
    // Whether to draw has been decided, and how often is `Pace`'s to say.
    let to = ProgressDrawTarget::term_like(Box::new(console::Term::buffered_stderr()));
    let template = match rows {
        Some(_) => "{wide_bar} {human_pos} of {human_len} rows, {rate}/s, {eta} left{bottleneck}",
        None => "{spinner} {human_pos} rows, {rate}/s, {elapsed}{bottleneck}",
    };
    let style = ProgressStyle::with_template(template)
        .expect("a template that is right")
        .with_key("rate", |state: &ProgressState, to: &mut dyn fmt::Write| {
            // It is a line on a terminal: where it cannot be written, nothing is to be done.
            let _ = write!(to, "{:.0}", HumanFloatCount(state.per_sec()));
        })
        .with_key("bottleneck", Bottleneck::default());
    ProgressBar::with_draw_target(rows, to).with_style(style)
}

/// Who took most of the time since the last drawing, for the end of the line.
#[derive(Clone, Default)]
struct Bottleneck {
    until_now: Option<Report>,
    told: String,
}

impl ProgressTracker for Bottleneck {
    fn tick(&mut self, _: &ProgressState, _: Instant) {
        let report = Report::capture();
        let before = self.until_now.as_ref();
        let recent = before.and_then(|before| report.since(before).ok());
        self.told = told(recent.as_ref().unwrap_or(&report));
        self.until_now = Some(report);
    }

    fn write(&self, _: &ProgressState, to: &mut dyn fmt::Write) {
        let _ = to.write_str(&self.told);
    }

    fn reset(&mut self, _: &ProgressState, _: Instant) {
        *self = Self::default();
    }

    fn clone_box(&self) -> Box<dyn ProgressTracker> {
        Box::new(self.clone())
    }
}

/// Where nothing is timed, nobody can be named.
fn told(report: &Report) -> String {
    let source = ("source", report.source_ns);
    let stages = report
        .stages
        .iter()
        .map(|stage| (&*stage.name, stage.self_ns));
    match stages.chain([source]).max_by_key(|&(_, ns)| ns) {
        Some((name, ns)) if ns > 0 => {
            let share = 100.0 * ns as f64 / report.wall_ns as f64;
            format!(", bottleneck: {name} ({share:.0} %)")
        }
        _ => String::new(),
    }
}

/// When to draw. To look at the clock at every row would cost more than some stages do, so it looks
/// once in a stride: longer strides while rows come fast, every row when they come slowly.
struct Pace {
    rows: u64,
    next_look: u64,
    stride: u64,
    last_drawn: Instant,
}

impl Pace {
    fn new(now: Instant) -> Self {
        Self {
            rows: 0,
            next_look: 1,
            stride: 1,
            last_drawn: now,
        }
    }

    /// Counts a row, and tells whether to look at the clock.
    fn row(&mut self) -> bool {
        self.rows += 1;
        self.rows >= self.next_look
    }

    /// Whether it is time to draw.
    fn draws(&mut self, now: Instant) -> bool {
        let due = now.duration_since(self.last_drawn) >= PAUSE;
        self.stride = if due {
            self.stride / 2
        } else {
            self.stride * 2
        }
        .clamp(1, LONGEST_STRIDE);
        self.next_look = self.rows + self.stride;
        if due {
            self.last_drawn = now;
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws and looks at the clock, for rows that come this far apart.
    fn watched(rows: u32, apart: Duration) -> (u32, u32) {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let (mut draws, mut looks) = (0, 0);
        for row in 1..=rows {
            if pace.row() {
                looks += 1;
                draws += u32::from(pace.draws(start + apart * row));
            }
        }
        (draws, looks)
    }

    #[test]
    fn fast_rows_are_drawn_ten_times_a_second_and_seldom_looked_at() {
        let (draws, looks) = watched(10_000_000, Duration::from_nanos(500));
        assert!((45..=50).contains(&draws), "{draws} in five seconds");
        assert!(looks < 10_000_000 / 60, "{looks}");
    }

    #[test]
    fn slow_rows_are_drawn_each() {
        assert_eq!(watched(20, Duration::from_secs(1)), (20, 20));
    }

    #[test]
    fn rows_that_become_slow_are_soon_drawn_again() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        (0..1_000_000).for_each(|_| {
            let _ = pace.row() && pace.draws(start);
        });
        let draws = (1..=1000)
            .filter(|&second| pace.row() && pace.draws(start + Duration::from_secs(second)))
            .count();
        assert!(draws > 800, "{draws}");
    }
}
