//! A report as a page: one file that asks nothing of any network.
//!
//! A file a section, in the order in which they stand on the page; `page.html` is what
//! they stand in.

mod flow;
mod lanes;
mod latency;
mod method;
mod pipeline;
mod wall;

use super::Report;
use crate::figures::percent;
use crate::grid::html::words;
use std::fmt;

impl Report {
    /// The report as a page of HTML: for those who would rather look than read.
    ///
    /// One file with all that it needs, no larger than some 15 KB and 4 KB a stage: the wall
    /// as a bar that is redrawn for stages that are faster, the pipeline with the latencies
    /// of its stages, all figures as a table that can be sorted, and how they were
    /// measured. It is light or dark as the reader's system is, fits a phone, and can
    /// be printed. [The guide](crate::guide::the_html_report) says how to read it. Takes time
    /// in proportion to the stages.
    ///
    /// ```
    /// use measured_core::Report;
    ///
    /// let file = std::env::temp_dir().join("measured-example.html");
    /// std::fs::write(&file, Report::capture().to_html())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn to_html(&self) -> String {
        Page(self).to_string()
    }
}

struct Page<'a>(&'a Report);

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        write!(
            f,
            include_str!("page.html"),
            title = Title(report),
            style = include_str!("style.css"),
            verdict = Verdict(report),
            wall = wall::Wall(report),
            pipeline = pipeline::Pipeline(report),
            tables = Tables(report),
            method = method::Method(report),
            script = include_str!("script.js"),
        )
    }
}

/// What a tab of the browser is called.
struct Title<'a>(&'a Report);

impl fmt::Display for Title<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(stage) = self.0.bottleneck() {
            write!(
                f,
                "{} {}: ",
                words(&self.0.label(stage)),
                percent(stage.share)
            )?;
        }
        f.write_str("where the time went")
    }
}

/// What is said above and below a report's table elsewhere, but for how it was measured.
struct Verdict<'a>(&'a Report);

impl fmt::Display for Verdict<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.stages.is_empty() {
            return f.write_str(&self.0.table().html(""));
        }
        let sentences = self.0.verdict().into_iter().chain(self.0.notes());
        sentences
            .into_iter()
            .try_for_each(|sentence| f.write_str(&sentence.html()))
    }
}

/// All figures, to be sorted and looked up.
struct Tables<'a>(&'a Report);

impl fmt::Display for Tables<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.stages.is_empty() {
            return Ok(());
        }
        f.write_str(
            "<section aria-labelledby=\"figures\">\n<h2 id=\"figures\">All figures</h2>\n",
        )?;
        let stages = self.0.grid();
        f.write_str(&stages.html("Stages in the order of the pipeline; a heading sorts them"))?;
        if let Some(allocations) = self.0.allocations_grid() {
            f.write_str(&allocations.html("What was allocated while they worked"))?;
        }
        f.write_str(&self.0.dataflow().html("Who waits for whom"))?;
        f.write_str("</section>\n")
    }
}

/// A fill between that of no time and that of all the time; `style.css` mixes it.
fn heat(part: f64) -> String {
    format!("class=\"heat\" style=\"--part:{part:.4}\"")
}
