//! Readings made from a seed, for whoever has none at hand. The same rows on every machine: all
//! arithmetic is on integers.

use crate::row::{Row, RowBuffer};
use std::io::Write;

/// A sensor's course: a level, around which it drifts up and down in a triangle. In thousandths of
/// a degree, which are also the decimals of a value.
struct Course {
    sensor: &'static str,
    level: i64,
    drift: i64,
    /// In readings of the sensor.
    period: i64,
}

/// With the drift and the most noise there can be all of them stay between 0 and 100 degrees.
const COURSES: [Course; 5] = [
    Course {
        sensor: "boiler",
        level: 72_000,
        drift: 6_000,
        period: 1_440,
    },
    Course {
        sensor: "condenser",
        level: 34_000,
        drift: 4_000,
        period: 2_880,
    },
    Course {
        sensor: "pump",
        level: 55_000,
        drift: 3_000,
        period: 1_000,
    },
    Course {
        sensor: "turbine",
        level: 64_000,
        drift: 8_000,
        period: 4_320,
    },
    Course {
        sensor: "hall",
        level: 21_000,
        drift: 5_000,
        period: 1_440,
    },
];

/// What stands in a cell that should hold a value.
const MISSING: [&str; 3] = ["", "NA", "fault"];

/// A spike is at least this far from 0, either way.
const SPIKE: u64 = 150_000;

/// The rows of a made-up plant: several sensors that report once a minute, with noise and drift.
/// About one reading in ten is dirty: half of these have no value, half a value far out of the
/// range from 0 to 100.
///
/// ```
/// use sensor_pipeline::Generator;
///
/// let mut rows = Generator::new(50_000, 37);
/// let first = rows.next().unwrap();
/// assert!(first.cells().eq([&b"2026-01-01 00:00:00"[..], b"boiler", b"78.172"]));
/// assert_eq!(rows.len(), 49_999);
/// ```
#[derive(Debug)]
pub struct Generator {
    left: u64,
    /// That of the row made last.
    line: u64,
    /// Which course the next row is of, and how many readings of each there were before.
    sensor: usize,
    step: i64,
    clean: bool,
    random: SplitMix64,
    clock: Clock,
    /// What the clock says, as text: all sensors report at once.
    time: Vec<u8>,
    value: Vec<u8>,
    buffer: RowBuffer,
}

impl Generator {
    /// So many rows from this seed.
    ///
    /// ```
    /// # use sensor_pipeline::Generator;
    /// let text = |seed| Generator::new(10, seed).map(|row| format!("{row:?}")).collect::<Vec<_>>();
    /// assert_eq!(text(1), text(1));
    /// assert_ne!(text(1), text(2));
    /// ```
    #[must_use]
    pub fn new(rows: u64, seed: u64) -> Self {
        Self {
            left: rows,
            line: 1,
            sensor: 0,
            step: 0,
            clean: false,
            random: SplitMix64(seed),
            clock: Clock::START,
            time: Vec::new(),
            value: Vec::new(),
            buffer: RowBuffer::default(),
        }
    }

    /// The same rows without the dirt.
    ///
    /// ```
    /// # use sensor_pipeline::Generator;
    /// let mut rows = Generator::new(1000, 37).clean();
    /// assert!(rows.all(|row| std::str::from_utf8(row.cell(2).unwrap()).unwrap().parse::<f64>().is_ok()));
    /// ```
    #[must_use]
    pub fn clean(mut self) -> Self {
        self.clean = true;
        self
    }

    /// The row that names the columns.
    ///
    /// ```
    /// # use sensor_pipeline::{ColumnNames, Columns, Generator};
    /// assert!(Columns::find(&Generator::header(), &ColumnNames::default()).is_ok());
    /// ```
    #[must_use]
    pub fn header() -> Row {
        Row::new(1, ["timestamp", "sensor", "value"])
    }

    /// What a course has come to.
    fn reading(&mut self, course: &Course) -> i64 {
        let phase = self.step % course.period;
        let triangle = 2 * (2 * phase - course.period).abs() - course.period;
        course.level + course.drift * triangle / course.period + self.random.noise()
    }

    /// Writes the value that the next cell is to hold.
    fn write_value(&mut self, thousandths: i64) {
        // Drawn for clean readings too, so that the two kinds differ in the dirt alone.
        let dirt = self.random.next();
        let detail = dirt >> 32;
        let thousandths = match dirt % 20 {
            0 if !self.clean => {
                self.value.clear();
                self.value.extend(MISSING[(detail % 3) as usize].bytes());
                return;
            }
            1 if !self.clean => {
                let size = (SPIKE + detail % 1_000_000).cast_signed();
                if detail & 1 == 0 { size } else { -size }
            }
            _ => thousandths,
        };
        write_decimal(thousandths, &mut self.value);
    }
}

/// A number of thousandths as a decimal number. Digit by digit: `write!` would take as long as all
/// the rest of making a row.
fn write_decimal(thousandths: i64, to: &mut Vec<u8>) {
    let mut text = [0; 24];
    let mut start = text.len();
    let mut put = |byte| {
        start -= 1;
        text[start] = byte;
    };
    let mut rest = thousandths.unsigned_abs();
    for place in 0.. {
        if place == 3 {
            put(b'.');
        }
        put(b'0' + (rest % 10) as u8);
        rest /= 10;
        if place >= 3 && rest == 0 {
            break;
        }
    }
    if thousandths < 0 {
        put(b'-');
    }
    to.clear();
    to.extend_from_slice(&text[start..]);
}

impl Iterator for Generator {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        self.left = self.left.checked_sub(1)?;
        if self.sensor == 0 {
            self.time.clear();
            self.clock.write(&mut self.time);
        }
        let course = &COURSES[self.sensor];
        let thousandths = self.reading(course);
        self.write_value(thousandths);
        self.line += 1;
        self.sensor += 1;
        if self.sensor == COURSES.len() {
            self.sensor = 0;
            self.step += 1;
            self.clock.advance();
        }

        let row = self.buffer.blank(self.line);
        row.push(&self.time);
        row.push(course.sensor.as_bytes());
        row.push(&self.value);
        Some(self.buffer.row())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = usize::try_from(self.left);
        (left.unwrap_or(usize::MAX), left.ok())
    }
}

impl ExactSizeIterator for Generator {}

/// Steele, Lea and Flood's generator of 2014: small, quick, and good enough for noise.
#[derive(Debug)]
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Nearly normal noise, the sum of four even draws: 0.38 degrees of standard deviation, and
    /// never more than 1.31.
    fn noise(&mut self) -> i64 {
        let draw = self.next();
        let sum: i64 = [0, 16, 32, 48]
            .iter()
            .map(|shift| (draw >> shift & 0xFFFF).cast_signed())
            .sum();
        (sum - 2 * 0xFFFF) / 100
    }
}

/// A clock with a calendar, to the minute.
#[derive(Debug)]
struct Clock {
    year: u64,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
}

impl Clock {
    const START: Self = Self {
        year: 2026,
        month: 1,
        day: 1,
        hour: 0,
        minute: 0,
    };

    fn advance(&mut self) {
        let carry = |unit: &mut u8, last: u8, first: u8| {
            let over = *unit == last;
            *unit = if over { first } else { *unit + 1 };
            over
        };
        let days = self.days_in_month();
        let next_year = carry(&mut self.minute, 59, 0)
            && carry(&mut self.hour, 23, 0)
            && carry(&mut self.day, days, 1)
            && carry(&mut self.month, 12, 1);
        self.year += u64::from(next_year);
    }

    fn days_in_month(&self) -> u8 {
        let leap = self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        match self.month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    fn write(&self, text: &mut Vec<u8>) {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
        } = self;
        write!(
            text,
            "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:00"
        )
        .expect("a vector takes all that is written");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(row: &Row) -> String {
        let cells: Vec<_> = row.cells().map(String::from_utf8_lossy).collect();
        cells.join(",")
    }

    /// FNV-1a.
    fn checksum(rows: Generator) -> u64 {
        let mut sum = 0xcbf2_9ce4_8422_2325;
        for row in rows {
            for byte in text(&row).bytes().chain([b'\n']) {
                sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        sum
    }

    #[test]
    fn the_same_bytes_on_every_machine() {
        let first: Vec<String> = Generator::new(6, 37).map(|row| text(&row)).collect();
        assert_eq!(
            first,
            [
                "2026-01-01 00:00:00,boiler,78.172",
                "2026-01-01 00:00:00,condenser,38.380",
                "2026-01-01 00:00:00,pump,57.556",
                "2026-01-01 00:00:00,turbine,71.870",
                "2026-01-01 00:00:00,hall,25.773",
                "2026-01-01 00:01:00,boiler,78.071",
            ]
        );
        assert_eq!(
            checksum(Generator::new(50_000, 37)),
            6_358_338_991_717_974_592
        );
        assert_eq!(
            checksum(Generator::new(50_000, 37).clean()),
            1_335_604_683_230_506_762
        );
    }

    #[test]
    fn a_tenth_is_dirty_half_of_it_missing_half_far_out() {
        let (mut missing, mut spikes) = (0, 0);
        let (dirty, clean) = (
            Generator::new(100_000, 1),
            Generator::new(100_000, 1).clean(),
        );
        for (row, clean) in dirty.zip(clean) {
            let clean: f64 = text(&clean).rsplit(',').next().unwrap().parse().unwrap();
            assert!((0.0..=100.0).contains(&clean), "{clean}");
            match text(&row).rsplit(',').next().unwrap().parse::<f64>() {
                Err(_) => missing += 1,
                Ok(value) if value.abs() >= 150.0 => spikes += 1,
                Ok(value) => assert_eq!(value.to_bits(), clean.to_bits()),
            }
        }
        assert!((4_700..5_300).contains(&missing), "{missing}");
        assert!((4_700..5_300).contains(&spikes), "{spikes}");
    }

    #[test]
    fn thousandths_are_written_as_decimals() {
        for (thousandths, expected) in [
            (0, "0.000"),
            (7, "0.007"),
            (-42, "-0.042"),
            (1_000, "1.000"),
            (-150_000, "-150.000"),
            (i64::MIN, "-9223372036854775.808"),
        ] {
            let mut text = b"what was there before".to_vec();
            write_decimal(thousandths, &mut text);
            assert_eq!(text, expected.as_bytes());
        }
    }

    #[test]
    fn no_course_can_leave_the_range_from_0_to_100() {
        for Course {
            sensor,
            level,
            drift,
            ..
        } in COURSES
        {
            let reach = drift + 2 * 0xFFFF / 100;
            assert!(level - reach > 0 && level + reach < 100_000, "{sensor}");
        }
    }

    #[test]
    fn minutes_run_through_months_and_leap_years() {
        let after = |mut clock: Clock| {
            clock.advance();
            let mut text = Vec::new();
            clock.write(&mut text);
            String::from_utf8(text).unwrap()
        };
        let last = |year, month, day| Clock {
            year,
            month,
            day,
            hour: 23,
            minute: 59,
        };
        assert_eq!(after(last(2026, 1, 31)), "2026-02-01 00:00:00");
        assert_eq!(after(last(2026, 2, 28)), "2026-03-01 00:00:00");
        assert_eq!(after(last(2028, 2, 28)), "2028-02-29 00:00:00");
        assert_eq!(after(last(2100, 2, 28)), "2100-03-01 00:00:00");
        assert_eq!(after(last(2000, 2, 29)), "2000-03-01 00:00:00");
        assert_eq!(after(last(2026, 12, 31)), "2027-01-01 00:00:00");
        assert_eq!(after(Clock::START), "2026-01-01 00:01:00");
    }
}
