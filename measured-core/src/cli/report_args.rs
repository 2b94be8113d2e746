//! The options of a program that reports where its time went.

use super::format::{Format, Shown};
use super::judged::Judged;
use super::output::Output;
use super::{Endpoint, Failure, input, refuse_shared};
use crate::report::{Report, Rule};
use clap::ValueEnum;

/// Options that say how a program reports where its time went, and where to: flattened
/// into the command line of a program that uses clap.
///
/// ```
/// use clap::Parser;
/// use measured_core::Report;
/// use measured_core::cli::{ReportArgs, ReportFormat};
///
/// #[derive(Parser)]
/// struct Args {
///     #[command(flatten)]
///     report: ReportArgs,
/// }
///
/// let args = Args::parse_from(["program", "--report", "markdown", "--report-file", "-"]);
/// assert_eq!(args.report.format, ReportFormat::Markdown);
/// let report = args.report.open()?;
/// report.write(&Report::capture())?;
/// # Ok::<(), measured_core::cli::Failure>(())
/// ```
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
pub struct ReportArgs {
    /// How to report where the time went
    #[arg(
        id = "report",
        long = "report",
        value_name = "HOW",
        default_value = "table"
    )]
    pub format: ReportFormat,

    /// Where to [default: standard error]
    #[arg(id = "report_file", long = "report-file", value_name = "FILE|-")]
    pub file: Option<Endpoint>,

    /// Reports as JSON of earlier runs: say what became faster or slower since then
    #[arg(long, value_name = "FILE|-", num_args = 1..)]
    pub compare: Vec<Endpoint>,

    /// What must not be: exit code 3 if it is, as in "filter.selectivity != 0%"
    #[arg(long, value_name = "RULE", requires = "compare")]
    fail_on: Vec<Rule>,
}

/// The formats of a report.
///
/// ```
/// use clap::ValueEnum;
/// use measured_core::cli::ReportFormat;
///
/// assert_eq!(ReportFormat::from_str("json", false), Ok(ReportFormat::Json));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum ReportFormat {
    /// Aligned text; in colour on a terminal
    Table,
    /// A table for a pull request or an issue
    Markdown,
    /// For machines, and for the program `measured`
    Json,
    /// A page to look at, in one file
    Html,
    /// Nothing
    None,
}

impl ReportArgs {
    /// Opens what is to be read and written, before the program does its work: after an
    /// hour it would be late to learn that it cannot be.
    ///
    /// # Errors
    /// [`Failure::Usage`] where a file cannot be created or holds no report, or where
    /// options contradict each other.
    ///
    /// ```
    /// use measured_core::cli::ReportArgs;
    ///
    /// #[derive(clap::Parser)]
    /// struct Args {
    ///     #[command(flatten)]
    ///     report: ReportArgs,
    /// }
    ///
    /// let args: Args = clap::Parser::parse_from(["program", "--report-file", "no/such/folder/report"]);
    /// assert!(args.report.open().is_err());
    ///
    /// // What is compared with is there to be kept.
    /// let args: Args = clap::Parser::parse_from(["program", "--compare", "a.json", "--report-file", "./a.json"]);
    /// let error = args.report.open().err().unwrap();
    /// assert_eq!(error.to_string(), "--report-file would overwrite --compare: both name ./a.json");
    /// ```
    pub fn open(&self) -> Result<ReportTo, Failure> {
        if let Some(contradiction) = self.contradiction() {
            return Err(Failure::Usage(contradiction.to_owned()));
        }
        let compared: Vec<_> = self
            .compare
            .iter()
            .map(|file| ("--compare", Some(file)))
            .collect();
        refuse_shared(&compared, &[("--report-file", self.file.as_ref())])?;
        let before = input::reports(&self.compare)?;
        input::refuse_repeats(&self.compare, &before)?;
        Ok(ReportTo {
            format: self.format,
            before,
            rules: self.fail_on.clone(),
            output: match &self.file {
                Some(file) => Output::to(file)?,
                None => Output::error(),
            },
        })
    }

    /// What of the options does not go together.
    fn contradiction(&self) -> Option<&'static str> {
        let is_compared = !self.compare.is_empty();
        match self.format {
            ReportFormat::None if self.file.is_some() => {
                Some("--report-file needs a report: not --report none")
            }
            ReportFormat::None if is_compared && self.fail_on.is_empty() => Some(
                "--compare shows nothing with --report none: write --report table, or a rule with --fail-on",
            ),
            ReportFormat::Html if is_compared => {
                Some("--compare goes with --report table, markdown or json: there is no page of it")
            }
            _ => None,
        }
    }
}

/// Where a report goes, and in which format: what [`ReportArgs::open`] gives.
#[must_use = "a report is there to be written"]
pub struct ReportTo {
    format: ReportFormat,
    /// Reports of earlier runs, if it is to be compared with any.
    before: Vec<Report>,
    rules: Vec<Rule>,
    output: Output,
}

impl ReportTo {
    /// Writes the report, or what became of it since the reports that it is compared with.
    ///
    /// # Errors
    /// [`Failure::ClosedPipe`] where nobody reads it, [`Failure::Data`] where it cannot be
    /// written, [`Failure::Rules`] where a rule is violated, [`Failure::Usage`] where one
    /// is about what is not there: of these two, after it has been written.
    ///
    /// ```
    /// # #[derive(clap::Parser)]
    /// # struct Args {
    /// #     #[command(flatten)]
    /// #     report: measured_core::cli::ReportArgs,
    /// # }
    /// # let args: Args = clap::Parser::parse_from(["program"]);
    /// let report = args.report.open()?;
    /// // … the pipeline …
    /// report.write(&measured_core::Report::capture())?;
    /// # Ok::<(), measured_core::cli::Failure>(())
    /// ```
    pub fn write(mut self, report: &Report) -> Result<(), Failure> {
        if self.format == ReportFormat::Html {
            return self.output.text(&report.to_html());
        }
        if self.before.is_empty() {
            return self.show(report);
        }
        let judged = Judged::of(&self.before, std::slice::from_ref(report), &self.rules);
        let shown = self.show(&judged);
        judged.verdict().and(shown)
    }

    fn show(&mut self, what: &impl Shown) -> Result<(), Failure> {
        let format = match self.format {
            ReportFormat::Table => Format::Table,
            ReportFormat::Markdown => Format::Markdown,
            ReportFormat::Json => Format::Json,
            ReportFormat::Html | ReportFormat::None => return Ok(()),
        };
        format.write(what, &mut self.output)
    }
}
