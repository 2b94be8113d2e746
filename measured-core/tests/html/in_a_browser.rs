//! The page in Chromium. Where there is none, these tests say that they are skipped.

use crate::browser::{Seen, open};
use crate::fixture::{SHOWN, hostile, report};
use measured_core::{Report, Timing};

fn quietly(page: &str, script: &str, width: u32) -> Option<Vec<String>> {
    let Seen { lines, complaints } = open(page, script, width)?;
    assert!(complaints.is_empty(), "{complaints:#?}");
    Some(lines)
}

#[test]
fn complaints_are_heard() {
    let page = report(Timing::Every)
        .to_html()
        .replace("const all =", "nothing.there; const all =");
    let Some(seen) = open(&page, "fetch('http://localhost/');", 1_000) else {
        return;
    };
    let heard = |what: &str| seen.complaints.iter().any(|line| line.contains(what));
    assert!(heard("nothing is not defined"), "{:?}", seen.complaints);
    assert!(heard("Content Security Policy"), "{:?}", seen.complaints);
}

#[test]
fn every_stage_is_there_by_its_name() {
    let script = "
        for (const name of document.querySelectorAll('h3')) say(name.innerText);
        say('broken', window.broken, document.scripts.length);
        say('asked for', performance.getEntriesByType('resource').length);";
    let Some(lines) = quietly(&hostile().to_html(), script, 1_000) else {
        return;
    };
    assert_eq!(lines[..3], SHOWN);
    assert_eq!(lines[3..5], ["join", "features"]);
    assert_eq!(lines[5..], ["broken||2", "asked for|0"]);
}

/// Moves the sliders of the stages to these places, and says what becomes of the page.
fn moved(report: &Report, sliders: &[(&str, f64)]) -> Option<Vec<String>> {
    let moves = sliders.iter().map(|(stage, speedup)| {
        let place = speedup.min(10.1);
        format!(
            "{{ const label = [...document.querySelectorAll('label')].find(l => l.innerText == {stage:?});
                label.control.value = {place};
                label.control.dispatchEvent(new Event('input', {{ bubbles: true }}));
                say(label.control.nextSibling.value, label.control.ariaValueText); }}"
        )
    });
    let mut script = moves.collect::<Vec<_>>().join("\n");
    script += "say(document.getElementById('answer').value);
        for (const part of document.querySelectorAll('.bar > svg'))
            say(part.getAttribute('x'), part.getAttribute('width'), part.querySelector('rect').getBoundingClientRect().width
                / part.parentNode.getBoundingClientRect().width);";
    quietly(&report.to_html(), &script, 1_000)
}

#[test]
fn the_sliders_say_what_rust_says() {
    let report = report(Timing::Every);
    for sliders in [
        vec![("right", 2.0)],
        vec![("features", 1.3)],
        vec![("right", f64::INFINITY)],
        vec![
            ("right", 10.0),
            ("filter", f64::INFINITY),
            ("features", 4.7),
        ],
        vec![("right", 1.0)],
    ] {
        let Some(mut lines) = moved(&report, &sliders) else {
            return;
        };
        for (_, speedup) in &sliders {
            let said = if speedup.is_finite() {
                format!("{speedup}×")
            } else {
                "gone".to_owned()
            };
            assert_eq!(lines.remove(0), format!("{said}|{said}"));
        }
        let expected = report.what_if_all(&sliders).expect("stages");
        let (saved, gained) = (100.0 * expected.saved, 100.0 * expected.gained);
        let answer = format!("Saves {saved:.1} % of the time (+{gained:.1} % throughput).");
        assert_eq!(lines.remove(0), answer);
        is_conserved(&report, &sliders, &lines, expected.saved);
    }
}

/// Holds the bar against the report: each part as long as it would be, what is saved
/// at its end, and all of them together the wall.
fn is_conserved(report: &Report, sliders: &[(&str, f64)], bar: &[String], saved: f64) {
    let wall = report.wall_ns as f64;
    let stage = |stage: &measured_core::StageReport| {
        let slider = sliders.iter().find(|(name, _)| *name == stage.name);
        stage.self_ns as f64 / slider.map_or(1.0, |(_, speedup)| *speedup)
    };
    let mut expected = vec![report.source_ns as f64];
    expected.extend(report.stages.iter().map(stage));
    expected.push(report.sink_ns as f64);
    expected.extend([
        report.instrumentation_ns as f64,
        report.unattributed_ns as f64,
    ]);
    expected.push(saved * wall);
    assert_eq!(bar.len(), expected.len());

    let mut from = 0.0;
    for (line, expected) in bar.iter().zip(expected) {
        let expected = 100.0 * expected / wall;
        let [x, width, drawn] = line
            .split('|')
            .map(|n| n.trim_end_matches('%'))
            .collect::<Vec<_>>()[..]
        else {
            panic!("{line}");
        };
        let [x, width, drawn] = [x, width, drawn].map(|n| n.parse::<f64>().expect(line));
        assert!((x - from).abs() < 0.01, "{line}: from {from}");
        assert!((width - expected).abs() < 0.01, "{line}: {expected}");
        assert!((100.0 * drawn - expected).abs() < 0.2, "{line}: {expected}");
        from += width;
    }
    assert!((from - 100.0).abs() < 0.01, "{from}");
}

#[test]
fn headings_sort_by_what_figures_mean() {
    let script = "
        const heading = name => [...document.querySelectorAll('th button')].find(b => b.innerText == name);
        const say_order = name => {
            heading(name).focus();
            document.activeElement.click();
            const table = heading(name).closest('table');
            say(name, heading(name).parentNode.ariaSort,
                [...table.tBodies[0].rows].map(row => row.cells[0].innerText));
            say(document.querySelectorAll('[aria-sort]:not([aria-sort=none])').length, table.tBodies[1].rows.length);
        };
        for (const name of ['self', 'self', 'in', 'stage', 'stage', 'self']) say_order(name);";
    let mut report = report(Timing::Every);
    // In three units, and so that the text's order is another.
    for (stage, ns) in report
        .stages
        .iter_mut()
        .zip([9, 1_000, 2_000_000_000, 30_000, 999_000])
    {
        stage.self_ns = ns;
    }
    let Some(lines) = quietly(&report.to_html(), script, 1_000) else {
        return;
    };
    let order = |at: usize| lines[2 * at].as_str();
    assert_eq!(order(0), "self|descending|right,features,join,filter,read");
    assert_eq!(order(1), "self|ascending|read,filter,join,features,right");
    assert!(
        order(2).starts_with("in|descending|filter,"),
        "{}",
        order(2)
    );
    assert_eq!(order(3), "stage|ascending|features,filter,join,read,right");
    assert_eq!(order(4), "stage|descending|right,read,join,filter,features");
    assert_eq!(order(5), order(0));
    assert!(
        lines.iter().skip(1).step_by(2).all(|line| line == "1|4"),
        "{lines:?}"
    );
}

#[test]
fn on_a_phone_only_tables_scroll() {
    // A window is no narrower than 500 pixels, a frame is as narrow as it is told.
    let script = "
        const page = document.documentElement.cloneNode(true);
        for (const script of page.querySelectorAll('script')) script.remove();
        const frame = document.body.appendChild(document.createElement('iframe'));
        frame.style = 'width: 390px; height: 844px';
        frame.contentDocument.write('<!doctype html>' + page.outerHTML);
        frame.contentDocument.close();
        const root = frame.contentDocument.documentElement;
        say(root.clientWidth <= 390, root.scrollWidth <= root.clientWidth);
        for (const box of frame.contentDocument.querySelectorAll('.scroll'))
            say(box.clientWidth <= 390, box.scrollWidth > 390);";
    let Some(lines) = quietly(&report(Timing::Every).to_html(), script, 1_000) else {
        return;
    };
    assert_eq!(lines, ["true|true", "true|true", "true|true"]);
}

#[test]
fn on_paper_every_histogram_has_its_scale_and_percentiles_in_a_line() {
    // Where nobody can look at another page, nor scroll.
    let script = "
        for (const { media } of document.styleSheets[0].cssRules)
            if (media) media.mediaText = media.mediaText.replace('print', 'all');
        say(getComputedStyle(document.querySelector('.answer')).display);
        for (const scale of document.querySelectorAll('.latency'))
            say([...scale.querySelectorAll('text')].every(text => getComputedStyle(text).display == 'block'),
                scale.getBoundingClientRect().height >= 80);
        for (const list of document.querySelectorAll('figure dl'))
            say(new Set([...list.children].map(mark => mark.offsetTop)).size);
        // Whatever is wider, all of it is printed smaller.
        say(document.documentElement.scrollWidth <= 740);
        // The background of a heading that stays in its place hides the rule below it.
        say([...new Set([...document.querySelectorAll('th')].map(th => getComputedStyle(th).position))]);";
    let mut report = report(Timing::Every);
    report.stages[1].name = "a long name ".repeat(5);
    let Some(lines) = quietly(&report.to_html(), script, 740) else {
        return;
    };
    let mut expected = vec!["none"];
    expected.extend(["true|true"; 5]);
    expected.extend(["1"; 5]);
    expected.extend(["true", "static"]);
    assert_eq!(lines, expected);
}
