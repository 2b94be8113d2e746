//! Reports to be shown, on a clock that repeats.

use measured_core::{Measured, MockClock, Registry, Report, Timing};

/// Names that would be something else if they were not escaped.
pub(crate) const HOSTILE: [&str; 3] = [
    "</title><script>window.broken = 1</script>",
    "\" onload=\"window.broken = 1\" x='&lt;",
    "\u{202e}esrever\u{0}",
];

/// The same as they are shown.
pub(crate) const SHOWN: [&str; 3] = [HOSTILE[0], HOSTILE[1], "\\u{202e}esrever\\u{0}"];

/// Two branches that meet. Of 900 µs, `read` takes 50, `filter` 200, `right` 400, `join`
/// none, `features` 150 and the sink 100.
pub(crate) fn report(timing: Timing) -> Report {
    let clock = MockClock::new();
    let registry = Registry::new()
        .with_clock(clock.clone())
        .with_timing(timing);
    let spend = |ns| {
        let clock = clock.clone();
        move |_: &u64| clock.advance(ns)
    };
    registry.scope(|| {
        let left = (0..2_000).inspect(spend(25)).measured("read");
        let left = left
            .inspect(spend(100))
            .filter(|n| n % 2 == 0)
            .measured("filter");
        let right = (0..1_000).inspect(spend(400)).measured("right");
        let joined = left.zip(right).map(|(a, b)| a + b).measured("join");
        let features = joined.inspect(spend(150)).measured("features");
        features.for_each(|n| spend(100)(&n));
    });
    registry.capture()
}

/// The same with names that are not to be trusted.
pub(crate) fn hostile() -> Report {
    let mut report = report(Timing::Every);
    for (stage, name) in report.stages.iter_mut().zip(HOSTILE) {
        name.clone_into(&mut stage.name);
        name.clone_into(&mut stage.location);
        stage.inputs = vec![name.to_owned(), HOSTILE[1].to_owned()];
    }
    report
}
