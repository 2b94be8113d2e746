//! Tables of text: what a report, a comparison, a profile are printed as.
//!
//! Whoever has something to print fills a [`Grid`], and puts it with the sentences
//! that belong to it into a [`Table`]; the `Table` is what a user is handed.
//!
//! ```ignore
//! let mut grid = Grid::new([
//!     Column::name("stage"),           // left, may be cut, code in Markdown
//!     Column::figure("in").rank(2),    // right; leaves first where room is short
//!     Column::figure("kept").rank(1),
//!     Column::figure("share"),         // stays
//! ]);
//! grid.row(["parse", "200,000", "75.0 %", "7.4 %"]);
//! grid.row(["smooth", "150,000", "100.0 %", "90.7 %"]).tone(Tone::Strong);
//! grid.rule();
//! grid.row(["(source)", "", "", "0.9 %"]).tone(Tone::Quiet);
//!
//! let verdict = Sentence::new("Bottleneck: ").name("smooth").words(", 90.7 % of the wall.");
//! Table::new().grid(grid).say(verdict)   // Display and .to_markdown()
//! ```
//!
//! Cells and names are escaped when they are printed, not before: whatever a stage
//! is called, it neither moves the cursor nor ends a cell. Figures are written by
//! [`figures`](crate::figures).

#[cfg(feature = "html")]
pub(crate) mod html;
mod markdown;
mod screen;
mod table;
mod terminal;
mod text;

pub(crate) use screen::Screen;
pub use table::Table;
pub(crate) use table::{Sentence, Tone};

/// Columns with a heading, and rows of text.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// The numbers of rows that have a line above them.
    rules: Vec<usize>,
}

/// A row of cells, one a column.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    cells: Vec<String>,
    tone: Tone,
}

/// How a column looks, and when it leaves.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    heading: String,
    kind: Kind,
    rank: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// What the row is about: to the left, cut where room is short.
    Name,
    /// Something said in words: to the left.
    Words,
    /// To the right.
    Figure,
}

impl Column {
    /// A column of names, which are escaped, may be cut, and are code in Markdown.
    pub(crate) fn name(heading: impl Into<String>) -> Column {
        Column::new(heading, Kind::Name)
    }

    /// A column of words, to the left.
    pub(crate) fn words(heading: impl Into<String>) -> Column {
        Column::new(heading, Kind::Words)
    }

    /// A column of figures, to the right.
    pub(crate) fn figure(heading: impl Into<String>) -> Column {
        Column::new(heading, Kind::Figure)
    }

    fn new(heading: impl Into<String>, kind: Kind) -> Column {
        Column {
            heading: heading.into(),
            kind,
            rank: 0,
        }
    }

    /// Where room is short, the columns of the highest rank leave first, all of them
    /// together; those of rank 0, which is that of a new column, stay.
    pub(crate) fn rank(self, rank: u8) -> Column {
        Column { rank, ..self }
    }
}

impl Row {
    /// How the whole row is said.
    pub(crate) fn tone(&mut self, tone: Tone) {
        self.tone = tone;
    }
}

impl Grid {
    /// Columns without rows.
    pub(crate) fn new(columns: impl IntoIterator<Item = Column>) -> Grid {
        Grid {
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
            rules: Vec::new(),
        }
    }

    /// One more row; cells that are missing are empty.
    pub(crate) fn row<Cell: Into<String>>(
        &mut self,
        cells: impl IntoIterator<Item = Cell>,
    ) -> &mut Row {
        let mut cells: Vec<String> = cells.into_iter().map(Into::into).collect();
        cells.resize(self.columns.len(), String::new());
        self.rows.push(Row {
            cells,
            tone: Tone::Plain,
        });
        let last = self.rows.len() - 1;
        &mut self.rows[last]
    }

    /// A line between the rows so far and those to come.
    pub(crate) fn rule(&mut self) {
        self.rules.push(self.rows.len());
    }
}
