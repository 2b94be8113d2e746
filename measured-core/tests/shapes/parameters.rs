//! Parameters as they are written: patterns, raw names, attributes, names of a macro's.

use measured_core::{measured_stage, profiled};

use crate::expect;

struct Range {
    low: String,
    high: String,
}

#[test]
fn patterns_that_own_what_they_bind() {
    #[measured_stage]
    fn within(
        values: impl Iterator<Item = String>,
        Range { low, high }: Range,
    ) -> impl Iterator<Item = String> {
        values.filter(move |value| *value >= low && *value < high)
    }
    let range = Range {
        low: "b".to_owned(),
        high: "d".to_owned(),
    };
    let values = ["a", "b", "c", "d"].into_iter().map(String::from);
    let kept = expect("within", (4, 2), || {
        within(values, range).collect::<Vec<_>>()
    });
    assert_eq!(kept, ["b", "c"]);
}

#[test]
fn patterns_with_mut_and_with_a_name_for_the_whole() {
    #[measured_stage]
    fn raised(
        values: impl Iterator<Item = u32>,
        (mut by, step): (u32, u32),
        whole @ [_, last]: [u32; 2],
    ) -> impl Iterator<Item = u32> {
        by += whole[0] - last;
        values.map(move |value| {
            by += step;
            value + by
        })
    }
    let raised = expect("raised", (2, 2), || {
        raised(0..2, (1, 10), [3, 2]).collect::<Vec<_>>()
    });
    assert_eq!(raised, [12, 23]);
}

#[test]
fn raw_names() {
    #[measured_stage(input = r#type)]
    fn ascii(r#type: std::str::Chars<'_>, mut r#in: u32) -> impl Iterator<Item = u32> {
        r#in += 1;
        r#type
            .filter(char::is_ascii)
            .map(move |found| u32::from(found) + r#in)
    }
    let found = expect("ascii", (2, 1), || ascii("aé".chars(), 1).sum::<u32>());
    assert_eq!(found, 99);
}

#[test]
fn one_of_two_of_a_name_is_compiled() {
    #[measured_stage]
    fn scaled(
        values: impl Iterator<Item = u32>,
        #[cfg(any())] by: String,
        #[cfg(not(any()))] by: Vec<u32>,
    ) -> impl Iterator<Item = u32> {
        values.zip(by).map(|(value, by)| value * by)
    }
    let scaled = expect("scaled", (2, 2), || {
        scaled(1..3, vec![3, 4, 5]).collect::<Vec<_>>()
    });
    assert_eq!(scaled, [3, 8]);
}

/// Functions whose second parameter is spelled as the first, which only the macro's hygiene tells apart.
macro_rules! with_a_namesake {
    ($values:ident) => {
        #[measured_stage]
        fn lazy(
            $values: impl Iterator<Item = u32>,
            values: impl Iterator<Item = u32>,
        ) -> impl Iterator<Item = u32> {
            $values.chain(values.map(|value| value.saturating_add(10)))
        }

        #[measured_stage]
        fn eager($values: Vec<u32>, values: &mut dyn Iterator<Item = u32>) -> u32 {
            $values.into_iter().chain(values).sum()
        }

        #[profiled]
        async fn polled($values: Vec<u32>, values: Vec<u32>) -> (Vec<u32>, Vec<u32>) {
            ($values, values)
        }
    };
}

#[test]
fn parameters_that_only_a_macro_tells_apart() {
    with_a_namesake!(values);
    let chained = expect("lazy", (4, 4), || lazy(0..2, 0..2).collect::<Vec<_>>());
    assert_eq!(chained, [0, 1, 10, 11]);
    assert_eq!(
        expect("eager", (2, 0), || eager(vec![3, 4], &mut (0..2))),
        8
    );
    let mut polled = std::pin::pin!(polled(vec![1], vec![2]));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let ready = std::future::Future::poll(polled.as_mut(), &mut context);
    assert_eq!(ready, std::task::Poll::Ready((vec![1], vec![2])));
}
