//! The account that `parse` keeps of the rows that it is given.

use crate::csv_out::CsvOut;
use crate::row::{Row, Unreadable};
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::ops::ControlFlow;

/// How many rejected rows are remembered one by one.
const NAMED: usize = 5;

/// What [`parse`](crate::parse()) made of the rows: how many there were, how many had no value,
/// which could not be read and why; and what is to happen with those.
///
/// ```
/// use sensor_pipeline::{ColumnNames, Columns, Intake, Row, parse};
///
/// let columns = Columns::find(&Row::new(1, ["timestamp", "value"]), &ColumnNames::default())?;
/// let rows = [Row::new(2, ["12:00", "NA"]), Row::new(3, ["12:01"]), Row::new(4, ["12:02", "7"])];
///
/// let mut intake = Intake::default();
/// let readings = parse(rows.into_iter(), &columns, &mut intake);
///
/// assert_eq!(readings.count(), 2);
/// assert_eq!((intake.rows(), intake.missing(), intake.rejected()), (3, 1, 1));
/// assert_eq!(intake.named()[0].to_string(), "line 3: 1 field where the header has 2");
/// intake.finish()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct Intake {
    strict: bool,
    copy: Option<CsvOut<Box<dyn io::Write>>>,
    rows: u64,
    missing: u64,
    rejected: BTreeMap<&'static str, u64>,
    named: Vec<Rejected>,
    stopped: Option<Stopped>,
}

impl Intake {
    /// Stops at the first row that cannot be read.
    ///
    /// ```
    /// # use sensor_pipeline::{ColumnNames, Columns, Intake, Row, parse};
    /// # let columns = Columns::find(&Row::new(1, ["timestamp", "value"]), &ColumnNames::default())?;
    /// let rows = [Row::new(2, ["12:00"]), Row::new(3, ["12:01", "7"])];
    /// let mut intake = Intake::default().strict();
    /// assert_eq!(parse(rows.into_iter(), &columns, &mut intake).count(), 0);
    /// assert!(intake.finish().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// Copies the rows that cannot be read, under their header, so that they can be mended and read
    /// again. A row that was too long to be read is copied as far as it was read.
    ///
    /// # Errors
    /// When the header cannot be written.
    ///
    /// ```
    /// # use sensor_pipeline::{Intake, Row};
    /// let header = Row::new(1, ["timestamp", "value"]);
    /// let intake = Intake::default().copy_rejected_to(Box::new(std::io::sink()), &header)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn copy_rejected_to(mut self, to: Box<dyn io::Write>, header: &Row) -> io::Result<Self> {
        let mut copy = CsvOut::new(to);
        copy.row(header.cells())?;
        self.copy = Some(copy);
        Ok(self)
    }

    /// Rows taken, whatever became of them.
    ///
    /// ```
    /// # use sensor_pipeline::Intake;
    /// assert_eq!(Intake::default().rows(), 0);
    /// ```
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Readings without a value: the cell was empty, `NA` or not a number.
    ///
    /// ```
    /// # use sensor_pipeline::Intake;
    /// assert_eq!(Intake::default().missing(), 0);
    /// ```
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// Rows that could not be read.
    ///
    /// ```
    /// # use sensor_pipeline::Intake;
    /// assert_eq!(Intake::default().rejected(), 0);
    /// ```
    #[must_use]
    pub fn rejected(&self) -> u64 {
        self.rejected.values().sum()
    }

    /// The same by reason, for the reasons that there were.
    ///
    /// ```
    /// # use sensor_pipeline::Intake;
    /// assert_eq!(Intake::default().rejected_by_reason().count(), 0);
    /// ```
    pub fn rejected_by_reason(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.rejected
            .iter()
            .map(|(reason, count)| (*reason, *count))
    }

    /// The first few of them.
    ///
    /// ```
    /// # use sensor_pipeline::Intake;
    /// assert_eq!(Intake::default().named().len(), 0);
    /// ```
    #[must_use]
    pub fn named(&self) -> &[Rejected] {
        &self.named
    }

    /// Writes out what is still to be written, and tells what stopped parsing, if anything did.
    ///
    /// # Errors
    /// With the row at which a strict intake stopped, or the error met when rows were copied.
    ///
    /// ```
    /// # use sensor_pipeline::Intake;
    /// assert!(Intake::default().finish().is_ok());
    /// ```
    pub fn finish(&mut self) -> Result<(), Stopped> {
        let written = self.copy.as_mut().map_or(Ok(()), CsvOut::flush);
        match self.stopped.take() {
            Some(stopped) => Err(stopped),
            None => written.map_err(Stopped::Copying),
        }
    }

    #[inline]
    pub(crate) fn count(&mut self, is_missing: bool) {
        self.rows += 1;
        self.missing += u64::from(is_missing);
    }

    /// Notes a row that cannot be read, and whether to go on.
    pub(crate) fn reject(&mut self, row: &Row, why: Unreadable) -> ControlFlow<()> {
        self.rows += 1;
        *self.rejected.entry(why.kind()).or_default() += 1;
        let rejected = Rejected {
            line: row.line(),
            why,
        };
        if self.named.len() < NAMED {
            self.named.push(rejected.clone());
        }
        let copied = self
            .copy
            .as_mut()
            .map_or(Ok(()), |copy| copy.row(row.cells()));
        self.stopped = match copied {
            Err(error) => Some(Stopped::Copying(error)),
            Ok(()) if self.strict => Some(Stopped::Strict(rejected)),
            Ok(()) => return ControlFlow::Continue(()),
        };
        ControlFlow::Break(())
    }
}

/// A row that could not be read.
///
/// ```
/// use sensor_pipeline::{Rejected, Unreadable};
///
/// let rejected = Rejected { line: 17, why: Unreadable::NotUtf8 };
/// assert_eq!(rejected.to_string(), "line 17: not UTF-8");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The line on which it starts.
    pub line: u64,
    /// Why.
    pub why: Unreadable,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

/// What stopped parsing before the rows came to their end.
///
/// ```
/// use sensor_pipeline::{Rejected, Stopped, Unreadable};
///
/// let stopped = Stopped::Strict(Rejected { line: 17, why: Unreadable::NotUtf8 });
/// assert_eq!(stopped.to_string(), "line 17: not UTF-8");
/// ```
#[derive(Debug)]
pub enum Stopped {
    /// The intake is strict, and this row could not be read.
    Strict(Rejected),
    /// A rejected row could not be copied.
    Copying(io::Error),
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Strict(rejected) => rejected.fmt(f),
            Self::Copying(error) => write!(f, "rejected rows cannot be copied: {error}"),
        }
    }
}

impl std::error::Error for Stopped {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_rejected_rows_are_counted_and_few_are_kept() {
        let mut intake = Intake::default();
        for line in 2..1002 {
            let why = if line % 4 == 0 {
                Unreadable::NotUtf8
            } else {
                Unreadable::FieldCount {
                    found: 1,
                    expected: 4,
                }
            };
            assert!(intake.reject(&Row::new(line, ["x"]), why).is_continue());
        }
        assert_eq!(
            intake.rejected_by_reason().collect::<Vec<_>>(),
            [("not UTF-8", 250), ("wrong number of fields", 750)]
        );
        let lines: Vec<u64> = intake
            .named()
            .iter()
            .map(|rejected| rejected.line)
            .collect();
        assert_eq!(lines, [2, 3, 4, 5, 6]);
    }

    #[test]
    fn a_copy_that_fails_stops_the_intake() {
        struct Full;
        impl io::Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let header = Row::new(1, ["timestamp", "value"]);
        let mut intake = Intake::default()
            .copy_rejected_to(Box::new(Full), &header)
            .expect("the header is buffered");
        let long = Row::new(2, ["x".repeat(1 << 20)]);
        assert!(intake.reject(&long, Unreadable::TooLong).is_break());
        assert!(matches!(intake.finish(), Err(Stopped::Copying(_))));
    }
}
