//! How many records a collection holds.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

/// A collection whose length is the number of records that a stage returns.
pub trait Records {
    /// Its length.
    fn records(&self) -> usize;
}

macro_rules! by_length {
    ($($collection:ty: [$($parameter:tt)*],)*) => {
        $(impl<$($parameter)*> Records for $collection {
            fn records(&self) -> usize {
                self.len()
            }
        })*
    };
}

by_length! {
    [T]: [T],
    [T; N]: [T, const N: usize],
    Vec<T>: [T],
    VecDeque<T>: [T],
    LinkedList<T>: [T],
    BinaryHeap<T>: [T],
    BTreeSet<T>: [T],
    BTreeMap<K, V>: [K, V],
    HashSet<T, S>: [T, S],
    HashMap<K, V, S>: [K, V, S],
}

macro_rules! by_what_it_points_to {
    ($($pointer:ty,)*) => {
        $(impl<T: Records + ?Sized> Records for $pointer {
            fn records(&self) -> usize {
                T::records(self)
            }
        })*
    };
}

by_what_it_points_to! { &T, &mut T, Box<T>, Rc<T>, Arc<T>, }

impl<T: Records + ToOwned + ?Sized> Records for Cow<'_, T> {
    fn records(&self) -> usize {
        T::records(self)
    }
}

impl<T: Records> Records for Option<T> {
    fn records(&self) -> usize {
        self.as_ref().map_or(0, T::records)
    }
}

impl<T: Records, E> Records for Result<T, E> {
    fn records(&self) -> usize {
        self.as_ref().map_or(0, T::records)
    }
}
