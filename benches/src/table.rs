//! Markdown tables, ready to be put into docs/costs.md.

use crate::rounds::Spread;
use comfy_table::{CellAlignment, Table, presets};

/// An empty table with these column heads. Columns after the first `texts` hold figures and are
/// aligned to the right.
#[must_use]
pub fn table(texts: usize, heads: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN).set_header(heads);
    for column in table.column_iter_mut().skip(texts) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// A spread as `quiet / typical`, with as many digits as its size has use for.
#[must_use]
pub fn spread(spread: Spread) -> String {
    format!("{} / {}", nanos(spread.quiet), nanos(spread.typical))
}

/// Nanoseconds: two decimals below ten, one below a hundred, none above.
#[must_use]
pub fn nanos(value: f64) -> String {
    let decimals = match value.abs() {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}
