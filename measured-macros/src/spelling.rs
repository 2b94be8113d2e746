//! Which known word an unknown one was meant to be.

/// The candidate nearest to `word`, if one is near enough to be worth offering.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // A third of the word wrong is a slip; more is another word.
    let limit = word.chars().count().max(3) / 3;
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substituted = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = substituted.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distance_counts_single_slips() {
        for (a, b, expected) in [
            ("timing", "timing", 0),
            ("timming", "timing", 1),
            ("tming", "timing", 1),
            ("tining", "timing", 1),
            ("timign", "timing", 1),
            ("", "abc", 3),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a, b), expected, "{a} → {b}");
            assert_eq!(distance(b, a), expected, "{b} → {a}");
        }
    }

    #[test]
    fn nearest_offers_a_slip_and_nothing_else() {
        let options = ["timing", "input", "items", "crate"];
        assert_eq!(nearest("timming", options), Some("timing"));
        assert_eq!(nearest("Input", options), Some("input"));
        assert_eq!(nearest("item", options), Some("items"));
        assert_eq!(nearest("colour", options), None);
        assert_eq!(nearest("x", options), None);
    }
}
