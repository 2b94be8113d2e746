//! What a stage can return.

use std::collections::HashMap;
use std::fmt::Display;
use std::io;
use std::iter::FusedIterator;
use std::num::ParseIntError;

use measured_core::measured_stage;

use crate::expect;

#[test]
fn impl_iterator() {
    #[measured_stage]
    fn evens(end: u32) -> impl Iterator<Item = u32> {
        (0..end).filter(|n| n % 2 == 0)
    }
    assert_eq!(
        expect("evens", (0, 3), || evens(5).collect::<Vec<_>>()),
        [0, 2, 4]
    );
}

#[test]
fn without_parameters() {
    #[measured_stage]
    fn endless() -> impl Iterator<Item = u32> {
        std::iter::repeat(1)
    }
    expect("endless", (0, 5), || endless().take(5).count());
}

#[test]
fn inferred_from_the_item() {
    #[measured_stage]
    fn numbers(n: i32) -> impl Iterator<Item = u64> {
        // Nothing but the declared item says what is parsed here.
        (0..n).map(|n| format!("{n}")).map(|n| n.parse().unwrap())
    }
    assert_eq!(expect("numbers", (0, 3), || numbers(3).sum::<u64>()), 3);
}

#[test]
fn with_more_promises() {
    #[measured_stage]
    fn range(end: u32) -> impl DoubleEndedIterator<Item = u32> + FusedIterator + Clone {
        0..end
    }
    let reversed = expect("range", (0, 3), || range(3).rev().collect::<Vec<_>>());
    assert_eq!(reversed, [2, 1, 0]);
}

#[test]
fn of_known_length() {
    #[measured_stage]
    fn doubled(readings: impl ExactSizeIterator<Item = u32>) -> impl ExactSizeIterator<Item = u32> {
        readings.map(|reading| reading * 2)
    }
    assert_eq!(
        expect("doubled", (0, 0), || doubled([1, 2, 3].into_iter()).len()),
        3
    );
}

#[test]
fn bound_to_an_argument() {
    #[measured_stage]
    fn words(text: &str) -> impl Iterator<Item = &str> + '_ {
        text.split(' ')
    }
    expect("words", (0, 2), || words(&String::from("one two")).count());
}

#[test]
fn bound_to_one_of_two_arguments() {
    #[measured_stage]
    fn words<'a>(text: &'a str, separator: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let separator = separator.to_owned();
        let mut rest = Some(text);
        std::iter::from_fn(move || match rest?.split_once(separator.as_str()) {
            Some((word, more)) => {
                rest = Some(more);
                Some(word)
            }
            None => rest.take(),
        })
    }
    let text = String::from("one, two");
    let words = expect("words", (0, 2), || {
        let words = words(&text, &String::from(", "));
        words.collect::<Vec<_>>()
    });
    assert_eq!(words, ["one", "two"]);
}

#[test]
fn capturing_precisely() {
    #[measured_stage]
    fn scaled<I: Iterator<Item = u32>>(
        readings: I,
        factor: &str,
    ) -> impl Iterator<Item = u32> + use<I> {
        let factor: u32 = factor.parse().unwrap();
        readings.map(move |reading| reading * factor)
    }
    let scaled = expect("scaled", (3, 3), || {
        let scaled = {
            let factor = String::from("2");
            scaled(0..3, &factor)
        };
        scaled.sum::<u32>()
    });
    assert_eq!(scaled, 6);
}

#[test]
fn of_unnamed_items() {
    #[measured_stage]
    fn shown(n: u32) -> impl Iterator<Item = impl Display> {
        (0..n).map(|n| format!("<{n}>"))
    }
    assert_eq!(
        expect("shown", (0, 1), || shown(1).next().unwrap().to_string()),
        "<0>"
    );
}

#[test]
fn boxed() {
    #[measured_stage]
    fn ordered(
        readings: impl Iterator<Item = u32> + 'static,
        up: bool,
    ) -> Box<dyn Iterator<Item = u32>> {
        if up {
            Box::new(readings)
        } else {
            let mut readings: Vec<u32> = readings.collect();
            readings.reverse();
            Box::new(readings.into_iter())
        }
    }
    assert_eq!(
        expect("ordered", (3, 3), || ordered(0..3, false)
            .collect::<Vec<_>>()),
        [2, 1, 0]
    );
}

#[test]
fn boxed_with_an_elided_lifetime() {
    #[measured_stage]
    fn words(text: &str) -> Box<dyn Iterator<Item = &str> + '_> {
        Box::new(text.split(' '))
    }
    expect("words", (0, 2), || words(&String::from("one two")).count());
}

#[test]
fn boxed_and_send() {
    #[measured_stage]
    fn counted(end: u32) -> Box<dyn Iterator<Item = u32> + Send> {
        Box::new(0..end)
    }
    let sum = expect("counted", (0, 4), || {
        let counted = counted(4);
        std::thread::spawn(move || counted.sum::<u32>())
            .join()
            .unwrap()
    });
    assert_eq!(sum, 6);
}

#[test]
fn in_an_option() {
    #[measured_stage]
    fn after(
        readings: impl Iterator<Item = u32>,
        skip: Option<usize>,
    ) -> Option<impl Iterator<Item = u32>> {
        let skip = skip?;
        Some(readings.skip(skip))
    }
    expect("after", (3, 2), || after(0..3, Some(1)).unwrap().count());
    expect("after", (0, 0), || assert!(after(0..3, None).is_none()));
}

#[test]
fn boxed_in_an_option() {
    #[measured_stage]
    fn maybe(
        readings: impl Iterator<Item = u32> + 'static,
        some: bool,
    ) -> Option<Box<dyn Iterator<Item = u32>>> {
        some.then(|| Box::new(readings) as _)
    }
    expect("maybe", (3, 3), || maybe(0..3, true).unwrap().count());
}

#[test]
fn in_a_result() {
    #[measured_stage]
    fn scaled(
        readings: impl Iterator<Item = u32>,
        factor: &str,
    ) -> Result<impl Iterator<Item = u32>, ParseIntError> {
        let factor: u32 = factor.parse()?;
        Ok(readings.map(move |reading| reading * factor))
    }
    let scaled_by_2 = expect("scaled", (3, 3), || scaled(0..3, "2").unwrap().sum::<u32>());
    assert_eq!(scaled_by_2, 6);
    expect("scaled", (0, 0), || assert!(scaled(0..3, "two").is_err()));
}

#[test]
fn in_an_alias_of_result() {
    #[measured_stage]
    fn lines(text: &[u8]) -> io::Result<impl Iterator<Item = io::Result<String>> + '_> {
        if text.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(io::BufRead::lines(text))
    }
    expect("lines", (0, 2), || lines(b"one\ntwo").unwrap().count());
}

#[test]
fn boxed_in_a_result() {
    #[measured_stage]
    fn words<'a>(
        text: &'a str,
        separator: &str,
    ) -> Result<Box<dyn Iterator<Item = &'a str> + 'a>, String> {
        match separator {
            "" => Err("no separator".to_owned()),
            " " => Ok(Box::new(text.split_whitespace())),
            separator => Ok(Box::new(
                text.split(separator).collect::<Vec<_>>().into_iter(),
            )),
        }
    }
    expect("words", (0, 2), || words("one, two", ", ").unwrap().count());
    expect("words", (0, 2), || words("one  two", " ").unwrap().count());
    expect("words", (0, 0), || assert!(words("one", "").is_err()));
}

#[test]
fn with_an_error_that_converts() {
    #[measured_stage]
    fn after(
        readings: impl Iterator<Item = u32>,
        skip: &str,
    ) -> Result<impl Iterator<Item = u32>, Box<dyn std::error::Error>> {
        let skip: usize = skip.parse()?;
        if skip > 9 {
            return Err("too many".into());
        }
        Ok(readings.skip(skip))
    }
    expect("after", (3, 2), || after(0..3, "1").unwrap().count());
    expect("after", (0, 0), || assert!(after(0..3, "10").is_err()));
}

#[test]
fn returned_early() {
    #[measured_stage]
    fn limited(readings: impl Iterator<Item = u32>, limit: usize) -> impl Iterator<Item = u32> {
        if limit == 0 {
            return readings.take(1);
        }
        for n in 1.. {
            if n > limit {
                return readings.take(n);
            }
        }
        unreachable!()
    }
    expect("limited", (3, 3), || limited(0..10, 2).count());
}

#[test]
fn nothing() {
    #[measured_stage]
    fn drain(readings: impl Iterator<Item = u32>) {
        readings.for_each(drop);
    }
    expect("drain", (3, 0), || drain(0..3));
}

#[test]
fn nothing_by_an_early_return() {
    #[measured_stage]
    fn drain(readings: impl Iterator<Item = u32>) {
        for reading in readings {
            if reading == 1 {
                return;
            }
        }
    }
    expect("drain", (2, 0), || drain(0..3));
}

#[test]
fn a_value() {
    #[measured_stage]
    fn mean(readings: impl Iterator<Item = f64>) -> (f64, usize) {
        let (sum, n) = readings.fold((0.0, 0_u32), |(sum, n), reading| (sum + reading, n + 1));
        (sum / f64::from(n), n as usize)
    }
    assert_eq!(
        expect("mean", (2, 0), || mean([1.0, 3.0].into_iter())),
        (2.0, 2)
    );
}

#[test]
fn an_unnamed_value() {
    #[measured_stage]
    fn shown(readings: impl Iterator<Item = u32>) -> impl Display + Clone {
        readings.sum::<u32>()
    }
    assert_eq!(expect("shown", (3, 0), || shown(0..3).to_string()), "3");
}

#[test]
fn an_unnamed_function() {
    #[measured_stage]
    fn above(readings: impl Iterator<Item = u32>) -> impl Fn(u32) -> bool {
        let highest = readings.max();
        move |reading| Some(reading) > highest
    }
    assert!(expect("above", (3, 0), || above(0..3)(3)));
}

#[test]
fn a_borrowed_value() {
    #[measured_stage]
    fn longest<'a>(words: impl Iterator<Item = &'a str>, default: &'a str) -> &'a str {
        words.max_by_key(|word| word.len()).unwrap_or(default)
    }
    assert_eq!(
        expect("longest", (2, 0), || longest(["a", "bc"].into_iter(), "")),
        "bc"
    );
}

#[test]
fn a_fallible_value() {
    #[measured_stage]
    fn sum<'a>(words: impl Iterator<Item = &'a str>) -> Result<u32, ParseIntError> {
        let mut sum = 0;
        for word in words {
            sum += word.parse::<u32>()?;
        }
        Ok(sum)
    }
    assert_eq!(expect("sum", (2, 0), || sum(["1", "2"].into_iter())), Ok(3));
    expect("sum", (2, 0), || {
        assert!(sum(["1", "x", "2"].into_iter()).is_err());
    });
}

#[test]
fn a_vec_of_an_iterator() {
    #[measured_stage]
    fn sorted(readings: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut readings: Vec<u32> = readings.filter(|reading| *reading != 1).collect();
        readings.sort_unstable_by(|a, b| b.cmp(a));
        readings
    }
    assert_eq!(expect("sorted", (3, 2), || sorted(0..3)), [2, 0]);
}

#[test]
fn a_map_of_an_iterator() {
    #[measured_stage]
    fn histogram<'a>(words: impl Iterator<Item = &'a str>) -> HashMap<&'a str, usize> {
        let mut counts = HashMap::new();
        for word in words {
            *counts.entry(word).or_default() += 1;
        }
        counts
    }
    expect("histogram", (3, 2), || {
        histogram(["a", "b", "a"].into_iter())
    });
}

#[test]
fn a_fallible_vec_of_an_iterator() {
    #[measured_stage]
    fn parsed<'a>(words: impl Iterator<Item = &'a str>) -> Result<Vec<u32>, ParseIntError> {
        words.map(str::parse).collect()
    }
    assert_eq!(
        expect("parsed", (2, 2), || parsed(["1", "2"].into_iter())),
        Ok(vec![1, 2])
    );
    expect("parsed", (1, 0), || {
        assert!(parsed(["x", "2"].into_iter()).is_err());
    });
}
