//! Where in a row the time, the sensor and the value stand.

use crate::row::{Row, Unreadable};
use std::fmt;

/// What the wanted columns are called in the header.
///
/// ```
/// use sensor_pipeline::ColumnNames;
///
/// assert_eq!(ColumnNames::default().value, "value");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnNames {
    /// The column of the time.
    pub time: String,
    /// The column of the value.
    pub value: String,
    /// The column of the sensor's name. `None`: that called `sensor`, if there is one. (To pass it
    /// over because nobody named it would mix all sensors in one window.)
    pub sensor: Option<String>,
}

impl Default for ColumnNames {
    fn default() -> Self {
        Self {
            time: "timestamp".into(),
            value: "value".into(),
            sensor: None,
        }
    }
}

/// Where the wanted columns stand, and how many columns there are.
///
/// ```
/// use sensor_pipeline::{ColumnNames, Columns, Row};
///
/// let header = Row::new(1, ["timestamp", "value"]);
/// let columns = Columns::find(&header, &ColumnNames::default())?;
///
/// let row = Row::new(2, ["2013-12-02 21:15:00", "73.96"]);
/// let reading = columns.read(&row)?;
/// assert_eq!(reading.value, "73.96");
/// assert_eq!(reading.sensor, "");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    time: usize,
    value: usize,
    sensor: Option<usize>,
    width: usize,
}

impl Columns {
    /// Finds the columns in the header.
    ///
    /// # Errors
    /// When a wanted column is not there or stands there twice, or the header cannot be read.
    ///
    /// ```
    /// # use sensor_pipeline::{ColumnNames, Columns, Row};
    /// let header = Row::new(1, ["timestamp", "temperature"]);
    /// let error = Columns::find(&header, &ColumnNames::default()).unwrap_err();
    /// assert_eq!(error.to_string(), r#"no column "value": the header has "timestamp", "temperature""#);
    /// ```
    pub fn find(header: &Row, names: &ColumnNames) -> Result<Self, ColumnError> {
        let text = header.text().map_err(ColumnError::Header)?;
        let header = (0..header.len())
            .map(|index| text.cell(index))
            .collect::<Result<Vec<_>, _>>()
            .map_err(ColumnError::Header)?;
        let sensor = match &names.sensor {
            Some(name) => Some(position(&header, name)?),
            None if header.contains(&"sensor") => Some(position(&header, "sensor")?),
            None => None,
        };
        Ok(Self {
            time: position(&header, &names.time)?,
            value: position(&header, &names.value)?,
            sensor,
            width: header.len(),
        })
    }

    /// The cells of a row that matter, as text.
    ///
    /// # Errors
    /// When the row cannot be read.
    ///
    /// ```
    /// # use sensor_pipeline::{ColumnNames, Columns, Row, Unreadable};
    /// # let header = Row::new(1, ["timestamp", "value"]);
    /// # let columns = Columns::find(&header, &ColumnNames::default())?;
    /// let short = Row::new(17, ["2013-12-02 21:15:00"]);
    /// assert_eq!(columns.read(&short), Err(Unreadable::FieldCount { found: 1, expected: 2 }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn read<'a>(&self, row: &'a Row) -> Result<RawReading<'a>, Unreadable> {
        let text = row.text()?;
        if row.len() != self.width {
            return Err(Unreadable::FieldCount {
                found: row.len(),
                expected: self.width,
            });
        }
        let cell = |index| {
            let cell = text.cell(index)?;
            if text.has_controls && cell.contains(['\n', '\r']) {
                return Err(Unreadable::LineBreak);
            }
            Ok(cell)
        };
        Ok(RawReading {
            time: cell(self.time)?,
            sensor: self.sensor.map_or(Ok(""), cell)?,
            value: cell(self.value)?,
        })
    }
}

/// A reading as it is written: text without the blanks around it.
///
/// ```
/// use sensor_pipeline::RawReading;
///
/// let raw = RawReading { time: "12:00", sensor: "pump", value: "fault" };
/// assert!(raw.value.parse::<f64>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawReading<'a> {
    /// When.
    pub time: &'a str,
    /// Which sensor; empty where there is no such column.
    pub sensor: &'a str,
    /// How much.
    pub value: &'a str,
}

/// Why the wanted columns could not be found.
///
/// ```
/// # use sensor_pipeline::{ColumnNames, Columns, Row};
/// let header = Row::new(1, ["timestamp", "value", "value"]);
/// let error = Columns::find(&header, &ColumnNames::default()).unwrap_err();
/// assert_eq!(error.to_string(), r#"the header has "value" twice, as columns 2 and 3"#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnError {
    /// No column has this name.
    Missing {
        /// The name.
        name: String,
        /// The names that there are.
        header: Vec<String>,
    },
    /// Two columns have this name.
    Twice {
        /// The name.
        name: String,
        /// The columns, counted from 1.
        columns: [usize; 2],
    },
    /// The header cannot be read.
    Header(Unreadable),
}

impl fmt::Display for ColumnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// The error is one line, and a header may have a thousand columns.
        const SHOWN: usize = 10;
        match self {
            Self::Missing { name, header } => {
                write!(f, "no column {name:?}: the header has ")?;
                for (index, name) in header.iter().take(SHOWN).enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{name:?}")?;
                }
                match header.len().saturating_sub(SHOWN) {
                    0 => Ok(()),
                    more => write!(f, " and {more} more"),
                }
            }
            Self::Twice {
                name,
                columns: [first, second],
            } => {
                write!(
                    f,
                    "the header has {name:?} twice, as columns {first} and {second}"
                )
            }
            Self::Header(why) => write!(f, "the header cannot be read: {why}"),
        }
    }
}

impl std::error::Error for ColumnError {}

fn position(header: &[&str], name: &str) -> Result<usize, ColumnError> {
    let mut places = (0..header.len()).filter(|&index| header[index] == name);
    match (places.next(), places.next()) {
        (Some(only), None) => Ok(only),
        (Some(first), Some(second)) => Err(ColumnError::Twice {
            name: name.into(),
            columns: [first + 1, second + 1],
        }),
        (None, _) => Err(ColumnError::Missing {
            name: name.into(),
            header: header.iter().map(ToString::to_string).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(header: &[&str], sensor: Option<&str>) -> Result<Columns, ColumnError> {
        let names = ColumnNames {
            sensor: sensor.map(Into::into),
            ..ColumnNames::default()
        };
        Columns::find(&Row::new(1, header), &names)
    }

    #[test]
    fn the_sensor_column_is_found_by_itself_or_by_name() {
        let header = ["sensor", "value", "timestamp", "place"];
        let row = Row::new(2, ["s", "v", "t", "p"]);
        let sensor = |name| find(&header, name).map(|c| c.read(&row).expect("readable").sensor);
        assert_eq!(sensor(None), Ok("s"));
        assert_eq!(sensor(Some("place")), Ok("p"));
        assert!(matches!(
            sensor(Some("room")),
            Err(ColumnError::Missing { .. })
        ));
    }

    #[test]
    fn a_column_that_stands_twice_matters_only_if_it_is_wanted() {
        assert!(find(&["timestamp", "value", "note", "note"], None).is_ok());
        assert_eq!(
            find(&["value", "timestamp", "value"], None),
            Err(ColumnError::Twice {
                name: "value".into(),
                columns: [1, 3]
            })
        );
    }

    #[test]
    fn blanks_around_column_names_do_not_count() {
        assert!(find(&["timestamp ", " value"], None).is_ok());
    }

    #[test]
    fn a_long_header_is_not_listed_whole() {
        let header: Vec<String> = (0..1000).map(|index| format!("c{index}")).collect();
        let error = Columns::find(&Row::new(1, &header), &ColumnNames::default()).unwrap_err();
        assert!(
            error.to_string().ends_with(r#""c9" and 990 more"#),
            "{error}"
        );
    }

    #[test]
    fn a_line_break_is_looked_for_in_the_cells_that_are_read_and_in_no_others() {
        let columns = find(&["timestamp", "value", "note"], None).expect("all there");
        let read = |cells: [&str; 3]| columns.read(&Row::new(2, cells)).map(|raw| raw.value.len());
        assert_eq!(read(["t", "1", "two\nlines"]), Ok(1));
        assert_eq!(read(["t", "1\n2", "note"]), Err(Unreadable::LineBreak));
        assert_eq!(read(["t\r", "1", "note"]), Err(Unreadable::LineBreak));
    }
}
