//! The wall as one bar, and a slider for each of its stages.

use super::{Report, heat};
use crate::figures::{duration, percent};
use crate::grid::html::{name, words};
use std::fmt;

/// A part that has less of the bar, in percent, has no room for its name.
const NAMED: f64 = 12.0;

/// By what parts must be longer than the wall for that to be seen; a nanosecond comes of
/// rounding.
const VISIBLY: f64 = 1.0005;

const OVERLAP: &str = "<p class=\"plain\">Some parts overlap: together they are longer than the wall, which ends at the \
     mark.</p>\n";

/// Rewritten by the script.
const ASK: &str = "<p class=\"answer\"><output id=\"answer\">What would a faster stage buy? Move its slider.\
     </output></p>\n";

pub(super) struct Wall<'a>(pub(super) &'a Report);

/// A part of the wall.
struct Part {
    name: String,
    kind: Kind,
    ns: f64,
    /// Of the wall.
    share: f64,
    /// Both as they are said.
    figures: [String; 2],
    can_be_faster: bool,
}

#[derive(Clone, Copy)]
enum Kind {
    /// Measured.
    Stage,
    /// Known, and of nobody who is measured.
    Outside,
    /// Not known, or the measuring's own.
    Rest,
}

impl fmt::Display for Wall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        if report.wall_ns == 0 {
            return Ok(());
        }
        let wall = duration(report.wall_ns as f64);
        writeln!(
            f,
            "<section aria-labelledby=\"wall\">\n<h2 id=\"wall\">The wall: {wall}</h2>"
        )?;
        let parts = parts(report);
        bar(f, &parts, report.wall_ns as f64)?;
        if length(&parts) > VISIBLY * report.wall_ns as f64 {
            f.write_str(OVERLAP)?;
        }
        if parts.iter().any(|part| part.can_be_faster) {
            f.write_str(ASK)?;
        }
        f.write_str("<ul class=\"parts\">\n")?;
        for (at, part) in parts.iter().enumerate() {
            line(f, at, part)?;
        }
        f.write_str("</ul>\n</section>\n")
    }
}

/// In the order in which they stand in the bar.
fn parts(report: &Report) -> Vec<Part> {
    let other = |name, kind, ns: f64| {
        let share = report.part_of_wall(ns);
        Part {
            name: str::to_owned(name),
            kind,
            ns,
            share,
            figures: [duration(ns), percent(share)],
            can_be_faster: false,
        }
    };
    let stages = report.stages.iter().map(|stage| {
        let [own, share, ..] = report.own_figures(stage);
        Part {
            name: report.label(stage),
            kind: Kind::Stage,
            ns: stage.self_ns as f64,
            share: stage.share.clamp(0.0, 1.0),
            figures: [own, share],
            can_be_faster: stage.self_ns > 0 && !report.is_below_resolution(stage),
        }
    });
    let [source, sink] = [("(source)", report.source_ns), ("(sink)", report.sink_ns)]
        .map(|(name, ns)| other(name, Kind::Outside, ns as f64));
    let instrumentation = report.instrumentation_ns as f64;
    let rest = [
        other("(instrumentation)", Kind::Rest, instrumentation),
        other("(unattributed)", Kind::Rest, report.unattributed_ns as f64),
    ];
    let before = std::iter::once(source).chain(stages);
    before.chain(std::iter::once(sink)).chain(rest).collect()
}

/// The parts side by side. Where they overlap, they are together longer than the wall,
/// and a mark stands where that ends.
fn bar(f: &mut fmt::Formatter<'_>, parts: &[Part], wall: f64) -> fmt::Result {
    f.write_str(
        "<svg class=\"bar\" role=\"img\" aria-labelledby=\"measured\"><title id=\"measured\">As it was measured:",
    )?;
    for part in parts.iter().filter(|part| part.ns > 0.0) {
        write!(f, " {} {};", words(&part.name), percent(part.share))?;
    }
    writeln!(f, "</title>{HATCH}")?;
    let whole = length(parts).max(wall);
    let mut from = 0.0;
    for part in parts {
        let (fill, width) = (part.fill(), 100.0 * part.ns.max(0.0) / whole);
        write!(
            f,
            "<svg x=\"{from:.4}%\" width=\"{width:.4}%\"><rect {fill}/>"
        )?;
        if width > NAMED {
            write!(f, "<text y=\"1.1rem\">{}</text>", words(&part.name))?;
        }
        f.write_str("</svg>\n")?;
        from += width;
    }
    f.write_str(
        "<svg id=\"saved\" x=\"100%\" width=\"0%\"><rect/><text y=\"1.1rem\">saved</text></svg>\n",
    )?;
    if whole > VISIBLY * wall {
        let end = 100.0 * wall / whole;
        writeln!(
            f,
            "<line x1=\"{end:.4}%\" x2=\"{end:.4}%\" y1=\"1.2rem\" y2=\"100%\"/>"
        )?;
    }
    f.write_str("</svg>\n")
}

/// What all parts are together, in nanoseconds.
fn length(parts: &[Part]) -> f64 {
    parts.iter().map(|part| part.ns.max(0.0)).sum()
}

/// What is not known is drawn in stripes, which need no colour.
const HATCH: &str = "<defs><pattern id=\"hatch\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" \
     patternTransform=\"rotate(45)\"><line y2=\"5\" /></pattern></defs>";

/// A part in words, and its slider: its value is how many times as fast, 10.1 is gone.
fn line(f: &mut fmt::Formatter<'_>, at: usize, part: &Part) -> fmt::Result {
    let (fill, name) = (part.fill(), name(&part.name));
    write!(
        f,
        "<li><svg class=\"swatch\" aria-hidden=\"true\"><rect {fill}/></svg>"
    )?;
    if part.can_be_faster {
        write!(f, "<label for=\"faster-{at}\">{name}</label>")?;
    } else {
        write!(f, "<span>{name}</span>")?;
    }
    let [own, share] = part.figures.each_ref().map(|figure| words(figure));
    // Apart, so that the shares stand below each other.
    let (share, margin) = share.split_once('±').unwrap_or((&share, ""));
    let plus_or_minus = if margin.is_empty() { "" } else { "±" };
    write!(
        f,
        "<span class=\"figure\">{own}</span><span class=\"figure\">{}</span><span>{plus_or_minus}{margin}</span>",
        share.trim_end()
    )?;
    if part.can_be_faster {
        write!(
            f,
            "<input type=\"range\" id=\"faster-{at}\" data-part=\"{at}\" data-share=\"{}\" min=\"1\" max=\"10.1\" \
             step=\"0.1\" value=\"1\" autocomplete=\"off\"><output for=\"faster-{at}\">1×</output>",
            part.share
        )?;
    }
    f.write_str("</li>\n")
}

impl Part {
    fn fill(&self) -> String {
        match self.kind {
            Kind::Stage => heat(self.share),
            Kind::Outside => "class=\"outside\"".to_owned(),
            Kind::Rest => "class=\"rest\"".to_owned(),
        }
    }
}
