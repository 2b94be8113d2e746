//! A report at the end of a scope.

use crate::registry::Registry;
use std::io::{self, Write};

/// Prints a report to standard error when it is dropped: at the end of the scope, by
/// `return`, by `?`, or by a panic. [`report_on_drop`] makes one.
#[derive(Debug)]
#[must_use = "it prints where it is dropped: bind it to a name, as in `let _report = …`"]
pub struct ReportOnDrop {
    registry: Registry,
}

/// Prints what the stages have done to standard error when what it returns is dropped:
/// those of the process, or inside [`Registry::scope`] those of that registry.
///
/// Where standard error is closed or full, nothing is printed and nothing panics. Nothing
/// is printed without the feature `enable`, either.
///
/// ```
/// use measured_core::{Measured, report_on_drop};
///
/// fn main() {
///     let _report = report_on_drop();
///     (0..1_000).measured("numbers").for_each(drop);
/// } // printed here
/// ```
pub fn report_on_drop() -> ReportOnDrop {
    ReportOnDrop {
        registry: Registry::current(),
    }
}

impl Drop for ReportOnDrop {
    fn drop(&mut self) {
        if cfg!(not(feature = "enable")) {
            return;
        }
        let mut out = io::stderr();
        let table = self.registry.capture().table().fitted_to(&out);
        // `eprint!` panics where it cannot write, which would end a process that panics already.
        let _ = out.write_all(table.to_string().as_bytes());
    }
}
