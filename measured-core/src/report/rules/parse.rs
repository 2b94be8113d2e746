//! A rule's text, and what is wrong with it.

use super::figure::Figure;
use super::{Limit, Operator, Rule, RuleError};
use crate::report::spelling::nearest;
use std::str::FromStr;

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Rule, RuleError> {
        let mut reader = Reader { text, at: 0 };
        let (stage, figure) = reader.subject()?;
        let operator = reader.operator()?;
        reader.skip_blanks();
        let limit_at = reader.at;
        let limit = reader.limit()?;
        reader.end()?;
        if let Some(decided) = limit.decided(operator) {
            return Err(reader.wrong(limit_at, &decided));
        }
        Ok(Rule {
            text: text.trim().to_owned(),
            stage,
            figure,
            operator,
            limit,
        })
    }
}

/// A rule's text, read from left to right.
struct Reader<'a> {
    text: &'a str,
    /// Bytes that have been read.
    at: usize,
}

const NO_SUBJECT: &str =
    "no figure: write a rule such as features.self_ns > +10%, or wall_ns > +20% for the whole";
const NEEDS_QUOTES: &str =
    "no figure: a name with blanks stands in double quotes, as in \"in range\".self_ns";
const BLANK: &str = "a blank beside the dot: write features.self_ns";

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn wrong(&self, at: usize, what: &str) -> RuleError {
        let column = self.text[..at].chars().count() + 1;
        RuleError(format!("rule {:?}, column {column}: {what}", self.text))
    }

    fn word(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || "<>=!\"".contains(c));
        let word = &rest[..end.unwrap_or(rest.len())];
        self.at += word.len();
        word
    }

    fn subject(&mut self) -> Result<(Option<String>, Figure), RuleError> {
        self.skip_blanks();
        let start = self.at;
        if self.rest().starts_with('"') {
            let stage = self.quoted()?;
            let dot = self.at;
            let figure = self.word().strip_prefix('.');
            let figure = figure.ok_or_else(|| {
                self.wrong(
                    dot,
                    "no figure: write a dot and a figure after the name, as in .self_ns",
                )
            })?;
            return Ok((Some(stage), self.figure(figure, dot + 1)?));
        }
        match self.word().rsplit_once('.') {
            Some((_, "")) if self.goes_on(char::is_alphabetic) => Err(self.wrong(self.at, BLANK)),
            None if self.goes_on(|c| c == '.') => Err(self.wrong(self.at, BLANK)),
            Some((stage, figure)) if !stage.is_empty() => {
                let figure = self.figure(figure, start + stage.len() + 1)?;
                Ok((Some(stage.to_owned()), figure))
            }
            _ => self.of_the_whole(&self.text[start..self.at], start),
        }
    }

    fn of_the_whole(&self, word: &str, at: usize) -> Result<(Option<String>, Figure), RuleError> {
        let is_it = |figure: &Figure| figure.name() == word;
        if is_it(&Figure::Wall) {
            Ok((None, Figure::Wall))
        } else if Figure::OF_STAGES.iter().any(is_it) {
            let whose = format!("no stage: write whose it is, as in features.{word}");
            Err(self.wrong(at, &whose))
        } else {
            let up_to_operator = self.rest().split(['<', '>', '=', '!', '"']).next();
            let has_dot = up_to_operator.is_some_and(|rest| rest.contains('.'));
            Err(self.wrong(at, if has_dot { NEEDS_QUOTES } else { NO_SUBJECT }))
        }
    }

    /// Whether, after blanks, it goes on with this.
    fn goes_on(&self, with: impl Fn(char) -> bool) -> bool {
        self.rest().trim_start().starts_with(with)
    }

    fn quoted(&mut self) -> Result<String, RuleError> {
        let start = self.at;
        let mut name = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = start + at + 1;
                    return Ok(name);
                }
                '\\' => name.extend(chars.next().map(|(_, escaped)| escaped)),
                c => name.push(c),
            }
        }
        Err(self.wrong(start, "a quote that does not end: write \" after the name"))
    }

    fn figure(&self, word: &str, at: usize) -> Result<Figure, RuleError> {
        let is_it = |figure: &Figure| figure.name() == word;
        Figure::OF_STAGES.into_iter().find(is_it).ok_or_else(|| {
            let names = Figure::OF_STAGES.map(Figure::name);
            let meant = nearest(word, names).map(|name| format!("; did you mean {name}?"));
            let (names, meant) = (names.join(", "), meant.unwrap_or_default());
            self.wrong(
                at,
                &format!("no figure of a stage: there are {names}{meant}"),
            )
        })
    }

    fn operator(&mut self) -> Result<Operator, RuleError> {
        self.skip_blanks();
        let rest = self.rest();
        let found = Operator::ALL
            .into_iter()
            .find(|(sign, _)| rest.starts_with(sign));
        let (sign, operator) = found
            .ok_or_else(|| self.wrong(self.at, "no comparison: write one of > >= < <= == !="))?;
        self.at += sign.len();
        Ok(operator)
    }

    fn limit(&mut self) -> Result<Limit, RuleError> {
        self.skip_blanks();
        let start = self.at;
        let word = self.word();
        let digits = word.trim_end_matches('%').trim_start_matches(['+', '-']);
        let has_sign = word.starts_with(['+', '-']);
        let signs = usize::from(has_sign);
        let number: f64 = digits
            .parse()
            .ok()
            .filter(|_| digits.starts_with(|c: char| c.is_ascii_digit() || c == '.'))
            .filter(|_| word.len() - digits.len() <= signs + 1)
            .filter(|number: &f64| number.is_finite())
            .ok_or_else(|| {
                self.wrong(start, "no number: write a limit such as +10%, -5% or 250")
            })?;
        let number = if word.starts_with('-') {
            -number
        } else {
            number
        };
        self.skip_blanks();
        if word.ends_with('%') || self.rest().starts_with('%') {
            self.at += usize::from(!word.ends_with('%'));
            Ok(Limit::Part(number / 100.0))
        } else if has_sign {
            Ok(Limit::Change(number))
        } else {
            Ok(Limit::Value(number))
        }
    }

    fn end(&mut self) -> Result<(), RuleError> {
        self.skip_blanks();
        if self.rest().is_empty() {
            Ok(())
        } else {
            Err(self.wrong(self.at, "more than a rule: write one at a time"))
        }
    }
}
