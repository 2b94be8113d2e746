//! Rows written as CSV text.

use std::io::{self, Write};

/// How much is written at a time.
const BLOCK: usize = 64 << 10;

/// A `csv::Writer` whose errors are those of the output. The crate's own errors hide what kind
/// they are of, and a closed pipe must be told from a full disk.
pub(crate) struct CsvOut<W: Write>(csv::Writer<W>);

impl<W: Write> CsvOut<W> {
    pub(crate) fn new(output: W) -> Self {
        // Flexible, because rejected rows are copied with as many cells as they have.
        Self(
            csv::WriterBuilder::new()
                .flexible(true)
                .buffer_capacity(BLOCK)
                .from_writer(output),
        )
    }

    pub(crate) fn row<C: AsRef<[u8]>>(
        &mut self,
        cells: impl IntoIterator<Item = C>,
    ) -> io::Result<()> {
        self.0.write_record(cells).map_err(unwrapped)
    }

    pub(crate) fn cell(&mut self, cell: impl AsRef<[u8]>) -> io::Result<()> {
        self.0.write_field(cell).map_err(unwrapped)
    }

    /// Ends a row that was written cell by cell.
    pub(crate) fn end_row(&mut self) -> io::Result<()> {
        self.row(None::<&[u8]>)
    }

    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn unwrapped(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        // A flexible writer of bytes meets no other; but it is not ours to promise that.
        other => io::Error::other(format!("{other:?}")),
    }
}
