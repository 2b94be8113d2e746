//! That the README shows the program whose output stands below it, that the front page
//! of the documentation shows the same, and that its links lead somewhere wherever it is read.

use std::fs;

#[test]
fn the_ten_lines_are_the_example() {
    let readme = fs::read_to_string("../README.md").expect("the README");
    let (_, shown) = readme.split_once("```rust\n").expect("a block of Rust");
    let (shown, _) = shown.split_once("```\n").expect("its end");

    let example = fs::read_to_string("examples/ten_lines.rs").expect("the example");
    let (_, run) = example.split_once("\n\n").expect("code below its title");
    assert_eq!(shown, run);
}

#[test]
fn the_front_page_has_the_same_output() {
    let readme = fs::read_to_string("../README.md").expect("the README");
    let front = fs::read_to_string("src/lib.rs").expect("the front page");
    let front = front.lines().filter_map(|line| line.strip_prefix("//!"));
    let front = front.map(|line| line.strip_prefix(' ').unwrap_or(line));
    assert_eq!(first_output(front), first_output(readme.lines()));
}

/// The lines of a page's first block of text.
fn first_output<'a>(page: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let block = page.skip_while(|&line| line != "```text").skip(1);
    let output: Vec<&str> = block.take_while(|&line| line != "```").collect();
    assert!(!output.is_empty(), "no block of text");
    output
}

/// crates.io shows these where no file of the repository lies beside them.
#[test]
fn links_of_crate_readmes_are_absolute() {
    for readme in [
        "../README.md",
        "../measured-macros/README.md",
        "../sensor-pipeline/README.md",
    ] {
        let text = fs::read_to_string(readme).expect("a README");
        let inline = text.split("](").skip(1);
        let defined = text.lines().filter(|line| line.starts_with('['));
        let defined = defined.filter_map(|line| Some(line.split_once("]: ")?.1));
        let targets: Vec<&str> = inline.chain(defined).collect();
        assert!(!targets.is_empty(), "{readme}");
        for target in targets {
            let absolute = target.starts_with("https://") || target.starts_with('#');
            assert!(
                absolute,
                "{readme}: {}",
                target.lines().next().unwrap_or("")
            );
        }
    }
}
