//! A grid as a table of GitHub's Markdown, and text that stays text in it.

use super::text::{shown, width};
use super::{Grid, Kind, Row, Tone};

/// A wider cell has no room made for it in the other rows, which would be as wide.
const PADDED: usize = 60;

/// A name as code, where it is no emphasis, no link, and calls nobody.
///
/// One with characters that would end the code or the cell is written in HTML, with
/// their numbers: Markdown has no escapes within code.
pub(super) fn code(name: &str) -> String {
    let name = shown(name);
    if name.is_empty() {
        name
    } else if name.contains(['`', '|', '\\']) || name.trim() != name {
        let numbered = by_number(&name, |c| !c.is_alphanumeric());
        format!("<code>{numbered}</code>")
    } else {
        format!("`{name}`")
    }
}

/// Words that are nothing but words.
pub(super) fn words(text: &str) -> String {
    by_number(&shown(text), |c| r"\`*_[]<>&|~#@$".contains(c))
}

/// Characters that mean something to Markdown, as HTML writes them by number.
fn by_number(text: &str, is_mark: impl Fn(char) -> bool) -> String {
    let written = |c: char| {
        if is_mark(c) {
            format!("&#{};", u32::from(c))
        } else {
            c.to_string()
        }
    };
    text.chars().map(written).collect()
}

impl Tone {
    /// Bold for what is strong; Markdown has no colours.
    pub(super) fn stressed(self, text: String) -> String {
        match self {
            Tone::Strong if !text.is_empty() => format!("**{text}**"),
            _ => text,
        }
    }
}

impl Grid {
    /// Heading, alignments and rows, each with a line break at its end. Nothing
    /// leaves: pages scroll. Rules are left out, as Markdown has none.
    pub(super) fn markdown(&self) -> String {
        let headings: Vec<String> = self.columns.iter().map(|c| words(&c.heading)).collect();
        let rows: Vec<Vec<String>> = self.rows.iter().map(|row| self.cells(row)).collect();
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|at| {
                let cells = rows.iter().map(|row| width(&row[at]));
                let cells = cells.filter(|&width| width <= PADDED);
                cells.fold(width(&headings[at]), usize::max)
            })
            .collect();
        let alignments = self.columns.iter().zip(&widths);
        let alignments = alignments.map(|(column, &width)| match column.kind {
            Kind::Figure => "-".repeat(width.saturating_sub(1)) + ":",
            Kind::Name | Kind::Words => "-".repeat(width),
        });
        let mut lines = vec![self.line(&headings, &widths), row_of(alignments)];
        lines.extend(rows.iter().map(|row| self.line(row, &widths)));
        lines.concat()
    }

    fn cells(&self, row: &Row) -> Vec<String> {
        let cells = self.columns.iter().zip(&row.cells);
        let written = cells.map(|(column, cell)| match column.kind {
            Kind::Name => code(cell),
            Kind::Words | Kind::Figure => words(cell),
        });
        written.map(|cell| row.tone.stressed(cell)).collect()
    }

    /// Padded, so that it can be read as it is.
    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let cells = self.columns.iter().zip(cells).zip(widths);
        row_of(cells.map(|((column, cell), room)| {
            let pad = " ".repeat(room.saturating_sub(width(cell)));
            match column.kind {
                Kind::Figure => pad + cell,
                Kind::Name | Kind::Words => cell.clone() + &pad,
            }
        }))
    }
}

fn row_of(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    #[test]
    fn a_table_that_can_be_read_before_it_is_rendered() {
        let mut grid = Grid::new([Column::name("stage"), Column::figure("in").rank(1)]);
        grid.row(["parse", "1,000"]).tone(Tone::Strong);
        grid.rule();
        grid.row(["a|b", ""]);
        let expected = "\
| stage                       |        in |
| --------------------------- | --------: |
| **`parse`**                 | **1,000** |
| <code>a&#124;b</code>       |           |
";
        assert_eq!(
            grid.markdown().replace(' ', ""),
            expected
                .replace(' ', "")
                .replace("---------------------------", "---------------------")
        );
    }

    #[test]
    fn a_name_that_is_very_long_widens_its_own_row_only() {
        let mut grid = Grid::new([Column::name("stage"), Column::figure("in")]);
        let long = "n".repeat(500);
        grid.row([long.as_str(), "1"]);
        grid.row(["parse", "1,000"]);
        let expected = format!(
            "\
| stage   |    in |
| ------- | ----: |
| `{long}` |     1 |
| `parse` | 1,000 |
"
        );
        assert_eq!(grid.markdown(), expected);
    }

    #[test]
    fn names_stay_names() {
        let cases = [
            ("keep odd", "`keep odd`"),
            ("*bold* <b> @all #1", "`*bold* <b> @all #1`"),
            ("a`b", "<code>a&#96;b</code>"),
            ("\\|", "<code>&#92;&#124;</code>"),
            (" x", "<code>&#32;x</code>"),
            ("a\nb", "<code>a&#92;nb</code>"),
            ("", ""),
        ];
        for (name, expected) in cases {
            assert_eq!(code(name), expected);
        }
    }

    #[test]
    fn words_stay_words() {
        assert_eq!(
            words("a_b > 10 % | [x](y)"),
            "a&#95;b &#62; 10 % &#124; &#91;x&#93;(y)"
        );
        assert_eq!(words("7.4 % ±6.4"), "7.4 % ±6.4");
    }
}
