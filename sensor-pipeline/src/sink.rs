//! The last stage: readings with their features leave as CSV.

use crate::csv_out::CsvOut;
use crate::features::{Featured, Moments};
use measured_core::measured_stage;
use std::io::{self, Write};

/// What the output's columns are called.
pub const OUTPUT_HEADER: [&str; 5] = ["timestamp", "sensor", "value", "mean", "variance"];

/// Takes all readings, writes them as CSV if there is somewhere to write to, and tells how many
/// there were. Numbers have six decimals.
///
/// # Errors
/// When the output cannot be written.
///
/// ```
/// use sensor_pipeline::{Featured, Moments, Reading, sink};
///
/// let featured = Featured {
///     reading: Reading { time: "12:00".into(), sensor: "pump".into(), value: 0.25 },
///     moments: Moments { mean: 0.5, variance: 0.125 },
/// };
/// let mut output = Vec::new();
/// assert_eq!(sink([featured].into_iter(), Some(&mut output))?, 1);
/// assert_eq!(output, b"timestamp,sensor,value,mean,variance\n12:00,pump,0.250000,0.500000,0.125000\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[measured_stage("sink")]
pub fn sink(
    readings: impl Iterator<Item = Featured>,
    output: Option<impl Write>,
) -> io::Result<u64> {
    let Some(output) = output else {
        return Ok(readings.fold(0, |count, _| count + 1));
    };
    let mut csv = CsvOut::new(output);
    csv.row(OUTPUT_HEADER)?;
    let mut count = 0;
    let mut number = Vec::new();
    for Featured {
        reading,
        moments: Moments { mean, variance },
    } in readings
    {
        csv.cell(reading.time.as_str())?;
        csv.cell(&*reading.sensor)?;
        for value in [reading.value, mean, variance] {
            number.clear();
            write!(number, "{value:.6}")?;
            csv.cell(&number)?;
        }
        csv.end_row()?;
        count += 1;
    }
    csv.flush()?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Reading;

    fn featured(time: &str, sensor: &str) -> Featured {
        Featured {
            reading: Reading {
                time: time.into(),
                sensor: sensor.into(),
                value: 1.0 / 3.0,
            },
            moments: Moments {
                mean: 2.0 / 3.0,
                variance: 1e-7,
            },
        }
    }

    fn written(readings: &[Featured]) -> String {
        let mut output = Vec::new();
        let count = sink(readings.iter().cloned(), Some(&mut output)).expect("a vector takes all");
        assert_eq!(count, readings.len() as u64);
        String::from_utf8(output).expect("text in, text out")
    }

    #[test]
    fn names_are_quoted_where_they_must_be_and_numbers_have_six_decimals() {
        assert_eq!(
            written(&[featured("12:00", ""), featured("12:01", "hall, \"north\"")]),
            "timestamp,sensor,value,mean,variance\n\
             12:00,,0.333333,0.666667,0.000000\n\
             12:01,\"hall, \"\"north\"\"\",0.333333,0.666667,0.000000\n"
        );
    }

    #[test]
    fn no_readings_make_a_header_alone() {
        assert_eq!(written(&[]), "timestamp,sensor,value,mean,variance\n");
    }

    #[test]
    fn without_an_output_readings_are_counted() {
        let readings = vec![featured("12:00", ""); 3];
        let counted = sink(readings.into_iter(), None::<io::Sink>);
        assert_eq!(counted.expect("nothing is written"), 3);
    }

    #[test]
    fn the_error_is_that_of_the_output() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for count in [1, 10_000] {
            let readings = vec![featured("12:00", ""); count];
            let error = sink(readings.into_iter(), Some(Closed)).expect_err("it is closed");
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{count} readings");
        }
    }
}
