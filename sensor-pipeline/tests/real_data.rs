//! The pipeline on real readings: the machine and ambient temperatures of the Numenta Anomaly
//! Benchmark. Set `SENSOR_DATA` to the folder that holds them; where it is not set, these tests say
//! so and check nothing.

use sensor_pipeline::{ColumnNames, Columns, CsvRows, Intake, Method, Range, Settings, pipeline};
use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;

const MACHINE: &str = "machine_temperature_system_failure.csv";
const AMBIENT: &str = "ambient_temperature_system_failure.csv";

#[test]
fn of_the_machine_all_22_695_readings_are_kept() {
    let Some(run) = run(MACHINE, "0:120", 10, Method::Running) else {
        return;
    };
    assert_eq!((run.rows, run.kept), (22_695, 22_695));
}

#[test]
fn of_the_ambient_7_169_of_7_267_readings_are_kept() {
    let Some(run) = run(AMBIENT, "60:80", 10, Method::Running) else {
        return;
    };
    assert_eq!((run.rows, run.kept), (7_267, 7_169));
}

#[test]
fn the_output_is_that_of_two_passes_to_six_decimals() {
    for (name, range) in [(MACHINE, "0:120"), (AMBIENT, "60:80")] {
        for window in [1, 10, 1000] {
            for method in [Method::Running, Method::Naive] {
                let Some(run) = run(name, range, window, method) else {
                    return;
                };
                assert_same(&run.output, &two_passes(name, range, window));
            }
        }
    }
}

struct Run {
    rows: u64,
    kept: u64,
    output: String,
}

/// Where the file lies, if the data is there at all.
fn data(name: &str) -> Option<PathBuf> {
    let Some(folder) = env::var_os("SENSOR_DATA") else {
        // Not `eprintln!`: what passes would be kept from being seen.
        let _ = writeln!(
            io::stderr(),
            "skipped: SENSOR_DATA does not say where {name} is"
        );
        return None;
    };
    Some(PathBuf::from(folder).join(name))
}

fn run(name: &str, range: &str, window: usize, method: Method) -> Option<Run> {
    let path = data(name)?;
    let file = File::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut rows = CsvRows::new(file).expect("readable");
    let header = rows.next().expect("a header").expect("readable");
    let columns = Columns::find(&header, &ColumnNames::default()).expect("the columns are there");
    let settings = Settings {
        range: range.parse().expect("a range"),
        window: window.try_into().expect("not empty"),
        method,
    };
    let mut intake = Intake::default();
    let mut output = Vec::new();
    let rows = rows.map(|row| row.expect("readable"));
    let kept = pipeline(rows, &columns, settings, &mut intake, Some(&mut output));
    Some(Run {
        rows: intake.rows(),
        kept: kept.expect("a vector takes all"),
        output: String::from_utf8(output).expect("text"),
    })
}

/// Time, value, mean and variance of each reading that is to be kept, by another way: the file read
/// whole, the window summed in two passes for each reading.
fn two_passes(name: &str, range: &str, window: usize) -> Vec<(String, [f64; 3])> {
    let text = fs::read_to_string(data(name).expect("it has been there")).expect("readable");
    let range: Range = range.parse().expect("a range");
    let kept: Vec<(&str, f64)> = text
        .lines()
        .skip(1)
        .map(|line| line.split_once(',').expect("two cells"))
        .map(|(time, value)| (time, value.parse().expect("a number")))
        .filter(|&(_, value)| range.contains(value))
        .map(|(time, value)| (time, range.normalize(value)))
        .collect();
    let mut expected = Vec::new();
    for (at, &(time, value)) in kept.iter().enumerate() {
        let inside = &kept[(at + 1).saturating_sub(window)..=at];
        #[expect(
            clippy::cast_precision_loss,
            reason = "the files have some thousand lines"
        )]
        let count = inside.len() as f64;
        let mean = inside.iter().map(|(_, value)| value).sum::<f64>() / count;
        let squares = inside.iter().map(|(_, value)| (value - mean).powi(2));
        expected.push((time.to_owned(), [value, mean, squares.sum::<f64>() / count]));
    }
    expected
}

/// Each printed number is within half of the sixth decimal of the expected one; and a hair, for
/// those that lie between two.
#[track_caller]
fn assert_same(output: &str, expected: &[(String, [f64; 3])]) {
    let lines: Vec<&str> = output.lines().skip(1).collect();
    assert_eq!(lines.len(), expected.len());
    for (line, (time, numbers)) in lines.into_iter().zip(expected) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(
            (cells[0], cells[1], cells.len()),
            (time.as_str(), "", 5),
            "{line}"
        );
        for (cell, number) in cells[2..].iter().zip(numbers) {
            let printed: f64 = cell.parse().expect("a number");
            assert!(
                (printed - number).abs() <= 0.5e-6 + 1e-12,
                "{line}: {number}"
            );
        }
    }
}
