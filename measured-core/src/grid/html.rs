//! Tables in HTML, and text that stays text in it.

use super::table::Block;
use super::text::shown;
use super::{Grid, Kind, Row, Sentence, Table, Tone};

/// A text as it may stand between tags and in quoted attributes: what HTML would take
/// for its own is written as a reference, what would not be seen is escaped as in Rust.
pub(crate) fn words(text: &str) -> String {
    let text = shown(text);
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

/// A name, which turns no direction of writing but its own.
pub(crate) fn name(name: &str) -> String {
    format!("<bdi>{}</bdi>", words(name))
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Plain => "plain",
            Tone::Strong => "strong",
            Tone::Quiet => "quiet",
            Tone::Good => "good",
            Tone::Bad => "bad",
        }
    }
}

impl Sentence {
    /// A paragraph, of a class named like its tone.
    pub(crate) fn html(&self) -> String {
        let class = self.tone.class();
        let text = self.written(|text| unbroken(&words(text)), name);
        format!("<p class=\"{class}\">{text}</p>\n")
    }
}

/// With figures on one line with their units, and with what follows a `±`.
fn unbroken(text: &str) -> String {
    let mut unbroken = String::with_capacity(text.len());
    for (at, word) in text.split(' ').enumerate() {
        let unit = word.trim_end_matches(|c: char| c.is_ascii_punctuation() && c != '%');
        let goes_on = matches!(unit, "%" | "ns" | "µs" | "ms" | "s") || word.starts_with('±');
        match (at, goes_on) {
            (0, _) => {}
            (_, true) => unbroken.push('\u{a0}'),
            (_, false) => unbroken.push(' '),
        }
        unbroken += word;
    }
    unbroken
}

impl Table {
    /// Its grids with a caption each, its sentences as paragraphs.
    pub(crate) fn html(&self, caption: &str) -> String {
        let blocks = self.blocks.iter().map(|block| match block {
            Block::Grid(grid) => grid.html(caption),
            Block::Sentence(sentence) => sentence.html(),
        });
        blocks.collect()
    }
}

impl Grid {
    /// A table in a box of its own, which scrolls where the page is narrower. Headings
    /// are buttons, for a script that sorts the rows above the first rule.
    pub(crate) fn html(&self, caption: &str) -> String {
        let caption = words(caption);
        let headings = self.columns.iter().map(|column| {
            format!(
                "<th scope=\"col\" aria-sort=\"none\" class=\"{}\"><button type=\"button\">{}</button></th>",
                column.kind.class(),
                words(&column.heading)
            )
        });
        let headings: Vec<String> = headings.collect();
        let mut html = format!(
            "<div class=\"scroll\" role=\"region\" aria-label=\"{caption}\" tabindex=\"0\"><table>\n\
             <caption>{caption}</caption>\n<thead><tr>{}</tr></thead>\n<tbody>\n",
            headings.concat()
        );
        for (at, row) in self.rows.iter().enumerate() {
            if self.rules.contains(&at) {
                html += "</tbody>\n<tbody>\n";
            }
            html += &self.row_html(row);
        }
        html + "</tbody>\n</table></div>\n"
    }

    fn row_html(&self, row: &Row) -> String {
        let cells = row.cells.iter().zip(&self.columns);
        let cells = cells.map(|(cell, column)| match column.kind {
            Kind::Name => format!("<th scope=\"row\">{}</th>", name(cell)),
            kind => format!("<td class=\"{}\">{}</td>", kind.class(), words(cell)),
        });
        let cells: Vec<String> = cells.collect();
        format!(
            "<tr class=\"{}\">{}</tr>\n",
            row.tone.class(),
            cells.concat()
        )
    }
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Kind::Name => "name",
            Kind::Words => "words",
            Kind::Figure => "figure",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;

    #[test]
    fn what_is_html_is_none_any_more() {
        assert_eq!(
            words("<b title=\"it's\">&amp;\u{202e}\0"),
            "&lt;b title=&quot;it&#39;s&quot;&gt;&amp;amp;\\u{202e}\\u{0}"
        );
    }

    #[test]
    fn names_in_sentences_are_on_their_own() {
        let said = Sentence::new("1 < 2: ").name("שלב <1>").tone(Tone::Strong);
        assert_eq!(
            said.html(),
            "<p class=\"strong\">1 &lt; 2: <bdi>שלב &lt;1&gt;</bdi></p>\n"
        );
    }

    #[test]
    fn figures_in_sentences_stay_with_their_units() {
        let said =
            Sentence::new("wall 4.1 ms, 35.9 % ±7.1 (+9.0 % throughput), 26 ns: 2 stages, 50 %.");
        assert_eq!(
            said.html(),
            "<p class=\"plain\">wall 4.1\u{a0}ms, 35.9\u{a0}%\u{a0}±7.1 (+9.0\u{a0}% throughput), 26\u{a0}ns: 2 stages, 50\u{a0}%.</p>\n"
        );
    }

    #[test]
    fn rules_part_the_rows() {
        let mut grid = Grid::new([Column::name("stage"), Column::figure("in")]);
        grid.row(["<parse>", "1"]).tone(Tone::Strong);
        grid.rule();
        grid.row(["(sink)"]).tone(Tone::Quiet);
        let expected = "\
<div class=\"scroll\" role=\"region\" aria-label=\"All &amp; each\" tabindex=\"0\"><table>
<caption>All &amp; each</caption>
<thead><tr>\
<th scope=\"col\" aria-sort=\"none\" class=\"name\"><button type=\"button\">stage</button></th>\
<th scope=\"col\" aria-sort=\"none\" class=\"figure\"><button type=\"button\">in</button></th></tr></thead>
<tbody>
<tr class=\"strong\"><th scope=\"row\"><bdi>&lt;parse&gt;</bdi></th><td class=\"figure\">1</td></tr>
</tbody>
<tbody>
<tr class=\"quiet\"><th scope=\"row\"><bdi>(sink)</bdi></th><td class=\"figure\"></td></tr>
</tbody>
</table></div>
";
        assert_eq!(Table::new().grid(grid).html("All & each"), expected);
    }
}
