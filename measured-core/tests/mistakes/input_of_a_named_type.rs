use measured_core::measured_stage;

use std::iter::Peekable;
use std::str::Chars;

#[measured_stage]
fn digits(letters: Peekable<Chars<'_>>) -> impl Iterator<Item = u32> + '_ {
    letters.filter_map(|letter| letter.to_digit(10))
}

#[measured_stage]
fn until_space<'a>(letters: &'a mut Peekable<Chars<'_>>) -> usize {
    letters.take_while(|letter| *letter != ' ').count()
}

fn main() {
    assert_eq!(digits("a1".chars().peekable()).count(), 1);
    assert_eq!(until_space(&mut "a b".chars().peekable()), 1);
}
