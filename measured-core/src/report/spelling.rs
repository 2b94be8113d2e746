//! Which known name an unknown one was meant to be.

/// The name nearest to `asked`, if one is near enough to be worth offering.
pub(super) fn nearest<'a>(
    asked: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // A third of the name wrong is a slip, or one letter of a short one; more is another name.
    let letters = asked.chars().count();
    let limit = (letters.max(3) / 3).min(letters.saturating_sub(1));
    let distances = names.into_iter().map(|name| (slips(asked, name), name));
    let near = distances.filter(|(slips, _)| *slips <= limit);
    Some(near.min_by_key(|(slips, _)| *slips)?.1)
}

/// Letters put in, left out or mistaken between `a` and `b`, whatever their case.
fn slips(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.to_lowercase().chars().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let mistaken = above[j] + usize::from(letter != *other);
            row.push(mistaken.min(above[j + 1] + 1).min(row[j] + 1));
        }
        above = row;
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        for (a, b, expected) in [
            ("parse", "Parse", 0),
            ("parse", "prse", 1),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!((slips(a, b), slips(b, a)), (expected, expected), "{a}, {b}");
        }
    }

    #[test]
    fn a_slip_is_offered_and_another_name_is_not() {
        let names = ["parse", "filter", "features"];
        assert_eq!(nearest("featurs", names), Some("features"));
        assert_eq!(nearest("Filter", names), Some("filter"));
        assert_eq!(nearest("sink", names), None);
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("ab", ["ac"]), Some("ac"));
    }
}
