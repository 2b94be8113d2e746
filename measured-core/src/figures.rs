//! Numbers as people write them.

/// With a comma every three digits.
pub(crate) fn count(n: u64) -> String {
    grouped(&n.to_string())
}

/// With one decimal, and commas in front of it.
pub(crate) fn decimal(value: f64) -> String {
    if !value.is_finite() {
        return infinite(value).to_owned();
    }
    let text = format!("{:.1}", value.abs());
    // No minus in front of what is rounded to nothing.
    let sign = if value < 0.0 && text != "0.0" {
        "-"
    } else {
        ""
    };
    let (whole, tenths) = text.split_once('.').unwrap_or((&text, "0"));
    format!("{sign}{}.{tenths}", grouped(whole))
}

/// A part of 1, in hundredths.
pub(crate) fn percent(part: f64) -> String {
    decimal(100.0 * part) + " %"
}

/// By how much more or less, as a part of what it was.
pub(crate) fn change(part: f64) -> String {
    let text = percent(part);
    if text.starts_with('-') || text == percent(0.0) {
        text
    } else {
        format!("+{text}")
    }
}

/// What may be added to a percentage or taken off it; nothing where that is nothing.
pub(crate) fn plus_or_minus(part: f64) -> String {
    if part > 0.0 {
        format!(" ±{}", decimal(100.0 * part))
    } else {
        String::new()
    }
}

/// Nanoseconds, in the unit that leaves fewest digits.
pub(crate) fn duration(ns: f64) -> String {
    let (value, unit) = match ns.abs() {
        n if n < 999.5 => return format!("{:.0} ns", ns.round() + 0.0),
        n if n < 999_995.0 => (ns / 1e3, "µs"),
        n if n < 999_995_000.0 => (ns / 1e6, "ms"),
        _ => (ns / 1e9, "s"),
    };
    format!("{value:.2} {unit}")
}

/// Stands for a figure that there is none of.
pub(crate) const DASH: &str = "-";

/// A figure as it is written, or a dash where there is none.
pub(crate) fn or_dash<T>(figure: Option<T>, written: impl FnOnce(T) -> String) -> String {
    figure.map_or_else(|| DASH.to_owned(), written)
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn infinite(value: f64) -> &'static str {
    match value {
        f64::INFINITY => "∞",
        f64::NEG_INFINITY => "-∞",
        _ => DASH,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(count),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0.04, -0.04, 1_234.56, -1_000.0, f64::INFINITY, f64::NAN].map(decimal),
            ["0.0", "0.0", "1,234.6", "-1,000.0", "∞", "-"]
        );
        assert_eq!([0.0739, 9.753].map(percent), ["7.4 %", "975.3 %"]);
        assert_eq!(
            [0.5, -0.5, 0.0, -0.0, f64::INFINITY].map(change),
            ["+50.0 %", "-50.0 %", "0.0 %", "0.0 %", "+∞ %"]
        );
        assert_eq!([0.064, 0.0].map(plus_or_minus), [" ±6.4", ""]);
    }

    #[test]
    fn durations_take_the_unit_that_suits_them() {
        assert_eq!(
            [17.0, 1_700.0, 1.7e6, -2e9, 999.7, 999_999.0].map(duration),
            [
                "17 ns", "1.70 µs", "1.70 ms", "-2.00 s", "1.00 µs", "1.00 ms"
            ]
        );
    }
}
