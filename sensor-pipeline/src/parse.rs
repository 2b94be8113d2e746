//! The first stage: rows of text become readings.

use crate::columns::Columns;
use crate::intake::Intake;
use crate::reading::Reading;
use crate::row::Row;
use measured_core::measured_stage;
use std::collections::HashSet;
use std::iter;
use std::sync::Arc;

/// Makes readings of rows.
///
/// A value that is empty, `NA` or anything else that is not a number is missing; the reading is
/// passed on all the same, for [`filter`](crate::filter()) to drop. A row that cannot be read at
/// all is rejected. `intake` keeps the account of both, and stops the pipeline if it is strict.
///
/// ```
/// use sensor_pipeline::{ColumnNames, Columns, Intake, Row, parse};
///
/// let columns = Columns::find(&Row::new(1, ["timestamp", "value"]), &ColumnNames::default())?;
/// let rows = [Row::new(2, ["12:00", "73.5"]), Row::new(3, ["12:01", "NA"])];
///
/// let mut intake = Intake::default();
/// let values: Vec<_> = parse(rows.into_iter(), &columns, &mut intake).map(|r| r.value).collect();
/// assert_eq!(values, [Some(73.5), None]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[measured_stage("parse")]
pub fn parse(
    rows: impl Iterator<Item = Row>,
    columns: &Columns,
    intake: &mut Intake,
) -> impl Iterator<Item = Reading<Option<f64>>> {
    let mut rows = rows;
    let mut sensors = Sensors::default();
    iter::from_fn(move || {
        loop {
            let row = rows.next()?;
            match columns.read(&row) {
                Ok(raw) => {
                    let value = number(raw.value);
                    intake.count(value.is_none());
                    let sensor = sensors.named(raw.sensor);
                    return Some(Reading {
                        time: raw.time.into(),
                        sensor,
                        value,
                    });
                }
                Err(why) => {
                    if intake.reject(&row, why).is_break() {
                        return None;
                    }
                }
            }
        }
    })
}

/// The number that a cell holds, if it holds one. Infinite ones are numbers; `NaN` says of itself
/// that it is not.
#[inline]
fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|number: &f64| !number.is_nan())
}

/// The names of the sensors so far: one copy of each, shared by its readings.
#[derive(Default)]
struct Sensors {
    names: HashSet<Arc<str>>,
    last: Arc<str>,
}

impl Sensors {
    #[inline]
    fn named(&mut self, name: &str) -> Arc<str> {
        if *self.last != *name {
            if let Some(known) = self.names.get(name) {
                self.last = Arc::clone(known);
            } else {
                self.last = Arc::from(name);
                self.names.insert(Arc::clone(&self.last));
            }
        }
        Arc::clone(&self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_number_and_what_is_missing() {
        for (cell, expected) in [
            ("73.96732207", Some(73.967_322_07)),
            ("-1e3", Some(-1000.0)),
            ("+.5", Some(0.5)),
            ("1e400", Some(f64::INFINITY)),
            ("inf", Some(f64::INFINITY)),
            ("", None),
            ("NA", None),
            ("NaN", None),
            ("-nan", None),
            ("null", None),
            ("73,96", None),
            ("1_000", None),
            ("0x10", None),
            ("7 3", None),
            ("٣", None),
        ] {
            assert_eq!(number(cell), expected, "{cell:?}");
        }
    }

    #[test]
    fn readings_of_a_sensor_share_its_name() {
        let mut sensors = Sensors::default();
        let names: Vec<_> = ["", "a", "a", "b", "", "a", "b"]
            .into_iter()
            .map(|name| sensors.named(name))
            .collect();
        assert_eq!(
            names.iter().map(AsRef::as_ref).collect::<Vec<&str>>(),
            ["", "a", "a", "b", "", "a", "b"]
        );
        assert!(Arc::ptr_eq(&names[1], &names[5]));
        assert!(Arc::ptr_eq(&names[3], &names[6]));
    }
}
