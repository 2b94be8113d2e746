//! `measured what-if`.

use crate::pipeline::{USUAL, report};
use crate::{measured, report_file};

#[test]
fn the_answer_is_that_of_the_report() {
    let file = report_file("what-if.json", USUAL);
    let one = measured(&["what-if", &file, "slow=2"]);
    assert_eq!((one.code, one.stderr.as_str()), (Some(0), ""));
    assert_eq!(
        one.stdout,
        report(USUAL).what_if("slow", 2.0).unwrap().to_string()
    );

    let several = measured(&["what-if", &file, "keep=1.5", "slow=inf"]);
    let expected = report(USUAL).what_if_all(&[("keep", 1.5), ("slow", f64::INFINITY)]);
    assert_eq!(several.stdout, expected.unwrap().to_string());
}

#[test]
fn the_answer_has_the_forms_that_reports_have() {
    let file = report_file("what-if-forms.json", USUAL);
    let said = |form| measured(&["what-if", &file, "slow=inf", "--format", form]).stdout;
    let answer = report(USUAL).what_if("slow", f64::INFINITY).unwrap();
    assert_eq!(said("markdown"), answer.table().to_markdown());
    let json: serde_json::Value = serde_json::from_str(&said("json")).expect("JSON");
    assert_eq!(json["wall_after_ns"], answer.wall_after_ns);
    assert_eq!(json["changes"][0]["stage"], "slow");
    assert!(json["changes"][0]["speedup"].is_null(), "{json}");
}
