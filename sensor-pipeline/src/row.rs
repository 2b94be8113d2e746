//! A row of text as a source hands it to [`parse`](crate::parse()): cells, the line it starts on,
//! and whether the source already saw that it cannot be read.

use std::fmt;
use std::sync::Arc;

/// The longest row that is read, in bytes of its cells. A longer one is rejected, so that a file
/// without line breaks, or with a quote that is never closed, cannot fill the memory.
pub const LONGEST_ROW: usize = 1 << 20;

/// The most cells that a row may have, for the same reason.
pub const MOST_CELLS: usize = 1 << 16;

/// One row of text, cut into cells.
///
/// A row shares its buffer with the source that made it: when the row is dropped, the source writes
/// the next one into the same buffer, and a pipeline that lets rows go allocates nothing for them.
/// A row that is kept stays as it is.
///
/// ```
/// use sensor_pipeline::Row;
///
/// let row = Row::new(2, ["2013-12-02 21:15:00", "73.96732207"]);
/// assert_eq!(row.line(), 2);
/// assert_eq!(row.cell(1), Some(&b"73.96732207"[..]));
/// ```
#[derive(Clone, Debug)]
pub struct Row(Arc<Cells>);

impl Row {
    /// A row of these cells, as if it had been read on this line.
    ///
    /// ```
    /// # use sensor_pipeline::Row;
    /// assert_eq!(Row::new(1, ["timestamp", "value"]).len(), 2);
    /// ```
    #[must_use]
    pub fn new<C: AsRef<[u8]>>(line: u64, cells: impl IntoIterator<Item = C>) -> Self {
        let mut buffer = RowBuffer::default();
        let blank = buffer.blank(line);
        for cell in cells {
            blank.push(cell.as_ref());
        }
        buffer.row()
    }

    /// The line on which the row starts, counted from 1.
    ///
    /// ```
    /// # use sensor_pipeline::Row;
    /// assert_eq!(Row::new(7, ["a"]).line(), 7);
    /// ```
    #[must_use]
    pub fn line(&self) -> u64 {
        self.0.line
    }

    /// The number of cells.
    ///
    /// ```
    /// # use sensor_pipeline::Row;
    /// assert_eq!(Row::new(1, ["a", "b", ""]).len(), 3);
    /// ```
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.0.count
    }

    /// Whether the row has no cell at all. No source yields such a row.
    ///
    /// ```
    /// # use sensor_pipeline::Row;
    /// assert!(Row::new(1, [""; 0]).is_empty());
    /// assert!(!Row::new(1, [""]).is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of one cell, quotes taken off.
    ///
    /// ```
    /// # use sensor_pipeline::Row;
    /// assert_eq!(Row::new(1, ["a", "b"]).cell(1), Some(&b"b"[..]));
    /// assert_eq!(Row::new(1, ["a", "b"]).cell(2), None);
    /// ```
    #[must_use]
    pub fn cell(&self, index: usize) -> Option<&[u8]> {
        self.0
            .span(index)
            .map(|(start, end)| &self.0.text[start..end])
    }

    /// All cells in order.
    ///
    /// ```
    /// # use sensor_pipeline::Row;
    /// assert!(Row::new(1, ["a", "b"]).cells().eq([b"a", b"b"]));
    /// ```
    pub fn cells(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|index| self.cell(index))
    }

    /// The cells as text, if the source found nothing wrong with the row and all of it is UTF-8.
    #[inline]
    pub(crate) fn text(&self) -> Result<RowText<'_>, Unreadable> {
        if let Some(damage) = &self.0.damage {
            return Err(damage.clone());
        }
        let end = self.0.end_of(self.len());
        let text = std::str::from_utf8(&self.0.text[..end]).map_err(|_| Unreadable::NotUtf8)?;
        Ok(RowText {
            cells: &self.0,
            text,
            has_controls: text.bytes().fold(u8::MAX, u8::min) < b' ',
        })
    }
}

/// The cells of a row whose bytes, all in a row, are UTF-8.
pub(crate) struct RowText<'a> {
    cells: &'a Cells,
    text: &'a str,
    /// Whether there is a line break or the like anywhere: so that hardly any cell need be searched.
    pub(crate) has_controls: bool,
}

impl<'a> RowText<'a> {
    /// One cell without the blanks around it. A row that is UTF-8 as a whole may still be cut into
    /// cells in the middle of a character: that is not UTF-8 either.
    #[inline]
    pub(crate) fn cell(&self, index: usize) -> Result<&'a str, Unreadable> {
        let (start, end) = self.cells.span(index).unwrap_or_default();
        let cell = self.text.get(start..end).ok_or(Unreadable::NotUtf8)?;
        let is_blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
        if is_blank(cell.as_bytes().first()) || is_blank(cell.as_bytes().last()) {
            return Ok(cell.trim_matches([' ', '\t']));
        }
        Ok(cell)
    }
}

/// Why a row cannot be read.
///
/// ```
/// use sensor_pipeline::Unreadable;
///
/// let why = Unreadable::FieldCount { found: 3, expected: 2 };
/// assert_eq!(why.to_string(), "3 fields where the header has 2");
/// assert_eq!(why.kind(), "wrong number of fields");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The row has more or fewer fields than the header.
    FieldCount {
        /// Fields in this row.
        found: usize,
        /// Fields in the header.
        expected: usize,
    },
    /// The row has bytes that are not UTF-8.
    NotUtf8,
    /// A timestamp, sensor or value has a line break in it, as happens when a quote is left open
    /// and a later one closes it: taking it for a missing value would hide the rows inside it.
    LineBreak,
    /// A quote is opened and the input ends before it is closed.
    OpenQuote,
    /// The row is longer than [`LONGEST_ROW`] or has more cells than [`MOST_CELLS`].
    TooLong,
}

impl Unreadable {
    /// The reason without its particulars: what rejected rows are counted by.
    ///
    /// ```
    /// # use sensor_pipeline::Unreadable;
    /// assert_eq!(Unreadable::NotUtf8.kind(), "not UTF-8");
    /// ```
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::FieldCount { .. } => "wrong number of fields",
            Self::NotUtf8 => "not UTF-8",
            Self::LineBreak => "line break in a cell",
            Self::OpenQuote => "quote never closed",
            Self::TooLong => "too long",
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FieldCount { found, expected } => {
                let s = if *found == 1 { "" } else { "s" };
                write!(f, "{found} field{s} where the header has {expected}")
            }
            Self::NotUtf8 => f.write_str("not UTF-8"),
            Self::LineBreak => f.write_str("a line break inside a cell: is a quote left open?"),
            Self::OpenQuote => f.write_str("a quote is opened here and never closed"),
            Self::TooLong => write!(
                f,
                "longer than {} MiB or {MOST_CELLS} cells: is a quote left open?",
                LONGEST_ROW >> 20
            ),
        }
    }
}

impl std::error::Error for Unreadable {}

/// What a row is made of. `text` may be longer than the row: a source keeps it at the length that
/// it has grown to, and `count` and `ends` say what is in use.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells {
    pub(crate) line: u64,
    pub(crate) text: Vec<u8>,
    pub(crate) ends: Vec<usize>,
    pub(crate) count: usize,
    pub(crate) damage: Option<Unreadable>,
}

impl Cells {
    /// Adds a cell behind those that are in use.
    pub(crate) fn push(&mut self, cell: &[u8]) {
        self.text.truncate(self.end_of(self.count));
        self.text.extend_from_slice(cell);
        self.ends.truncate(self.count);
        self.ends.push(self.text.len());
        self.count += 1;
    }

    #[inline]
    fn end_of(&self, cells: usize) -> usize {
        cells.checked_sub(1).map_or(0, |last| self.ends[last])
    }

    #[inline]
    fn span(&self, index: usize) -> Option<(usize, usize)> {
        (index < self.count).then(|| (self.end_of(index), self.ends[index]))
    }
}

/// Where a source writes its rows: one buffer, used again as soon as the row handed out before it
/// is gone, and only then. (`Arc` rather than `Rc`, so that a source can be built on one thread and
/// run on another; that costs 14 ns a row.)
#[derive(Debug, Default)]
pub(crate) struct RowBuffer(Arc<Cells>);

impl RowBuffer {
    /// A row without cells, to be filled.
    #[inline]
    pub(crate) fn blank(&mut self, line: u64) -> &mut Cells {
        let cells = Arc::make_mut(&mut self.0);
        cells.line = line;
        cells.count = 0;
        cells.damage = None;
        cells
    }

    /// The row as it has been filled.
    #[inline]
    pub(crate) fn row(&self) -> Row {
        Row(Arc::clone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_is_kept_stays_as_it_is() {
        let mut buffer = RowBuffer::default();
        buffer.blank(1).push(b"first");
        let kept = buffer.row();
        buffer.blank(2).push(b"second");
        assert_eq!((kept.line(), kept.cell(0)), (1, Some(&b"first"[..])));
        assert_eq!(buffer.row().cell(0), Some(&b"second"[..]));
    }

    #[test]
    fn a_row_that_is_dropped_gives_its_buffer_back() {
        let mut buffer = RowBuffer::default();
        buffer.blank(1).push(b"first");
        let before = Arc::as_ptr(&buffer.row().0);
        buffer.blank(2).push(b"second");
        assert_eq!(Arc::as_ptr(&buffer.row().0), before);
    }

    #[test]
    fn a_character_cut_in_two_by_a_cell_border_is_not_utf8() {
        let row = Row::new(1, [&b"a\xC3"[..], &b"\xA9"[..]]);
        let text = row.text().expect("the two halves make one character");
        assert_eq!(text.cell(0), Err(Unreadable::NotUtf8));
    }

    #[test]
    fn blanks_around_a_cell_do_not_count_and_line_breaks_do() {
        let row = Row::new(1, ["\t a b ", "c\n"]);
        let text = row.text().expect("plain text");
        assert_eq!(text.cell(0), Ok("a b"));
        assert_eq!(text.cell(1), Ok("c\n"));
    }
}
