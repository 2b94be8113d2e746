//! What the attribute can be told.

use measured_core::measured_stage;

use crate::expect;

#[test]
fn named() {
    #[measured_stage("a name – of its own")]
    fn skipped(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.skip(1)
    }
    expect("a name – of its own", (3, 2), || skipped(0..3).count());
}

#[test]
fn timed() {
    #[measured_stage(timing = counts)]
    fn counted(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.skip(1)
    }
    #[measured_stage(timing = sampled)]
    fn sampled(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.skip(1)
    }
    #[measured_stage("every", timing = every,)]
    fn every(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.skip(1)
    }
    expect("counted", (3, 2), || counted(0..3).count());
    expect("sampled", (3, 2), || sampled(0..3).count());
    expect("every", (3, 2), || every(0..3).count());
}

#[cfg(feature = "enable")]
#[test]
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

#[cfg(feature = "enable")]
#[test]
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
    assert_eq!(registry.capture().stage("parsed").unwrap().records_err, 1);
}

#[test]
fn the_path_to_the_crate() {
    mod elsewhere {
        pub(crate) use measured_core as measure;
    }
    #[elsewhere::measure::measured_stage("skipped", crate = elsewhere::measure)]
    fn skipped(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        values.skip(1)
    }
    expect("skipped", (3, 2), || skipped(0..3).count());
}

#[cfg(feature = "enable")]
#[test]
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
        location.ends_with(&format!("options.rs:{line}")),
        "{location}"
    );
}
