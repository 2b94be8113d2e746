//! A flame graph, drawn by inferno.

use super::super::stats::ProfileStats;
use inferno::flamegraph::{self, Options};

impl ProfileStats {
    /// As a flame graph under that title: an SVG that a browser shows, searches and
    /// zooms into. A frame is as wide as its share of the time; frames stand on
    /// their callers, and side by side by name, not by time.
    ///
    /// ```
    /// use measured_core::profile::{Profiler, scope};
    ///
    /// # fn main() -> Result<(), measured_core::profile::AlreadyProfiling> {
    /// let (_, stats) = Profiler::run(|| {
    ///     scope!("parse");
    ///     std::hint::black_box((0..1_000).sum::<u32>())
    /// })?;
    /// assert!(stats.to_flame_graph("An example").contains("<title>parse ("));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn to_flame_graph(&self, title: &str) -> String {
        let mut options = Options::default();
        title.clone_into(&mut options.title);
        "ns".clone_into(&mut options.count_name);
        // By their names, so that the same profile is the same picture.
        options.hash = true;
        let mut svg = Vec::new();
        // It fails where there is nothing to draw, and then has drawn that.
        let _ = flamegraph::from_lines(&mut options, self.to_folded().lines(), &mut svg);
        String::from_utf8_lossy(&svg).into_owned()
    }
}
