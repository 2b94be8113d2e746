//! What a stage can read from.

use std::collections::VecDeque;
use std::fmt::Display;

use measured_core::measured_stage;

use crate::expect;

#[test]
fn impl_iterator() {
    #[measured_stage]
    fn keep(readings: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        readings.filter(|reading| *reading > 6)
    }
    let kept = expect("keep", (10, 3), || keep(0..10).collect::<Vec<_>>());
    assert_eq!(kept, [7, 8, 9]);
}

#[test]
fn mutable() {
    #[measured_stage]
    fn without_head(mut lines: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        lines.next();
        lines
    }
    let rest = expect("without_head", (3, 2), || {
        without_head(0..3).collect::<Vec<_>>()
    });
    assert_eq!(rest, [1, 2]);
}

#[test]
fn partly_consumed() {
    #[measured_stage]
    fn first(readings: impl Iterator<Item = u32>, n: usize) -> impl Iterator<Item = u32> {
        readings.take(n)
    }
    expect("first", (2, 2), || first(0..100, 2).count());
}

#[test]
fn not_consumed_at_all() {
    #[measured_stage]
    fn replaced(readings: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        drop(readings);
        0..2
    }
    expect("replaced", (0, 2), || replaced(0..100).count());
}

#[test]
fn impl_into_iterator() {
    #[measured_stage]
    fn double(readings: impl IntoIterator<Item = u32>) -> impl Iterator<Item = u32> {
        readings.into_iter().map(|reading| reading * 2)
    }
    let doubled = expect("double", (3, 3), || {
        double(vec![1, 2, 3]).collect::<Vec<_>>()
    });
    assert_eq!(doubled, [2, 4, 6]);
}

#[test]
fn impl_into_iterator_in_a_loop() {
    #[measured_stage]
    fn total(readings: impl IntoIterator<Item = u32>) -> u32 {
        let mut total = 0;
        for reading in readings {
            total += reading;
        }
        total
    }
    assert_eq!(expect("total", (3, 0), || total([1, 2, 3])), 6);
}

#[test]
fn impl_into_iterator_cloned() {
    #[measured_stage]
    fn twice(readings: impl IntoIterator<Item = u32> + Clone) -> impl Iterator<Item = u32> {
        readings.clone().into_iter().chain(readings)
    }
    expect("twice", (6, 6), || twice([1, 2, 3]).count());
}

#[test]
fn generic_parameter() {
    #[measured_stage]
    fn pairs<I: Iterator>(items: I) -> impl Iterator<Item = (usize, I::Item)> {
        items.enumerate()
    }
    expect("pairs", (3, 3), || pairs("abc".chars()).count());
}

#[test]
fn generic_parameter_in_where() {
    #[measured_stage]
    fn shown<I, T>(items: I) -> impl Iterator<Item = String>
    where
        I: IntoIterator<Item = T>,
        T: Display,
    {
        items.into_iter().map(|item| item.to_string())
    }
    let shown = expect("shown", (2, 2), || shown([1.5, 2.5]).collect::<Vec<_>>());
    assert_eq!(shown, ["1.5", "2.5"]);
}

#[test]
fn generic_parameter_between_others() {
    #[measured_stage]
    fn mapped<F: Fn(T) -> U, T, U, I: Iterator<Item = T>>(
        f: F,
        items: I,
        n: usize,
    ) -> impl Iterator<Item = U> {
        items.take(n).map(f)
    }
    expect("mapped", (2, 2), || {
        mapped(|c: char| c as u32, "abc".chars(), 2).count()
    });
}

#[test]
fn one_generic_parameter_for_two_inputs() {
    #[measured_stage]
    fn zipped<I: Iterator<Item = u32>>(left: I, right: I) -> impl Iterator<Item = u32> {
        left.zip(right).map(|(left, right)| left + right)
    }
    expect("zipped", (6, 3), || zipped(0..3, 3..6).count());
}

#[test]
fn boxed() {
    #[measured_stage]
    fn keep(readings: Box<dyn Iterator<Item = u32>>) -> impl Iterator<Item = u32> {
        // The declared type, not one of the adapter's.
        let readings: Box<dyn Iterator<Item = u32>> = readings;
        readings.filter(|reading| *reading > 6)
    }
    expect("keep", (10, 3), || keep(Box::new(0..10)).count());
}

#[test]
fn boxed_with_a_lifetime() {
    #[measured_stage]
    fn lengths<'a>(
        words: Box<dyn Iterator<Item = &'a str> + 'a>,
    ) -> Box<dyn Iterator<Item = usize> + 'a> {
        Box::new(words.map(str::len))
    }
    let text = String::from("one two");
    let lengths = expect("lengths", (2, 2), || {
        lengths(Box::new(text.split(' '))).collect::<Vec<_>>()
    });
    assert_eq!(lengths, [3, 3]);
}

#[test]
fn boxed_with_an_elided_lifetime() {
    #[measured_stage]
    fn count(words: Box<dyn Iterator<Item = &str> + '_>) -> usize {
        words.count()
    }
    let text = String::from("one two");
    assert_eq!(
        expect("count", (2, 0), || count(Box::new(text.split(' ')))),
        2
    );
}

#[test]
fn boxed_and_send() {
    #[measured_stage]
    fn elsewhere(readings: Box<dyn Iterator<Item = u32> + Send>) -> u32 {
        std::thread::scope(|scope| scope.spawn(move || readings.sum()).join().unwrap())
    }
    assert_eq!(expect("elsewhere", (4, 0), || elsewhere(Box::new(0..4))), 6);
}

#[test]
fn boxed_and_mutable() {
    #[measured_stage]
    fn rest(mut readings: Box<dyn Iterator<Item = u32>>) -> impl Iterator<Item = u32> {
        readings.next();
        readings
    }
    expect("rest", (3, 2), || rest(Box::new(0..3)).count());
}

#[test]
fn boxed_generic() {
    #[measured_stage]
    fn rest<I: Iterator<Item = u32>>(readings: Box<I>) -> impl Iterator<Item = u32> {
        readings.skip(1)
    }
    expect("rest", (3, 2), || rest(Box::new(0..3)).count());
}

#[test]
fn borrowed_by_a_sink() {
    #[measured_stage]
    fn head(readings: &mut dyn Iterator<Item = u32>) -> Vec<u32> {
        let first: Vec<u32> = readings.take(2).collect();
        first.into_iter().chain(readings.take(1)).collect()
    }
    let mut readings = 0..10;
    assert_eq!(expect("head", (3, 3), || head(&mut readings)), [0, 1, 2]);
    assert_eq!(readings.next(), Some(3), "the rest is still the caller's");
}

#[test]
fn borrowed_by_an_iterator() {
    #[measured_stage]
    fn shifted(readings: &mut dyn Iterator<Item = u32>) -> impl Iterator<Item = u32> + '_ {
        readings.map(|reading| reading + 1)
    }
    let mut readings = 0..10;
    expect("shifted", (4, 4), || shifted(&mut readings).take(4).count());
    assert_eq!(readings.next(), Some(4));
}

#[test]
fn borrowed_by_an_iterator_that_looks_ahead() {
    #[measured_stage]
    fn shifted<'a>(
        readings: &'a mut dyn Iterator<Item = u32>,
    ) -> Box<dyn Iterator<Item = u32> + 'a> {
        let shift = readings.next().unwrap_or(0);
        Box::new(readings.map(move |reading| reading + shift))
    }
    expect("shifted", (3, 2), || shifted(&mut (5..8)).count());
}

#[test]
fn borrowed_impl() {
    #[measured_stage]
    fn until_zero(readings: &mut impl Iterator<Item = u32>) -> u32 {
        readings.take_while(|reading| *reading != 0).sum()
    }
    let mut readings = [2, 1, 0, 7].into_iter();
    assert_eq!(
        expect("until_zero", (3, 0), || until_zero(&mut readings)),
        3
    );
    assert_eq!(readings.next(), Some(7));
}

#[test]
fn borrowed_generic() {
    #[measured_stage]
    fn until_zero<I>(readings: &mut I) -> u32
    where
        I: Iterator<Item = u32>,
    {
        let mut sum = 0;
        for reading in readings {
            if reading == 0 {
                break;
            }
            sum += reading;
        }
        sum
    }
    assert_eq!(
        expect("until_zero", (3, 0), || until_zero(
            &mut [2, 1, 0, 7].into_iter()
        )),
        3
    );
}

#[test]
fn from_both_ends() {
    #[measured_stage]
    fn reversed(readings: impl DoubleEndedIterator<Item = u32>) -> impl Iterator<Item = u32> {
        readings.rev()
    }
    assert_eq!(
        expect("reversed", (3, 3), || reversed(0..3).collect::<Vec<_>>()),
        [2, 1, 0]
    );
}

#[test]
fn of_known_length() {
    #[measured_stage]
    fn parts(readings: impl ExactSizeIterator<Item = usize>) -> impl Iterator<Item = usize> {
        let n = readings.len();
        readings.map(move |reading| n - reading)
    }
    assert_eq!(expect("parts", (2, 2), || parts(0..2).sum::<usize>()), 3);
}

#[test]
fn clonable() {
    #[measured_stage]
    fn deviations(readings: impl Iterator<Item = f64> + Clone) -> impl Iterator<Item = f64> {
        let (n, sum) = readings
            .clone()
            .fold((0.0, 0.0), |(n, sum), reading| (n + 1.0, sum + reading));
        readings.map(move |reading| reading - sum / n)
    }
    assert_eq!(
        expect("deviations", (4, 2), || deviations([1.0, 3.0].into_iter())
            .collect::<Vec<_>>()),
        [-1.0, 1.0]
    );
}

#[test]
fn sendable_with_a_lifetime() {
    #[measured_stage]
    fn lengths<'a>(
        words: impl Iterator<Item = &'a str> + Send + 'a,
    ) -> impl Iterator<Item = usize> + Send + 'a {
        words.map(str::len)
    }
    let text = String::from("one two");
    let lengths = expect("lengths", (2, 2), || {
        let lengths = lengths(text.split(' '));
        std::thread::scope(|scope| scope.spawn(move || lengths.sum::<usize>()).join().unwrap())
    });
    assert_eq!(lengths, 6);
}

#[test]
fn of_unnamed_items() {
    #[measured_stage]
    fn shown(items: impl Iterator<Item = impl Display>) -> impl Iterator<Item = String> {
        items.map(|item| item.to_string())
    }
    expect("shown", (3, 3), || shown(0..3).count());
}

#[test]
fn of_iterators() {
    #[measured_stage]
    fn flat(lines: impl Iterator<Item = impl Iterator<Item = u32>>) -> impl Iterator<Item = u32> {
        lines.flatten()
    }
    expect("flat", (3, 6), || flat((0..3).map(|_| 0..2)).count());
}

#[test]
fn several() {
    #[measured_stage]
    fn merged(
        left: impl Iterator<Item = u32>,
        right: Box<dyn Iterator<Item = u32>>,
        more: impl IntoIterator<Item = u32>,
    ) -> impl Iterator<Item = u32> {
        left.chain(right).chain(more)
    }
    expect("merged", (6, 6), || {
        merged(0..1, Box::new(0..2), vec![7, 8, 9]).count()
    });
}

#[test]
fn one_of_several() {
    #[measured_stage(input = right)]
    fn joined(
        left: impl Iterator<Item = u32>,
        right: impl Iterator<Item = u32>,
    ) -> impl Iterator<Item = u32> {
        left.chain(right)
    }
    expect("joined", (2, 5), || joined(0..3, 0..2).count());
}

#[test]
fn none_of_several() {
    #[measured_stage(input = none)]
    fn joined(
        left: impl Iterator<Item = u32>,
        right: impl Iterator<Item = u32>,
    ) -> impl Iterator<Item = u32> {
        left.chain(right)
    }
    expect("joined", (0, 5), || joined(0..3, 0..2).count());
}

#[test]
fn of_a_named_type() {
    #[measured_stage(input = letters)]
    fn upper(letters: std::str::Chars<'_>) -> impl Iterator<Item = char> {
        letters.map(|letter| letter.to_ascii_uppercase())
    }
    assert_eq!(
        expect("upper", (3, 3), || upper("abc".chars()).collect::<String>()),
        "ABC"
    );
}

#[test]
fn of_a_named_collection() {
    #[measured_stage(input = queue)]
    fn drained(queue: VecDeque<u32>) -> impl Iterator<Item = u32> {
        queue.into_iter().skip(1)
    }
    expect("drained", (3, 2), || {
        drained(VecDeque::from([1, 2, 3])).count()
    });
}

#[test]
fn unused() {
    #[measured_stage]
    fn silent(
        _readings: impl Iterator<Item = u32>,
        _: impl Iterator<Item = u32>,
    ) -> impl Iterator<Item = u32> {
        0..4
    }
    expect("silent", (0, 4), || silent(0..3, 0..2).count());
}

#[test]
fn configured_away() {
    #[measured_stage]
    fn here(
        #[cfg(any())] there: impl Iterator<Item = u32>,
        #[cfg(not(any()))] here: impl Iterator<Item = u32>,
    ) -> impl Iterator<Item = u32> {
        here.skip(1)
    }
    expect("here", (3, 2), || here(0..3).count());
}

#[test]
fn with_a_raw_name() {
    #[measured_stage]
    fn skipped(r#in: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
        r#in.skip(1)
    }
    expect("skipped", (3, 2), || skipped(0..3).count());
}
