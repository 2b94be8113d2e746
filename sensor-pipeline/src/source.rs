//! Rows from CSV text, streamed: however long the input, one row of it is in memory.

use crate::row::{Cells, LONGEST_ROW, MOST_CELLS, Row, RowBuffer, Unreadable};
use csv_core::ReadRecordResult;
use std::fmt;
use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

/// What some editors put before the first character of a file.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// How much is read at a time.
const BLOCK: usize = 64 << 10;

/// The rows of CSV text; the first of them is the header.
///
/// Understands quoted cells, line breaks inside of them, `\n`, `\r\n` and `\r`, a byte order mark,
/// and a last line without its line break; skips empty lines. Whatever it cannot make a row of it
/// still yields, marked, for [`parse`](crate::parse()) to reject: a row longer than
/// [`LONGEST_ROW`], a quote that is never closed.
///
/// It reads through `csv_core`, the engine of the `csv` crate, because that crate sets no bound on
/// a row's length and does not tell that a quote was left open.
///
/// ```
/// use sensor_pipeline::CsvRows;
///
/// let text = "timestamp,value\r\n2013-12-02 21:15:00,73.96\r\n";
/// let rows: Vec<_> = CsvRows::new(text.as_bytes())?.collect::<Result<_, _>>()?;
/// assert_eq!(rows[0].cell(0), Some(&b"timestamp"[..]));
/// assert_eq!((rows[1].line(), rows[1].cell(1)), (2, Some(&b"73.96"[..])));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct CsvRows<R> {
    input: BufReader<Chain<Cursor<Vec<u8>>, R>>,
    splitter: csv_core::Reader,
    buffer: RowBuffer,
    /// Line breaks that were skipped between rows, which the splitter did not see and count.
    skipped: u64,
    ended: bool,
}

impl<R: Read> CsvRows<R> {
    /// Rows from this input, which need not be buffered.
    ///
    /// # Errors
    /// When the first bytes cannot be read.
    ///
    /// ```
    /// # use sensor_pipeline::CsvRows;
    /// assert_eq!(CsvRows::new(&b""[..])?.count(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(mut input: R) -> io::Result<Self> {
        // The splitter strips the mark too, but only where one read brings all of it.
        let mut start = Vec::new();
        input
            .by_ref()
            .take(BYTE_ORDER_MARK.len() as u64)
            .read_to_end(&mut start)?;
        if start == BYTE_ORDER_MARK {
            start.clear();
        }
        Ok(Self {
            input: BufReader::with_capacity(BLOCK, Cursor::new(start).chain(input)),
            splitter: csv_core::Reader::new(),
            buffer: RowBuffer::default(),
            skipped: 0,
            ended: false,
        })
    }

    /// The line that is read, counted from 1.
    fn line(&self) -> u64 {
        self.splitter.line() + self.skipped
    }

    /// Goes to the first character of the next row. The splitter would skip line breaks too, but
    /// the row would then be said to start on the first of them.
    fn find_row(&mut self) -> io::Result<bool> {
        loop {
            let block = fill(&mut self.input)?;
            if block.is_empty() {
                return Ok(false);
            }
            let breaks = block
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'));
            let (length, lines) = breaks.fold((0, 0), |(length, lines), byte| {
                (length + 1, lines + u64::from(*byte == b'\n'))
            });
            let found = length < block.len();
            self.input.consume(length);
            self.skipped += lines;
            if found {
                return Ok(true);
            }
        }
    }

    fn read_row(&mut self) -> io::Result<bool> {
        if !self.find_row()? {
            return Ok(false);
        }
        let line = self.line();
        let cells = self.buffer.blank(line);
        let mut length = 0;
        cells.damage = loop {
            let step = split(
                &mut self.input,
                &mut self.splitter,
                &mut cells.text[length..],
                &mut cells.ends[cells.count..],
            )?;
            length += step.bytes;
            cells.count += step.cells;
            match step.then {
                Then::RowEnded => break None,
                Then::QuoteOpen => {
                    close(cells, length);
                    break Some(Unreadable::OpenQuote);
                }
                Then::ReadOn => {}
                Then::NeedsRoom if grow(cells, length) => {}
                Then::NeedsRoom => {
                    close(cells, length);
                    break Some(skip_row(&mut self.input, &mut self.splitter)?);
                }
            }
        };
        Ok(true)
    }
}

impl<R: Read> Iterator for CsvRows<R> {
    type Item = Result<Row, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        match self.read_row() {
            Ok(true) => Some(Ok(self.buffer.row())),
            Ok(false) => {
                self.ended = true;
                None
            }
            Err(error) => {
                self.ended = true;
                Some(Err(ReadError {
                    line: self.line(),
                    error,
                }))
            }
        }
    }
}

/// An input that could not be read to its end.
///
/// ```
/// use sensor_pipeline::ReadError;
///
/// let error = ReadError { line: 17, error: std::io::Error::other("cable cut") };
/// assert_eq!(error.to_string(), "line 17: cable cut");
/// ```
#[derive(Debug)]
pub struct ReadError {
    /// The line up to which it was read.
    pub line: u64,
    /// What went wrong.
    pub error: io::Error,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.error)
    }
}

impl std::error::Error for ReadError {}

/// What one call of the splitter did.
struct Step {
    bytes: usize,
    cells: usize,
    then: Then,
}

enum Then {
    RowEnded,
    ReadOn,
    NeedsRoom,
    QuoteOpen,
}

fn split(
    input: &mut impl BufRead,
    splitter: &mut csv_core::Reader,
    text: &mut [u8],
    ends: &mut [usize],
) -> io::Result<Step> {
    let block = fill(input)?;
    let at_end = block.is_empty();
    // At the end of the input a line break ends every row but one: that with an open quote, of
    // which the splitter would otherwise make a row like any other.
    let block = if at_end { b"\n" } else { block };
    let (result, read, bytes, cells) = splitter.read_record(block, text, ends);
    if !at_end {
        input.consume(read);
    }
    let then = match result {
        ReadRecordResult::Record | ReadRecordResult::End => Then::RowEnded,
        ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => Then::NeedsRoom,
        ReadRecordResult::InputEmpty if at_end => Then::QuoteOpen,
        ReadRecordResult::InputEmpty => Then::ReadOn,
    };
    Ok(Step { bytes, cells, then })
}

/// Makes room in whichever of the two buffers is full; false when it may not grow any more.
fn grow(cells: &mut Cells, length: usize) -> bool {
    let (full, most) = if cells.count == cells.ends.len() {
        (cells.ends.len(), MOST_CELLS)
    } else {
        (length, LONGEST_ROW)
    };
    if full >= most {
        return false;
    }
    if cells.count == cells.ends.len() {
        cells.ends.resize((full * 2).clamp(16, MOST_CELLS), 0);
    } else {
        cells.text.resize((full * 2).clamp(256, LONGEST_ROW), 0);
    }
    true
}

/// Makes a cell of what was read of a row that did not come to its end.
fn close(cells: &mut Cells, length: usize) {
    cells.ends.truncate(cells.count);
    cells.ends.push(length);
    cells.count += 1;
}

/// Reads to the end of a row that is too long, keeping nothing.
fn skip_row(input: &mut impl BufRead, splitter: &mut csv_core::Reader) -> io::Result<Unreadable> {
    let (mut text, mut ends) = ([0; 4096], [0; 256]);
    loop {
        match split(input, splitter, &mut text, &mut ends)?.then {
            Then::RowEnded => return Ok(Unreadable::TooLong),
            Then::QuoteOpen => return Ok(Unreadable::OpenQuote),
            Then::ReadOn | Then::NeedsRoom => {}
        }
    }
}

/// `fill_buf`, tried again when a signal interrupts it. At the end of the input it reads once: a
/// terminal would ask for a second Ctrl-D.
fn fill(input: &mut impl BufRead) -> io::Result<&[u8]> {
    loop {
        match input.fill_buf() {
            Ok([]) => return Ok(&[]),
            Ok(_) => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    input.fill_buf()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Gives so many bytes at a time, and is interrupted in between.
    struct Dribble<'a> {
        rest: &'a [u8],
        at_a_time: usize,
        interrupted: bool,
    }

    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.interrupted = !self.interrupted;
            if self.interrupted {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let length = self.at_a_time.min(buffer.len());
            let mut now = self.rest.take(length as u64);
            let read = now.read(buffer)?;
            self.rest = &self.rest[read..];
            Ok(read)
        }
    }

    fn rows(input: impl Read) -> Vec<Row> {
        let rows = CsvRows::new(input).expect("readable");
        rows.collect::<Result<_, _>>().expect("readable")
    }

    /// Every row as its line and its cells.
    fn cells(rows: &[Row]) -> Vec<(u64, Vec<String>)> {
        let text = |cell| String::from_utf8_lossy(cell).into_owned();
        rows.iter()
            .map(|row| (row.line(), row.cells().map(text).collect()))
            .collect()
    }

    fn read(text: &str) -> Vec<(u64, Vec<String>)> {
        cells(&rows(text.as_bytes()))
    }

    fn row<const N: usize>(line: u64, cells: [&str; N]) -> (u64, Vec<String>) {
        (line, cells.map(String::from).to_vec())
    }

    fn damage(row: &Row) -> Option<Unreadable> {
        row.text().err()
    }

    #[test]
    fn lines_are_counted_through_all_kinds_of_line_breaks() {
        for text in [
            "a,b\n1,2\n3,4\n",
            "a,b\r\n1,2\r\n3,4\r\n",
            "a,b\n1,2\r\n3,4",
        ] {
            assert_eq!(
                read(text),
                [row(1, ["a", "b"]), row(2, ["1", "2"]), row(3, ["3", "4"])]
            );
        }
        assert_eq!(read("a\n\n\r\nb\n\n"), [row(1, ["a"]), row(4, ["b"])]);
        assert_eq!(
            read("a\n\"b\nb\"\nc"),
            [row(1, ["a"]), row(2, ["b\nb"]), row(4, ["c"])]
        );
        assert_eq!(read("a\rb"), [row(1, ["a"]), row(1, ["b"])]);
    }

    #[test]
    fn quotes_are_taken_off_and_doubled_ones_stay() {
        assert_eq!(
            read("\"a,b\",\"say \"\"x\"\"\",5\" pipe\n\"\",,"),
            [
                row(1, ["a,b", "say \"x\"", "5\" pipe"]),
                row(2, ["", "", ""])
            ]
        );
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_header() {
        assert_eq!(
            read("\u{feff}a,b\n1,2"),
            [row(1, ["a", "b"]), row(2, ["1", "2"])]
        );
        assert_eq!(read("\u{feff}"), []);
        let text = "\u{feff}a,b".as_bytes();
        for at_a_time in 1..5 {
            let dribble = Dribble {
                rest: text,
                at_a_time,
                interrupted: false,
            };
            assert_eq!(cells(&rows(dribble)), [row(1, ["a", "b"])], "{at_a_time}");
        }
    }

    #[test]
    fn nothing_makes_no_row() {
        for text in ["", "\n", "\r\n\r\n", "\u{feff}\n"] {
            assert_eq!(read(text), [], "{text:?}");
        }
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told() {
        for text in ["a,b\n1,2\n3,\"4\n5,6\n7,8\n", "a,b\n1,2\n3,\"4"] {
            let rows = rows(text.as_bytes());
            assert_eq!(
                rows.iter().map(damage).collect::<Vec<_>>(),
                [None, None, Some(Unreadable::OpenQuote)]
            );
            assert_eq!(rows[2].line(), 3);
        }
        assert_eq!(damage(&rows(&b"a,\"b\""[..])[0]), None);
    }

    #[test]
    fn the_longest_row_is_read_and_a_longer_one_is_skipped_to_its_end() {
        let fits = "x".repeat(LONGEST_ROW - 1);
        let rows_of = |long: &str| rows(format!("a\n{long}\nz\n").as_bytes());
        assert_eq!(
            rows_of(&fits).iter().map(damage).collect::<Vec<_>>(),
            [None, None, None]
        );

        for long in [fits.repeat(3), format!("\"{}\"", "x\n".repeat(LONGEST_ROW))] {
            let lines = 3 + long.matches('\n').count() as u64;
            let rows = rows_of(&long);
            assert_eq!(
                rows.iter().map(damage).collect::<Vec<_>>(),
                [None, Some(Unreadable::TooLong), None]
            );
            assert_eq!(rows[1].cell(0).map(<[u8]>::len), Some(LONGEST_ROW));
            assert_eq!(rows[2].line(), lines);
        }
        let open = rows_of(&format!("\"{}", fits.repeat(2)));
        assert_eq!(
            open.iter().map(damage).collect::<Vec<_>>(),
            [None, Some(Unreadable::OpenQuote)]
        );
    }

    #[test]
    fn so_many_cells_and_no_more() {
        let rows = rows(
            format!(
                "{}\n{}\n1,2\n",
                ",".repeat(MOST_CELLS - 1),
                ",".repeat(3 * MOST_CELLS)
            )
            .as_bytes(),
        );
        assert_eq!(
            rows.iter().map(damage).collect::<Vec<_>>(),
            [None, Some(Unreadable::TooLong), None]
        );
        assert_eq!(rows[0].len(), MOST_CELLS);
        assert_eq!(rows[2].len(), 2);
    }

    #[test]
    fn an_error_ends_the_rows_and_the_line_tells_where() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("cable cut"))
            }
        }
        let mut rows = CsvRows::new(b"a\nb\nc".chain(Broken)).expect("the start is readable");
        assert!(rows.by_ref().take(2).all(|row| row.is_ok()));
        let error = rows.next().expect("an error").expect_err("not a row");
        assert_eq!(error.to_string(), "line 3: cable cut");
        assert!(rows.next().is_none());
    }

    proptest! {
        #[test]
        fn rows_are_those_of_the_csv_crate_however_they_arrive(
            bytes in vec(prop::sample::select(b"ab,,\"\"\n\n\r\xC3".to_vec()), 0..60),
            at_a_time in 1..20_usize,
        ) {
            let ours = rows(Dribble { rest: &bytes, at_a_time, interrupted: false });
            let is_open = ours.last().and_then(damage) == Some(Unreadable::OpenQuote);
            let mut theirs: Vec<Vec<Vec<u8>>> = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(&bytes[..])
                .byte_records()
                .map(|record| record.expect("readable").iter().map(<[u8]>::to_vec).collect())
                .collect();
            if is_open {
                // The csv crate takes an open quote for closed.
                theirs.pop();
            }
            let ours: Vec<Vec<Vec<u8>>> = ours[..ours.len() - usize::from(is_open)]
                .iter()
                .map(|row| row.cells().map(<[u8]>::to_vec).collect())
                .collect();
            prop_assert_eq!(ours, theirs);
        }
    }
}
