//! That the README shows the program whose output stands below it.

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
