//! What stands in the parentheses of the attribute.

use crate::mistakes::Mistakes;
use crate::spelling::nearest;
use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Ident, Lit, LitStr, Path, Result, Token};

/// Longer names leave no room for the figures in a line of the report.
const LONGEST_NAME: usize = 64;

#[derive(Default)]
pub(crate) struct Args {
    pub(crate) name: Option<String>,
    pub(crate) timing: Option<Timing>,
    pub(crate) input: Option<InputArg>,
    /// The word `none` of `output = none`.
    pub(crate) output: Option<Ident>,
    /// The word `result` of `items = result`.
    pub(crate) items: Option<Ident>,
    /// The word `generics`.
    pub(crate) generics: bool,
    pub(crate) krate: Option<Path>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timing {
    Off,
    Counts,
    Sampled,
    Every,
}

pub(crate) enum InputArg {
    None(Ident),
    Param(Ident),
}

const TIMINGS: [(&str, Timing); 4] = [
    ("counts", Timing::Counts),
    ("sampled", Timing::Sampled),
    ("every", Timing::Every),
    ("off", Timing::Off),
];

/// Which attribute the arguments belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attribute {
    Stage,
    Stages,
    Profiled,
    ProfiledBlock,
}

impl Attribute {
    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stage => "measured_stage",
            Self::Stages => "measured_stages",
            Self::Profiled | Self::ProfiledBlock => "profiled",
        }
    }

    /// That for a single function.
    pub(crate) fn of_one(self) -> Self {
        match self {
            Self::Stage | Self::Stages => Self::Stage,
            Self::Profiled | Self::ProfiledBlock => Self::Profiled,
        }
    }

    fn is_of_block(self) -> bool {
        matches!(self, Self::Stages | Self::ProfiledBlock)
    }

    /// What is said of an item that has it a second time.
    pub(crate) fn given_twice(self, item: &str) -> String {
        let done = match self {
            Self::Stage | Self::Stages => "measured",
            Self::Profiled | Self::ProfiledBlock => "profiled",
        };
        format!("this {item} is {done} twice: keep one of the two attributes")
    }

    /// What is in its row of a report.
    fn noun(self) -> &'static str {
        match self {
            Self::Stage | Self::Stages => "stage",
            Self::Profiled | Self::ProfiledBlock => "function",
        }
    }

    /// What it may be given; the first is the one to show.
    fn options(self) -> &'static [Opt] {
        match self {
            Self::Stage => &[Opt::Timing, Opt::Input, Opt::Output, Opt::Items, Opt::Crate],
            Self::Stages => &[Opt::Timing, Opt::Crate],
            Self::Profiled | Self::ProfiledBlock => &[Opt::Generics, Opt::Crate],
        }
    }

    fn option(self, word: &str) -> Option<Opt> {
        let mut options = self.options().iter();
        options.find(|option| option.name() == word).copied()
    }
}

/// What may follow the name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Opt {
    Timing,
    Input,
    Output,
    Items,
    Generics,
    Crate,
}

impl Opt {
    fn name(self) -> &'static str {
        match self {
            Self::Timing => "timing",
            Self::Input => "input",
            Self::Output => "output",
            Self::Items => "items",
            Self::Generics => "generics",
            Self::Crate => "crate",
        }
    }

    /// As it is written, value and all.
    fn example(self) -> &'static str {
        match self {
            Self::Timing => "timing = every",
            Self::Input => "input = readings",
            Self::Output => "output = none",
            Self::Items => "items = result",
            Self::Generics => "generics",
            Self::Crate => "crate = my_crate::measured_core",
        }
    }
}

/// Reads what it can and notes the rest, so that a mistake hides no other.
pub(crate) fn parse(tokens: TokenStream, attribute: Attribute, mistakes: &mut Mistakes) -> Args {
    let mut args = Args::default();
    let read = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(mistake) = args.read_one(input, attribute) {
                mistakes.add(mistake);
                skip_to_comma(input)?;
            } else if !input.is_empty() && !input.peek(Token![,]) {
                mistakes.add(input.error("expected a comma between two options"));
                skip_to_comma(input)?;
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    if let Err(mistake) = read.parse2(tokens) {
        mistakes.add(mistake);
    }
    args
}

fn skip_to_comma(input: ParseStream<'_>) -> Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

impl Args {
    fn read_one(&mut self, input: ParseStream<'_>, attribute: Attribute) -> Result<()> {
        if input.peek(Lit) {
            return self.read_name(&input.parse()?, attribute);
        }
        if !input.peek(Ident::peek_any) {
            let name = if attribute.is_of_block() {
                ""
            } else {
                "the name in quotes or "
            };
            let example = attribute.options()[0].example();
            return Err(input.error(format!("expected {name}an option such as `{example}`")));
        }
        let option = input.call(Ident::parse_any)?;
        let word = option.to_string();
        if input.peek(Token![!]) {
            let message = format!(
                "macros are not expanded here: write out the name that `{word}!` would make, in quotes"
            );
            return Err(Error::new_spanned(option, message));
        }
        let Some(known) = attribute.option(&word) else {
            let is_name = !input.peek(Token![=]) && !attribute.is_of_block() && self.name.is_none();
            return Err(unknown_option(&option, is_name, attribute));
        };
        let is_again = match known {
            Opt::Timing => {
                let timing = read_value(known, &option, input, read_timing)?;
                given_before(&mut self.timing, timing)
            }
            Opt::Input => {
                let parameter = read_value(known, &option, input, read_input)?;
                given_before(&mut self.input, parameter)
            }
            Opt::Output => {
                let none = read_value(known, &option, input, read_output)?;
                given_before(&mut self.output, none)
            }
            Opt::Items => {
                let kind = read_value(known, &option, input, read_items)?;
                given_before(&mut self.items, kind)
            }
            Opt::Generics => {
                if input.peek(Token![=]) {
                    return Err(input.error("`generics` takes no value: write it alone"));
                }
                std::mem::replace(&mut self.generics, true)
            }
            Opt::Crate => {
                let path = read_value(known, &option, input, read_path)?;
                given_before(&mut self.krate, path)
            }
        };
        if is_again {
            let message = format!("`{word}` is given twice: keep one of the two");
            return Err(Error::new_spanned(option, message));
        }
        Ok(())
    }

    fn read_name(&mut self, literal: &Lit, attribute: Attribute) -> Result<()> {
        let refuse = |message: &str| Err(Error::new_spanned(literal, message));
        let name = match (attribute, literal) {
            (Attribute::Stages, _) => {
                return refuse(
                    "`measured_stages` takes no name: every stage is named `Type::function`; to \
                     name one, put `#[measured_stage(\"name\")]` on it",
                );
            }
            (Attribute::ProfiledBlock, _) => {
                return refuse(
                    "a block takes no name: every function is named `Type::function`; to name one, \
                     put `#[profiled(\"name\")]` on it",
                );
            }
            (_, Lit::Str(name)) => name,
            (_, _) => {
                let noun = attribute.noun();
                return refuse(&format!(
                    "the name of a {noun} is a string: write `\"normalize\"`"
                ));
            }
        };
        if self.name.is_some() {
            return refuse(&format!(
                "a {} has one name: keep one of the two",
                attribute.noun()
            ));
        }
        if self.has_options() {
            return refuse("the name comes first: write it before the options");
        }
        let text = name.value();
        if text.chars().all(is_invisible) {
            return refuse(
                "the name is empty: write one, or leave the quotes out to take the function's own",
            );
        }
        if text.chars().count() > LONGEST_NAME {
            return refuse(&format!(
                "the name has more than {LONGEST_NAME} characters: shorten it, it is a row's \
                 heading in the report",
            ));
        }
        if text.chars().any(char::is_control) {
            return refuse("the name has a control character in it: remove it");
        }
        self.name = Some(text);
        Ok(())
    }

    fn has_options(&self) -> bool {
        self.timing.is_some()
            || self.input.is_some()
            || self.output.is_some()
            || self.items.is_some()
            || self.generics
            || self.krate.is_some()
    }
}

/// Takes a value, unless there is one: what follows from the second is no mistake of its own.
fn given_before<T>(option: &mut Option<T>, value: T) -> bool {
    let is_given = option.is_some();
    option.get_or_insert(value);
    is_given
}

/// Whether nothing is to be seen of a character: blanks, and what has no width.
fn is_invisible(character: char) -> bool {
    let without_width = matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
    );
    without_width || character.is_whitespace()
}

/// Reads the equals sign, and by `read` what follows it.
fn read_value<T>(
    option: Opt,
    word: &Ident,
    input: ParseStream<'_>,
    read: fn(ParseStream<'_>) -> Result<T>,
) -> Result<T> {
    let equals: Option<Token![=]> = input.parse()?;
    if equals.is_none() || input.is_empty() || input.peek(Token![,]) {
        let message = format!(
            "`{}` needs a value: write `{}`",
            option.name(),
            option.example()
        );
        return Err(Error::new_spanned(word, message));
    }
    if let Ok(text) = input.fork().parse::<LitStr>() {
        let value = text.value();
        return Err(input.error(if read.parse_str(&value).is_ok() {
            format!("without quotes: write `{} = {value}`", option.name())
        } else {
            no_value_of(option)
        }));
    }
    read(input)
}

fn no_value_of(option: Opt) -> String {
    format!(
        "this is no value of `{}`: write `{}`",
        option.name(),
        option.example()
    )
}

fn unknown_option(option: &Ident, is_name: bool, attribute: Attribute) -> Error {
    let word = option.to_string();
    let options = attribute.options().iter().map(|option| option.name());
    let message = if let Some(near) = nearest(&word, options.clone()) {
        format!("unknown option `{word}`: did you mean `{near}`?")
    } else if let Some(of_one) = attribute.of_one().option(&word) {
        let attribute = attribute.of_one().name();
        let example = of_one.example();
        format!("`{word}` is an option of one function: put `#[{attribute}({example})]` on it")
    } else if word == "name" && !attribute.is_of_block() {
        "unknown option `name`: the name stands alone, write `\"normalize\"`".to_owned()
    } else if is_name {
        let noun = attribute.noun();
        format!("the name of a {noun} is written in quotes: `\"{word}\"`")
    } else {
        let known: Vec<String> = options.map(|known| format!("`{known}`")).collect();
        format!("unknown option `{word}`: there are {}", known.join(", "))
    };
    Error::new_spanned(option, message)
}

fn read_timing(input: ParseStream<'_>) -> Result<Timing> {
    let value = read_word(input, Opt::Timing)?;
    let word = value.to_string();
    if let Some((_, timing)) = TIMINGS.iter().find(|(name, _)| *name == word) {
        return Ok(*timing);
    }
    let message = match nearest(&word, TIMINGS.map(|(name, _)| name)) {
        Some(near) => format!("unknown timing `{word}`: did you mean `{near}`?"),
        None => format!("unknown timing `{word}`: write `counts`, `sampled`, `every` or `off`"),
    };
    Err(Error::new_spanned(value, message))
}

fn read_input(input: ParseStream<'_>) -> Result<InputArg> {
    let value = read_word(input, Opt::Input)?;
    Ok(if value == "none" {
        InputArg::None(value)
    } else {
        InputArg::Param(value)
    })
}

fn read_output(input: ParseStream<'_>) -> Result<Ident> {
    let value = read_word(input, Opt::Output)?;
    if value == "none" {
        return Ok(value);
    }
    let message = format!("unknown output `{value}`: the only one is `output = none`");
    Err(Error::new_spanned(value, message))
}

fn read_items(input: ParseStream<'_>) -> Result<Ident> {
    let value = read_word(input, Opt::Items)?;
    if value == "result" {
        return Ok(value);
    }
    let message = format!("unknown kind of items `{value}`: the only one is `items = result`");
    Err(Error::new_spanned(value, message))
}

fn read_path(input: ParseStream<'_>) -> Result<Path> {
    if !input.peek(Token![::]) {
        expect_word(input, Opt::Crate)?;
    }
    input.call(Path::parse_mod_style)
}

fn read_word(input: ParseStream<'_>, option: Opt) -> Result<Ident> {
    expect_word(input, option)?;
    input.call(Ident::parse_any)
}

fn expect_word(input: ParseStream<'_>, option: Opt) -> Result<()> {
    if input.peek(Ident::peek_any) {
        return Ok(());
    }
    Err(input.error(no_value_of(option)))
}

#[cfg(test)]
mod tests {
    use super::{Args, Attribute, InputArg, LONGEST_NAME, Timing, parse};
    use crate::mistakes::Mistakes;

    fn read(written: &str, attribute: Attribute) -> (Args, Vec<String>) {
        let mut mistakes = Mistakes::default();
        let args = parse(written.parse().unwrap(), attribute, &mut mistakes);
        let messages = match mistakes.or(Some(())) {
            Ok(()) => Vec::new(),
            Err(mistakes) => mistakes.into_iter().map(|it| it.to_string()).collect(),
        };
        (args, messages)
    }

    #[test]
    fn every_option_is_read() {
        let written = r#""scale", timing = every, input = readings, output = none, items = result, crate = a::b,"#;
        let (args, messages) = read(written, Attribute::Stage);
        assert_eq!(messages, [""; 0]);
        assert_eq!(args.name.as_deref(), Some("scale"));
        assert!(matches!(args.timing, Some(Timing::Every)));
        assert!(matches!(args.input, Some(InputArg::Param(name)) if name == "readings"));
        assert!(args.output.is_some() && args.items.is_some());
        assert_eq!(args.krate.map(|path| path.segments.len()), Some(2));
    }

    #[test]
    fn nothing_is_as_good_as_anything() {
        for attribute in [Attribute::Stage, Attribute::Stages] {
            let (args, messages) = read("", attribute);
            assert!(args.name.is_none() && args.timing.is_none() && messages.is_empty());
        }
    }

    #[test]
    fn no_input_is_told_from_one() {
        let (args, _) = read("input = none", Attribute::Stage);
        assert!(matches!(args.input, Some(InputArg::None(_))));
    }

    #[test]
    fn a_name_may_be_as_long_as_a_line_of_the_report_allows() {
        for (length, mistakes) in [(LONGEST_NAME, 0), (LONGEST_NAME + 1, 1)] {
            // Characters count, not bytes.
            let (_, messages) = read(&format!("{:?}", "ä".repeat(length)), Attribute::Stage);
            assert_eq!(messages.len(), mistakes, "{length}: {messages:?}");
        }
    }

    #[test]
    fn only_a_value_is_offered_without_its_quotes() {
        for (written, expected) in [
            ("timing = \"off\"", "without quotes: write `timing = off`"),
            (
                "timing = \"budget=1%\"",
                "this is no value of `timing`: write `timing = every`",
            ),
            (
                "input = \"a b\"",
                "this is no value of `input`: write `input = readings`",
            ),
            ("output = \"none\"", "without quotes: write `output = none`"),
            ("crate = \"a::b\"", "without quotes: write `crate = a::b`"),
            (
                "crate = \"\"",
                "this is no value of `crate`: write `crate = my_crate::measured_core`",
            ),
        ] {
            let (_, messages) = read(written, Attribute::Stage);
            assert_eq!(messages, [expected], "{written}");
        }
    }

    #[test]
    fn a_mistake_hides_no_other() {
        let written = r#"scale, timing = evry, "late", input = 3, inptu = x, crate, * + , timing = off, timing = off"#;
        let (args, messages) = read(written, Attribute::Stage);
        assert_eq!(
            messages,
            [
                "the name of a stage is written in quotes: `\"scale\"`",
                "unknown timing `evry`: did you mean `every`?",
                "this is no value of `input`: write `input = readings`",
                "unknown option `inptu`: did you mean `input`?",
                "`crate` needs a value: write `crate = my_crate::measured_core`",
                "expected the name in quotes or an option such as `timing = every`",
                "`timing` is given twice: keep one of the two",
            ]
        );
        assert_eq!(args.name.as_deref(), Some("late"));
    }
}
