//! What a table is printed on: how wide it is, and whether colour is welcome.

use std::env;
use std::ffi::OsString;
use std::io::IsTerminal;

/// Columns where nobody says how many there are.
const USUAL_WIDTH: usize = 80;

/// How wide, and with colour or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Screen {
    pub(crate) width: usize,
    pub(crate) color: bool,
}

impl Default for Screen {
    /// 80 columns without colour.
    fn default() -> Screen {
        Screen {
            width: USUAL_WIDTH,
            color: false,
        }
    }
}

impl Screen {
    /// As wide as `COLUMNS` says, else 80 columns; colour on terminals, unless
    /// `NO_COLOR` is set to anything (<https://no-color.org>) or `TERM` is `dumb`.
    pub(crate) fn of(stream: &impl IsTerminal) -> Screen {
        Screen::found(stream.is_terminal(), |name| env::var_os(name))
    }

    fn found(is_terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> Screen {
        let columns = variable("COLUMNS").and_then(|columns| columns.to_str()?.parse().ok());
        let unwanted = variable("NO_COLOR").is_some_and(|value| !value.is_empty())
            || variable("TERM").is_some_and(|value| value == "dumb");
        Screen {
            width: columns.filter(|&width| width > 0).unwrap_or(USUAL_WIDTH),
            color: is_terminal && !unwanted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(is_terminal: bool, variables: &[(&str, &str)]) -> (usize, bool) {
        let screen = Screen::found(is_terminal, |asked| {
            let (_, value) = variables.iter().find(|(name, _)| *name == asked)?;
            Some(OsString::from(value))
        });
        (screen.width, screen.color)
    }

    #[test]
    fn color_is_for_terminals_whose_user_has_nothing_against_it() {
        assert_eq!(found(true, &[]), (80, true));
        assert_eq!(found(false, &[]), (80, false));
        assert_eq!(found(true, &[("NO_COLOR", "1")]), (80, false));
        assert_eq!(found(true, &[("NO_COLOR", "")]), (80, true));
        assert_eq!(found(true, &[("TERM", "dumb")]), (80, false));
        assert_eq!(found(true, &[("TERM", "xterm-256color")]), (80, true));
    }

    #[test]
    fn columns_say_how_wide_it_is() {
        assert_eq!(found(false, &[("COLUMNS", "132")]), (132, false));
        assert_eq!(found(true, &[("COLUMNS", "0")]), (80, true));
        assert_eq!(found(true, &[("COLUMNS", "wide")]), (80, true));
    }
}
