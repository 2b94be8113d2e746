//! Grids and the sentences around them, as one thing to print.

use super::text::{shown, wrapped};
use super::{Grid, Screen, markdown};
use std::fmt;
use std::io::IsTerminal;

/// A table with its sentences, ready to be printed.
///
/// Its [`Display`](fmt::Display) is aligned text: without colour and no wider than 80
/// columns, unless it is told otherwise. Where room is short, the columns that matter
/// least are left out.
///
/// ```
/// use measured_core::Report;
///
/// let report = Report::capture();
/// print!("{}", report.table());
/// print!("{}", report.table().width(120).color(true));
/// print!("{}", report.table().fitted_to(&std::io::stdout()));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a table is there to be printed"]
pub struct Table {
    pub(super) blocks: Vec<Block>,
    screen: Screen,
}

#[derive(Clone, Debug)]
pub(super) enum Block {
    Grid(Grid),
    Sentence(Sentence),
}

/// How a row or a sentence is said: in colour where there is any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Plain,
    /// What the eye should find first.
    Strong,
    /// What is there for completeness.
    Quiet,
    /// News that is welcome.
    Good,
    /// News that is not.
    Bad,
}

/// Words with names in them, which are escaped by what they are printed on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sentence {
    parts: Vec<Part>,
    pub(super) tone: Tone,
}

#[derive(Clone, Debug)]
enum Part {
    Words(String),
    Name(String),
}

impl Sentence {
    /// Begins with these words.
    pub(crate) fn new(words: impl Into<String>) -> Sentence {
        Sentence::default().words(words)
    }

    /// Goes on with these words.
    pub(crate) fn words(mut self, words: impl Into<String>) -> Sentence {
        self.parts.push(Part::Words(words.into()));
        self
    }

    /// Goes on with somebody's name.
    pub(crate) fn name(mut self, name: impl Into<String>) -> Sentence {
        self.parts.push(Part::Name(name.into()));
        self
    }

    /// In this tone.
    pub(crate) fn tone(self, tone: Tone) -> Sentence {
        Sentence { tone, ..self }
    }

    fn lines(&self, screen: Screen) -> String {
        let text = self.written(shown, shown);
        let lines = wrapped(&text, screen.width).into_iter();
        lines
            .map(|line| self.tone.painted(&line, screen) + "\n")
            .collect()
    }

    fn markdown(&self) -> String {
        self.tone
            .stressed(self.written(markdown::words, markdown::code))
            + "\n"
    }

    /// Its parts one after the other, each as its kind is written.
    pub(super) fn written(&self, words: fn(&str) -> String, name: fn(&str) -> String) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Words(text) => words(text),
            Part::Name(text) => name(text),
        });
        parts.collect()
    }
}

impl Table {
    /// Nothing yet.
    pub(crate) fn new() -> Table {
        Table {
            blocks: Vec::new(),
            screen: Screen::default(),
        }
    }

    /// With a grid below what there is.
    pub(crate) fn grid(mut self, grid: Grid) -> Table {
        self.blocks.push(Block::Grid(grid));
        self
    }

    /// With a sentence below what there is.
    pub(crate) fn say(mut self, sentence: Sentence) -> Table {
        self.blocks.push(Block::Sentence(sentence));
        self
    }

    /// No wider than so many columns; names are cut and columns left out for it, but
    /// for those without which it would say nothing: a report fits into 44 columns, and
    /// is no narrower where there are fewer. Words are not broken, so that a stage's name
    /// without blanks may be wider in a sentence.
    ///
    /// ```
    /// # use measured_core::Report;
    /// // A terminal's width, from whatever knows it.
    /// let columns = 132;
    /// print!("{}", Report::capture().table().width(columns));
    /// ```
    pub fn width(mut self, columns: usize) -> Table {
        self.screen.width = columns;
        self
    }

    /// With colours, or without: ANSI's, for terminals.
    ///
    /// ```
    /// # use measured_core::Report;
    /// assert!(!Report::capture().table().color(false).to_string().contains('\u{1b}'));
    /// ```
    pub fn color(mut self, color: bool) -> Table {
        self.screen.color = color;
        self
    }

    /// As the stream can show it: in colour if it is a terminal, `NO_COLOR` is not set
    /// (<https://no-color.org>) and `TERM` is not `dumb`; as wide as `COLUMNS` says,
    /// which shells tell their programs if it is exported, or else 80 columns.
    ///
    /// ```
    /// # use measured_core::Report;
    /// eprint!("{}", Report::capture().table().fitted_to(&std::io::stderr()));
    /// ```
    pub fn fitted_to(mut self, stream: &impl IsTerminal) -> Table {
        self.screen = Screen::of(stream);
        self
    }

    /// The table in GitHub's Markdown, for a pull request or an issue: with all columns,
    /// and with names as code, where they make no links and call nobody.
    ///
    /// ```
    /// # use measured_core::Report;
    /// println!("{}", Report::capture().table().to_markdown());
    /// ```
    #[must_use]
    pub fn to_markdown(&self) -> String {
        // Paragraphs are blocks with an empty line between them.
        let blocks = self.blocks.iter().map(|block| match block {
            Block::Grid(grid) => grid.markdown(),
            Block::Sentence(sentence) => sentence.markdown(),
        });
        blocks.collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut above: Option<&Block> = None;
        for block in &self.blocks {
            if matches!(
                (above, block),
                (Some(Block::Grid(_)), _) | (Some(_), Block::Grid(_))
            ) {
                writeln!(f)?;
            }
            match block {
                Block::Grid(grid) => f.write_str(&grid.lines(self.screen))?,
                Block::Sentence(sentence) => f.write_str(&sentence.lines(self.screen))?,
            }
            above = Some(block);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    fn table() -> Table {
        let mut grid = Grid::new([Column::name("stage"), Column::figure("share")]);
        grid.row(["parse", "7.4 %"]);
        let verdict = Sentence::new("Bottleneck: ")
            .name("par|se\n")
            .words(", it seems.");
        Table::new()
            .say(Sentence::new("Before"))
            .grid(grid)
            .say(verdict.tone(Tone::Strong))
            .say(Sentence::new("1 < 2"))
    }

    #[test]
    fn grids_stand_apart_from_sentences() {
        let expected = "\
Before

stage  share
------------
parse  7.4 %

Bottleneck:
par|se\\n, it
seems.
1 < 2
";
        assert_eq!(table().width(12).to_string(), expected);
    }

    #[test]
    fn in_color_each_line_ends_its_own() {
        let colored = table().width(12).color(true).to_string();
        assert!(
            colored.ends_with("\u{1b}[1;33mseems.\u{1b}[0m\n1 < 2\n"),
            "{colored:?}"
        );
    }

    #[test]
    fn in_markdown_each_sentence_is_a_paragraph() {
        let expected = "\
Before

| stage   | share |
| ------- | ----: |
| `parse` | 7.4 % |

**Bottleneck: <code>par&#124;se&#92;n</code>, it seems.**

1 &#60; 2
";
        assert_eq!(table().to_markdown(), expected);
    }
}
