//! What the report says of a stage besides records in and out.

use std::num::ParseIntError;

use measured_core::{Registry, measured_stage};

#[test]
#[cfg_attr(not(feature = "enable"), ignore = "nothing is reported")]
fn errors_among_items() {
    #[measured_stage(items = result)]
    fn parsed<'a>(
        lines: impl Iterator<Item = &'a str>,
    ) -> impl Iterator<Item = Result<u32, ParseIntError>> {
        lines.map(str::parse)
    }
    let registry = Registry::new();
    let good = registry.scope(|| parsed(["1", "two", "3"].into_iter()).flatten().count());
    let report = registry.capture();
    let stage = report.stage("parsed").unwrap();
    assert_eq!(good, 2);
    assert_eq!(
        (stage.records_in, stage.records_out, stage.records_err),
        (3, 3, 1)
    );
}

#[test]
#[cfg_attr(not(feature = "enable"), ignore = "nothing is reported")]
fn errors_among_boxed_items_of_an_alias() {
    type Parsed = Result<u32, ParseIntError>;
    #[measured_stage(items = result)]
    fn parsed<'a>(
        lines: impl Iterator<Item = &'a str> + 'a,
    ) -> Option<Box<dyn Iterator<Item = Parsed> + 'a>> {
        let mut lines = lines.peekable();
        lines.peek()?;
        Some(Box::new(lines.map(str::parse)))
    }
    let registry = Registry::new();
    registry.scope(|| parsed(["1", "two", "3"].into_iter()).unwrap().count());
    let report = registry.capture();
    assert_eq!(report.stage("parsed").unwrap().records_err, 1);
    assert!(
        report.to_string().contains("records were errors"),
        "{report}"
    );
}

#[test]
#[cfg_attr(not(feature = "enable"), ignore = "nothing is reported")]
fn the_location() {
    #[measured_stage]
    /// The line that counts is the function's, not the attribute's.
    fn located(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.skip(1)
    }
    let line = line!() - 3;
    let registry = Registry::new();
    registry.scope(|| located(0..3).count());
    let location = registry
        .capture()
        .stage("located")
        .unwrap()
        .location
        .clone();
    assert!(
        location.ends_with(&format!("reported.rs:{line}")),
        "{location}"
    );
}
