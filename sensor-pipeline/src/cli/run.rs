//! `sensor-pipeline run`.

use super::PROGRAM;
use super::args::RunArgs;
use super::progress::Progress;
use indicatif::HumanCount;
use measured_core::cli::{Endpoint, Failure, Output, ReportFormat, ReportTo, tell};
use measured_core::{Report, set_timing};
use sensor_pipeline::{
    ColumnError, Columns, CsvRows, Generator, Intake, ReadError, Row, Stopped, pipeline,
};
use std::fmt::Write as _;
use std::iter;

pub(crate) fn command(args: &RunArgs) -> Result<(), Failure> {
    args.check(&[])?;
    run(args, Source::open(args)?)?.report()
}

/// A run that is over.
pub(crate) struct Ran {
    report: Report,
    to: ReportTo,
}

impl Ran {
    /// Reports on its stages. A rule may be violated: that is told after all else, and however
    /// all else went.
    pub(crate) fn report(self) -> Result<(), Failure> {
        self.to.write(&self.report)
    }
}

/// The pipeline from this source to its end. The source has been opened already: where it
/// cannot be read, no output is overwritten.
pub(crate) fn run(args: &RunArgs, source: Source<'_>) -> Result<Ran, Failure> {
    if let Some(timing) = args.timing {
        set_timing(timing);
    }
    let columns = source.columns(args)?;
    let to = args.report.open()?;
    let output = args.output.as_ref().map(Output::to).transpose()?;
    let mut intake = intake(args, &source.header)?;

    let mut progress = Progress::start(args, source.count);
    let mut broken = None;
    let rows = source
        .rows
        .map_while(|row| row.map_err(|error| broken = Some(error)).ok());
    let rows = progress.watch(rows);
    let kept = pipeline(rows, &columns, args.settings(), &mut intake, output);
    progress.finish();

    let finished = intake.finish();
    let kept = kept.map_err(|error| Failure::writing(&name_of(args.output.as_ref()), &error))?;
    finished.map_err(|stopped| match stopped {
        Stopped::Strict(row) => Failure::Data(format!("{}, {row} (--strict)", source.name)),
        Stopped::Copying(error) => {
            let rejects = name_of(args.rejects.as_ref());
            match &args.output {
                // Readings are missing from it: even a closed pipe is not to end that quietly.
                Some(_) => Failure::Data(format!("cannot write {rejects}: {error}")),
                None => Failure::writing(&rejects, &error),
            }
        }
    })?;
    tell_rejected(args, &source.name, &intake);
    if let Some(error) = broken {
        return Err(Failure::Data(format!("{}, {error}", source.name)));
    }
    if args.report.format == ReportFormat::Table {
        tell_kept(&intake, kept);
    }
    let report = Report::capture();
    Ok(Ran { report, to })
}

/// Where the rows come from.
pub(crate) struct Source<'a> {
    name: String,
    header: Row,
    /// How many rows will come, if that is known.
    count: Option<u64>,
    rows: Box<dyn Iterator<Item = Result<Row, ReadError>> + 'a>,
}

impl<'a> Source<'a> {
    pub(crate) fn open(args: &RunArgs) -> Result<Self, Failure> {
        match &args.input {
            Some(input) => Self::csv(input),
            None => Ok(Self::generated(args)),
        }
    }

    fn generated(args: &RunArgs) -> Self {
        let rows = Generator::new(args.records, args.seed);
        let rows = if args.clean { rows.clean() } else { rows };
        Self {
            name: "generated readings".to_owned(),
            header: Generator::header(),
            count: Some(args.records),
            rows: Box::new(rows.map(Ok)),
        }
    }

    fn csv(input: &Endpoint) -> Result<Self, Failure> {
        let name = input.input_name();
        let unreadable =
            |error: &dyn std::fmt::Display| Failure::Usage(format!("cannot read {name}: {error}"));
        let mut rows = CsvRows::new(input.open()?).map_err(|error| unreadable(&error))?;
        match rows.next() {
            Some(Ok(header)) => Ok(Self {
                name,
                header,
                count: None,
                rows: Box::new(rows),
            }),
            Some(Err(error)) => Err(unreadable(&error)),
            None => {
                let hint = "its first line should name the columns, as in timestamp,value";
                Err(Failure::Usage(format!("{name} is empty: {hint}")))
            }
        }
    }

    /// Calls this when the last row has been read, and the stages still have what they have.
    pub(crate) fn at_the_end(self, call: impl FnOnce() + 'a) -> Self {
        let end = iter::once_with(call).filter_map(|()| None);
        Self {
            rows: Box::new(self.rows.chain(end)),
            ..self
        }
    }

    fn columns(&self, args: &RunArgs) -> Result<Columns, Failure> {
        Columns::find(&self.header, &args.columns()).map_err(|error| {
            let mut message = format!("{}: {error}", self.name);
            if let ColumnError::Missing { .. } | ColumnError::Twice { .. } = error {
                message += "; choose with --time-column, --value-column and --sensor-column";
            }
            Failure::Usage(message)
        })
    }
}

fn intake(args: &RunArgs, header: &Row) -> Result<Intake, Failure> {
    let intake = Intake::default();
    let intake = if args.strict { intake.strict() } else { intake };
    let Some(rejects) = &args.rejects else {
        return Ok(intake);
    };
    let copied = intake.copy_rejected_to(Box::new(Output::to(rejects)?), header);
    copied.map_err(|error| Failure::writing(&rejects.output_name(), &error))
}

fn name_of(output: Option<&Endpoint>) -> String {
    output.map_or_else(String::new, Endpoint::output_name)
}

/// Names the first few rows that could not be read, and counts all.
fn tell_rejected(args: &RunArgs, source: &str, intake: &Intake) {
    if intake.rejected() == 0 {
        return;
    }
    for rejected in intake.named() {
        tell(PROGRAM, &format!("{source}, {rejected}"));
    }
    let reasons: Vec<String> = intake
        .rejected_by_reason()
        .map(|(reason, count)| format!("{reason} {}", HumanCount(count)))
        .collect();
    let (rejected, rows) = (HumanCount(intake.rejected()), HumanCount(intake.rows()));
    let mut message = format!(
        "{source}: {rejected} of {rows} rows rejected: {}",
        reasons.join(", ")
    );
    if let Some(rejects) = &args.rejects {
        let _ = write!(message, "; copied to {}", rejects.output_name());
    }
    tell(PROGRAM, &message);
}

/// What became of the rows. Readings that parse passed on and that did not come out at the end were
/// dropped by the filter, those without a value among them.
fn tell_kept(intake: &Intake, kept: u64) {
    let outside = intake.rows() - intake.rejected() - intake.missing() - kept;
    tell(
        PROGRAM,
        &format!(
            "{} rows: {} rejected, {} without a value, {} out of range, {} kept",
            HumanCount(intake.rows()),
            HumanCount(intake.rejected()),
            HumanCount(intake.missing()),
            HumanCount(outside),
            HumanCount(kept)
        ),
    );
}
