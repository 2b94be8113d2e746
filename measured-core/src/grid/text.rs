//! Text on a terminal: how wide it is, what of it would not be seen, where it is cut
//! and broken.

/// Columns that a text takes.
#[cfg(feature = "enable")]
pub(super) fn width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

/// Columns that a text takes, if each character takes one: without `enable` there is
/// no table of the others, and nothing to put into tables.
#[cfg(not(feature = "enable"))]
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// As given, but for characters that would break the line, command the terminal, or
/// be there without being seen; these are escaped as in Rust.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unseen(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Control characters, separators of lines, and what Unicode calls default ignorable:
/// among them those that turn the direction of writing, by which one name could
/// pass for another. Variation selectors stay: emoji need them.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The beginning of a text that is wider than `most`, with `…` for the rest.
pub(super) fn cut(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.to_owned();
    }
    let mut beginning = String::new();
    for c in text.chars() {
        let before = beginning.len();
        beginning.push(c);
        if width(&beginning) + 1 > most {
            beginning.truncate(before);
            break;
        }
    }
    beginning.push('…');
    beginning
}

/// A text in lines that are no wider than `most`, but for words that are.
pub(super) fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words(text) {
        let Some(line) = lines.last_mut() else { break };
        if line.is_empty() {
            line.push_str(word);
        } else if width(line) + 1 + width(word) <= most {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// Words as they must stay together: a percentage and its error are one.
fn words(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let mut spaces = text.match_indices(' ').map(|(at, _)| at);
        let end = spaces.find(|&at| !text[at + 1..].starts_with(['%', '±']));
        let (word, rest) = text.split_at(end.unwrap_or(text.len()));
        text = rest.get(1..).unwrap_or_default();
        (!word.is_empty() || !rest.is_empty()).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_not_be_seen_is_escaped() {
        assert_eq!(shown("a\tb\u{1b}[0m\n"), "a\\tb\\u{1b}[0m\\n");
        assert_eq!(
            shown("a\u{202e}b\u{200b}c\u{2066}"),
            "a\\u{202e}b\\u{200b}c\\u{2066}"
        );
        let seen = "naïve Füße 温度 é ❤\u{fe0f} \"quoted\" back\\slash";
        assert_eq!(shown(seen), seen);
    }

    #[test]
    fn texts_are_cut_where_room_ends() {
        assert_eq!(cut("features", 8), "features");
        assert_eq!(cut("features", 7), "featur…");
        assert_eq!(cut("features", 1), "…");
        #[cfg(feature = "enable")]
        assert_eq!((cut("温度計", 4), width("温度計")), ("温…".to_owned(), 6));
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(
            wrapped("one two three-four 5", 9),
            ["one two", "three-four", "5"]
        );
        assert_eq!(wrapped("", 9), [""]);
        assert_eq!(wrapped("it has 7.4 % ±6.4.", 14), ["it has", "7.4 % ±6.4."]);
    }
}
