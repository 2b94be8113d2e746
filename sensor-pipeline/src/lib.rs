//! The reference pipeline of [`measured_core`]: sensor readings are parsed, filtered, normalised,
//! given the features of their window, and written. Five stages, each a function in a file of its
//! own, each measured by one line above it:
//!
//! ```
//! use measured_core::measured_stage;
//! use sensor_pipeline::{Range, Reading};
//!
//! #[measured_stage("normalize")]
//! pub fn normalize(
//!     readings: impl Iterator<Item = Reading>,
//!     range: Range,
//! ) -> impl Iterator<Item = Reading> {
//!     readings.map(move |reading| {
//!         let value = range.normalize(reading.value);
//!         reading.with_value(value)
//!     })
//! }
//! ```
//!
//! A stage takes an iterator and returns one, so stages are put together by calling them:
//!
//! ```
//! use sensor_pipeline::{Method, Range, Reading, features, filter, normalize};
//!
//! let reading = |value| Reading { time: "12:00".into(), sensor: "pump".into(), value };
//! let readings = [Some(10.0), None, Some(30.0)].map(reading);
//! let range = Range::new(0.0, 100.0)?;
//!
//! let kept = filter(readings.into_iter(), range);
//! let scaled = normalize(kept, range);
//! let featured = features(scaled, 10.try_into().unwrap(), Method::Running);
//! let means: Vec<f64> = featured.map(|featured| featured.moments.mean).collect();
//! assert_eq!(means, [0.1, 0.2]);
//! # Ok::<(), sensor_pipeline::RangeError>(())
//! ```
//!
//! Errors do not flow through the stages: they would burden each of them with what only the ends
//! can meet. A source yields `Result`s, of which a pipeline takes the rows up to the first error,
//! and [`Intake`] keeps what [`parse`] could not read. [`pipeline`] puts all five together.

// The stages are generic and so compiled in the crate that calls them. What they call for every
// record is marked `#[inline]`, so that it can be compiled into them: a tenth of the whole time.

mod columns;
mod csv_out;
mod features;
mod filter;
mod generate;
mod intake;
mod normalize;
mod parse;
mod range;
mod reading;
mod row;
mod sink;
mod source;
mod timestamp;

use std::io;
use std::num::NonZeroUsize;

pub use self::columns::{ColumnError, ColumnNames, Columns, RawReading};
pub use self::features::{Featured, Method, Moments, NaiveWindow, RunningWindow, features};
pub use self::filter::filter;
pub use self::generate::Generator;
pub use self::intake::{Intake, Rejected, Stopped};
pub use self::normalize::normalize;
pub use self::parse::parse;
pub use self::range::{Range, RangeError};
pub use self::reading::Reading;
pub use self::row::{LONGEST_ROW, MOST_CELLS, Row, Unreadable};
pub use self::sink::{OUTPUT_HEADER, sink};
pub use self::source::{CsvRows, ReadError};
pub use self::timestamp::Timestamp;

/// What the stages are to do.
///
/// ```
/// use sensor_pipeline::{Method, Range, Settings};
///
/// let settings = Settings {
///     range: Range::new(0.0, 100.0)?,
///     window: 10.try_into().unwrap(),
///     method: Method::Running,
/// };
/// # Ok::<(), sensor_pipeline::RangeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// What [`filter`] keeps and [`normalize`] maps to 0 … 1.
    pub range: Range,
    /// How many readings of a sensor [`features`] looks back on.
    pub window: NonZeroUsize,
    /// How it does that.
    pub method: Method,
}

/// The whole pipeline: runs all rows through the five stages and tells how many readings came
/// out at the end. `intake` tells afterwards what became of the others.
///
/// # Errors
/// When the output cannot be written.
///
/// ```
/// use sensor_pipeline::{ColumnNames, Columns, Generator, Intake, Method, Range, Settings, pipeline};
///
/// let columns = Columns::find(&Generator::header(), &ColumnNames::default())?;
/// let settings = Settings {
///     range: Range::new(0.0, 100.0)?,
///     window: 10.try_into().unwrap(),
///     method: Method::Running,
/// };
/// let mut intake = Intake::default();
/// let mut output = Vec::new();
/// let written = pipeline(Generator::new(1000, 37), &columns, settings, &mut intake, Some(&mut output))?;
/// assert_eq!(intake.rows(), 1000);
/// assert_eq!(output.iter().filter(|&&byte| byte == b'\n').count() as u64, 1 + written);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn pipeline(
    rows: impl Iterator<Item = Row>,
    columns: &Columns,
    settings: Settings,
    intake: &mut Intake,
    output: Option<impl io::Write>,
) -> io::Result<u64> {
    let readings = parse(rows, columns, intake);
    let kept = filter(readings, settings.range);
    let scaled = normalize(kept, settings.range);
    let featured = features(scaled, settings.window, settings.method);
    sink(featured, output)
}
