//! A grid as lines of text: which columns fit, how they are padded, what is coloured.

use super::text::{cut, shown, width};
use super::{Grid, Kind, Row, Screen, Tone};

/// Between two columns.
const GAP: &str = "  ";

/// A longer name is cut to this before a column leaves for its sake.
const NAME: usize = 24;

impl Tone {
    /// The text in the colours of this tone, if there are any.
    pub(super) fn painted(self, text: &str, screen: Screen) -> String {
        let code = match self {
            Tone::Strong => "1;33",
            Tone::Quiet => "2",
            Tone::Good => "32",
            Tone::Bad => "31",
            Tone::Plain => return text.to_owned(),
        };
        if screen.color && !text.is_empty() {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

impl Grid {
    /// Heading, rule and rows, each with a line break at its end.
    pub(super) fn lines(&self, screen: Screen) -> String {
        let natural = self.natural_widths();
        let chosen = self.fitting(&natural, screen.width);
        let widths = self.cut_to_fit(&natural, &chosen, screen.width);
        let whole = total(widths.iter().copied());
        let rule = Tone::Quiet.painted(&"-".repeat(whole), screen) + "\n";

        let heading = Row {
            cells: self.columns.iter().map(|c| c.heading.clone()).collect(),
            tone: Tone::Plain,
        };
        let mut lines = self.padded(&heading, &chosen, &widths, screen) + &rule;
        for (at, row) in self.rows.iter().enumerate() {
            if self.rules.contains(&at) {
                lines += &rule;
            }
            lines += &self.padded(row, &chosen, &widths, screen);
        }
        lines
    }

    /// The width of each column's widest cell.
    fn natural_widths(&self) -> Vec<usize> {
        let widest = |(at, column): (usize, &super::Column)| {
            let cells = self.rows.iter().map(|row| width(&shown(&row.cells[at])));
            cells.fold(width(&shown(&column.heading)), usize::max)
        };
        self.columns.iter().enumerate().map(widest).collect()
    }

    /// The columns that stay, by number.
    fn fitting(&self, natural: &[usize], most: usize) -> Vec<usize> {
        let mut chosen: Vec<usize> = (0..self.columns.len()).collect();
        loop {
            let least = chosen.iter().map(|&at| match self.columns[at].kind {
                Kind::Name => natural[at].min(NAME),
                Kind::Words | Kind::Figure => natural[at],
            });
            let highest = chosen.iter().map(|&at| self.columns[at].rank).max();
            match highest {
                Some(rank) if rank > 0 && total(least) > most => {
                    chosen.retain(|&at| self.columns[at].rank < rank);
                }
                _ => return chosen,
            }
        }
    }

    /// The widths of the columns that stay: names have what the others leave, but
    /// never less than their heading.
    fn cut_to_fit(&self, natural: &[usize], chosen: &[usize], most: usize) -> Vec<usize> {
        let mut widths: Vec<usize> = chosen.iter().map(|&at| natural[at]).collect();
        for (place, &at) in chosen.iter().enumerate() {
            if self.columns[at].kind == Kind::Name {
                let over = total(widths.iter().copied()).saturating_sub(most);
                let least = width(&shown(&self.columns[at].heading));
                widths[place] = widths[place].saturating_sub(over).max(least);
            }
        }
        widths
    }

    fn padded(&self, row: &Row, chosen: &[usize], widths: &[usize], screen: Screen) -> String {
        let cells = chosen.iter().zip(widths).map(|(&at, &room)| {
            let cell = cut(&shown(&row.cells[at]), room);
            let pad = " ".repeat(room - width(&cell));
            match self.columns[at].kind {
                Kind::Figure => pad + &cell,
                Kind::Name | Kind::Words => cell + &pad,
            }
        });
        let line = cells.collect::<Vec<_>>().join(GAP);
        row.tone.painted(line.trim_end(), screen) + "\n"
    }
}

/// The width of columns side by side.
fn total(widths: impl Iterator<Item = usize>) -> usize {
    let (sum, count) = widths.fold((0, 0), |(sum, count), width| (sum + width, count + 1));
    sum + GAP.len() * usize::saturating_sub(count, 1)
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    fn grid() -> Grid {
        let mut grid = Grid::new([
            Column::name("stage"),
            Column::figure("in").rank(1),
            Column::figure("share"),
            Column::words("verdict").rank(2),
        ]);
        grid.row([
            "a stage with quite a long name",
            "1,000",
            "90.0 %",
            "slower",
        ])
        .tone(Tone::Bad);
        grid.rule();
        grid.row(["(source)", "", "10.0 %"]).tone(Tone::Quiet);
        grid
    }

    fn plain(grid: &Grid, width: usize) -> String {
        grid.lines(Screen {
            width,
            color: false,
        })
    }

    #[test]
    fn all_columns_where_there_is_room() {
        let expected = "\
stage                              in   share  verdict
------------------------------------------------------
a stage with quite a long name  1,000  90.0 %  slower
------------------------------------------------------
(source)                               10.0 %
";
        assert_eq!(plain(&grid(), 54), expected);
    }

    #[test]
    fn the_least_columns_leave_first_and_names_are_cut_before() {
        let cut = "\
stage                            in   share  verdict
----------------------------------------------------
a stage with quite a long n…  1,000  90.0 %  slower
----------------------------------------------------
(source)                             10.0 %
";
        assert_eq!(plain(&grid(), 52), cut);
        let headings: Vec<String> = [47, 39, 31, 0]
            .map(|width| plain(&grid(), width).lines().next().unwrap().to_owned())
            .to_vec();
        assert_eq!(
            headings,
            [
                "stage                              in   share",
                "stage                        in   share",
                "stage                     share",
                "stage   share",
            ]
        );
    }

    #[test]
    fn colors_come_after_the_padding() {
        let screen = Screen {
            width: 80,
            color: true,
        };
        let colored = grid().lines(screen);
        let without = colored
            .replace("\u{1b}[31m", "")
            .replace("\u{1b}[2m", "")
            .replace("\u{1b}[0m", "");
        assert_eq!(without, plain(&grid(), 80));
        assert_eq!(colored.matches("\u{1b}[31m").count(), 1, "{colored:?}");
    }

    #[cfg(feature = "enable")]
    #[test]
    fn wide_characters_and_escapes_take_the_room_that_they_take() {
        let mut grid = Grid::new([Column::name("stage"), Column::figure("in")]);
        for name in ["温度", "Füße", "a\u{202e}b", "e\u{301}"] {
            grid.row([name, "1"]);
        }
        let expected = "\
stage       in
--------------
温度         1
Füße         1
a\\u{202e}b   1
e\u{301}            1
";
        assert_eq!(plain(&grid, 80), expected);
    }
}
