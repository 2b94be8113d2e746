//! What functions are called, and whose row a call is in.

use crate::profiling_alone::{figures, profile};
use measured_core::profiled;

#[profiled("by another name")]
fn renamed() {}

struct Window<T>(Vec<T>);

#[profiled(generics)]
impl<T: Copy> Window<T> {
    fn push(&mut self, value: T) {
        self.0.push(value);
    }
}

#[profiled]
impl<T> Window<T> {
    fn len(&self) -> usize {
        self.0.len()
    }

    #[not_measured]
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[profiled(generics)]
fn largest<T: Ord + Copy>(values: &[T]) -> Option<T> {
    values.iter().max().copied()
}

#[profiled]
mod inline {
    pub(crate) fn outer() {
        deep::below();
    }

    pub(crate) mod deep {
        pub(crate) fn below() {}
    }
}

macro_rules! made {
    ($name:ident) => {
        #[profiled]
        fn $name() {}
    };
}

made!(made_by_a_macro);

#[test]
fn rows_have_the_names_of_their_functions() {
    let stats = profile(|_| {
        renamed();
        let mut numbers = Window(Vec::new());
        numbers.push(1_u8);
        let mut words = Window(Vec::new());
        words.push("a");
        words.push("b");
        assert!(!words.is_empty());
        assert_eq!(numbers.len() + words.len(), 3);
        assert_eq!(largest(&[1, 2]), Some(2));
        assert_eq!(largest(&['a']), Some('a'));
        inline::outer();
        made_by_a_macro();
    });
    let calls = |name| figures(&stats, name)[0];
    assert_eq!(calls("by another name"), 1);
    assert_eq!(
        (calls("Window<u8>::push"), calls("Window<&str>::push")),
        (1, 2)
    );
    assert_eq!(calls("Window::len"), 2);
    assert_eq!((calls("largest<i32>"), calls("largest<char>")), (1, 1));
    assert_eq!(
        (calls("inline::outer"), calls("inline::deep::below")),
        (1, 1)
    );
    assert_eq!(calls("made_by_a_macro"), 1);
    assert_eq!(stats.functions().len(), 9);
}

#[test]
fn a_row_is_where_the_name_of_its_function_is() {
    #[profiled]
    fn here() {}
    let line = line!() - 1;

    let stats = profile(|_| here());
    let function = stats.function("here").expect("it was called");
    assert_eq!((function.line, &*function.module), (line, module_path!()));
    assert!(function.file.ends_with("tests/profile/shapes.rs"));
}
