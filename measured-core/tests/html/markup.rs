//! The page as text: well formed, escaped, without a word to any network.

use crate::fixture::{HOSTILE, hostile, report};
use measured_core::{Registry, Report, StageAllocations, Timing};

/// Elements that have no end.
const VOID: [&str; 3] = ["meta", "input", "!doctype"];

/// Checks that each element ends within the one that it began in; returns how many
/// there are.
fn well_formed(page: &str) -> usize {
    let mut open: Vec<&str> = Vec::new();
    let mut elements = 0;
    let mut rest = page;
    while let Some((_, tag)) = rest.split_once('<') {
        let (tag, after) = tag.split_once('>').expect("a tag that ends");
        rest = after;
        let name = tag.split_whitespace().next().expect("a tag's name");
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(
                open.pop(),
                Some(name),
                "ends at {}",
                after.chars().take(80).collect::<String>()
            );
        } else if !tag.ends_with('/') && !VOID.contains(&name) {
            open.push(name);
            elements += 1;
        }
        if name == "script" || name == "style" {
            let end = rest
                .find(&format!("</{name}>"))
                .expect("the end of foreign text");
            rest = &rest[end..];
        }
    }
    assert!(open.is_empty(), "still open: {open:?}");
    elements
}

fn stageless() -> Report {
    Registry::new().capture()
}

#[test]
fn it_is_well_formed() {
    assert!(well_formed(&report(Timing::Every).to_html()) > 100);
    assert!(well_formed(&hostile().to_html()) > 100);
    assert!(well_formed(&report(Timing::Counts).to_html()) > 100);
    assert!(well_formed(&stageless().to_html()) > 5);
}

#[test]
fn stages_of_one_name_are_told_apart_by_where_they_are() {
    let mut report = report(Timing::Every);
    for (at, stage) in report.stages.iter_mut().enumerate() {
        "run".clone_into(&mut stage.name);
        stage.location = format!("src/stages.rs:{at}");
    }
    let page = report.to_html();
    // In the title, the wall, the pipeline and the table.
    assert!(page.matches("run (stages.rs:1)").count() >= 4, "{page}");
}

#[test]
fn names_are_text_wherever_they_stand() {
    let page = hostile().to_html();
    for name in HOSTILE {
        assert!(!page.contains(name), "{name:?} as it is");
    }
    assert_eq!(page.matches("<script").count(), 1);
    assert!(page.contains("&lt;/title&gt;&lt;script&gt;window.broken = 1&lt;/script&gt;"));
    assert!(page.contains("\\u{202e}esrever\\u{0}"));
}

#[test]
fn it_asks_nothing_of_any_network() {
    let page = report(Timing::Every).to_html();
    assert!(page.contains("content=\"default-src 'none'; "));
    for door in [
        "http:", "https:", "src=", "href=", "@import", "url(//", "fetch(",
    ] {
        assert!(!page.contains(door), "{door}");
    }
}

#[test]
fn the_script_is_no_larger_than_two_kilobytes() {
    let page = report(Timing::Every).to_html();
    let (_, script) = page.split_once("<script>").expect("a script");
    let (script, _) = script.split_once("</script>").expect("its end");
    assert!(
        (1_000..=2_048).contains(&script.trim().len()),
        "{}",
        script.len()
    );
}

#[test]
fn a_stage_more_takes_no_more_than_four_kilobytes() {
    let mut report = report(Timing::Every);
    let before = report.to_html().len();
    let features = report.stages.last().expect("a stage").clone();
    report.stages.extend(vec![features; 1_000]);
    let each = (report.to_html().len() - before) / 1_000;
    assert!((500..=4_096).contains(&each), "{each} bytes");
}

#[test]
fn latencies_that_the_clock_does_not_tell_are_left_out_as_in_the_table() {
    let mut report = report(Timing::Every);
    report.timing.clock_ns = 40.0;
    let page = report.to_html();
    let (_, join) = page
        .split_once("Self time per pull of join: ")
        .expect("a histogram");
    let said = "half took no longer than 80 ns, 99 in 100 no longer than 80 ns, none that was timed longer than 80 ns";
    assert!(join.starts_with(said), "{join}");
    let (join, _) = join.split_once("</dl>").expect("its percentiles");
    assert!(join.contains("<dt>p50</dt> <dd>-</dd>"), "{join}");
    assert!(!join.contains("0 ns</dd>"), "{join}");
}

#[test]
fn what_was_allocated_has_a_table_as_on_a_terminal() {
    let mut report = report(Timing::Every);
    assert!(!report.to_html().contains("allocations of"));
    let mut allocations = StageAllocations::default();
    (allocations.runs, allocations.count, allocations.size) = (1, 12_345, 678_900);
    report.stages[1].allocations = Some(allocations);
    let page = report.to_html();
    let (_, table) = page.split_once("allocations of").expect("a table");
    let row =
        "<bdi>filter</bdi></th><td class=\"figure\">12,345</td><td class=\"figure\">678,900</td>";
    assert!(table.contains(row), "{table}");
}

#[test]
fn where_nothing_was_timed_nothing_can_be_faster() {
    let page = report(Timing::Counts).to_html();
    assert!(page.contains("Nothing was timed, so no bottleneck can be named."));
    assert!(page.contains("2,000 in, 1,000 out, 50.0 % kept"));
    assert!(!page.contains("<input"));
    assert!(!page.contains("<figure>"));
}

#[test]
fn where_nothing_ran_it_says_so() {
    let page = stageless().to_html();
    assert!(page.contains("No stage has run."));
    assert!(!page.contains("<table"));
}

#[test]
fn parts_that_overlap_end_behind_a_mark() {
    let mut report = report(Timing::Every);
    assert!(!report.to_html().contains("Some parts overlap"));
    report.stages[0].self_ns += report.wall_ns;
    report.unattributed_ns -= i64::try_from(report.wall_ns).expect("a wall");
    let page = report.to_html();
    assert!(page.contains("Some parts overlap"));
    // 900 µs of 1,800.
    assert!(page.contains("<line x1=\"50.0000%\""));
}

#[test]
fn what_no_capture_holds_does_not_panic() {
    let mut report = report(Timing::Every);
    report.wall_ns = 0;
    well_formed(&report.to_html());
    report.wall_ns = u64::MAX;
    for stage in &mut report.stages {
        stage.self_ns = u64::MAX;
        stage.records_in = u64::MAX;
        stage.share = f64::NAN;
        stage.latency.max_ns = u64::MAX;
        stage.inputs = vec!["nobody".to_owned(), stage.name.clone()];
    }
    report.unattributed_ns = i64::MIN;
    report.timing.one_in = Some(f64::INFINITY);
    report.timing.clock_ns = f64::NAN;
    well_formed(&report.to_html());
}
