//! Functions whose records are all there at once: counted by length.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use measured_core::measured_stage;

use crate::expect;

#[test]
fn slice_to_vec() {
    #[measured_stage]
    fn means(readings: &[f64], window: usize) -> Vec<f64> {
        let means = readings.windows(window);
        means
            .map(|window| window.iter().sum::<f64>() / 2.0)
            .collect()
    }
    let means = expect("means", (3, 2), || means(&[1.0, 2.0, 3.0], 2));
    assert_eq!(means, [1.5, 2.5]);
}

#[test]
fn vec_to_vec() {
    #[measured_stage]
    fn kept(mut readings: Vec<u32>) -> Vec<u32> {
        readings.retain(|reading| *reading > 1);
        readings
    }
    assert_eq!(expect("kept", (3, 2), || kept(vec![1, 2, 3])), [2, 3]);
}

#[test]
fn borrowed_vec_to_borrowed_slice() {
    #[measured_stage]
    #[expect(clippy::ptr_arg, reason = "the shape under test")]
    fn tail(readings: &Vec<u32>) -> &[u32] {
        &readings[1..]
    }
    assert_eq!(expect("tail", (3, 2), || tail(&vec![1, 2, 3]).len()), 2);
}

#[test]
fn slice_in_place() {
    #[measured_stage]
    fn clamp(readings: &mut [u32], highest: u32) {
        for reading in readings {
            *reading = highest.min(*reading);
        }
    }
    let mut readings = [1, 2, 3];
    expect("clamp", (3, 0), || clamp(&mut readings, 2));
    assert_eq!(readings, [1, 2, 2]);
}

#[test]
fn slice_to_part_of_itself() {
    #[measured_stage]
    fn head(readings: &mut [u32]) -> &mut [u32] {
        &mut readings[..2]
    }
    expect("head", (3, 2), || head(&mut [1, 2, 3])[0] = 7);
}

#[test]
fn array_to_array() {
    #[measured_stage]
    fn squares<const N: usize>(readings: [u32; N]) -> [u32; N] {
        readings.map(|reading| reading * reading)
    }
    assert_eq!(expect("squares", (2, 2), || squares([2, 3])), [4, 9]);
}

#[test]
fn slice_to_value() {
    #[measured_stage]
    fn total(readings: &[u32]) -> u32 {
        readings.iter().sum()
    }
    assert_eq!(expect("total", (2, 0), || total(&[2, 3])), 5);
}

#[test]
fn nothing_to_vec() {
    #[measured_stage]
    fn load(path: &str) -> io::Result<Vec<u32>> {
        if path.is_empty() {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(path.bytes().map(u32::from).collect())
    }
    expect("load", (0, 2), || load("ab").unwrap());
    expect("load", (0, 0), || load("").unwrap_err());
}

#[test]
fn slice_to_option() {
    #[measured_stage]
    fn after(readings: &[u32], mark: u32) -> Option<Vec<u32>> {
        let at = readings.iter().position(|reading| *reading == mark)?;
        Some(readings[at + 1..].to_vec())
    }
    assert_eq!(
        expect("after", (3, 2), || after(&[1, 2, 3], 1)),
        Some(vec![2, 3])
    );
    assert_eq!(expect("after", (3, 0), || after(&[1, 2, 3], 7)), None);
}

#[test]
#[expect(clippy::linkedlist, reason = "the shape under test")]
fn queues() {
    #[measured_stage]
    fn rotated(mut readings: VecDeque<u32>) -> VecDeque<u32> {
        readings.rotate_left(1);
        readings
    }
    #[measured_stage]
    fn listed(readings: VecDeque<u32>) -> LinkedList<u32> {
        readings.into_iter().skip(1).collect()
    }
    #[measured_stage]
    fn heaped(readings: LinkedList<u32>) -> BinaryHeap<u32> {
        readings.into_iter().skip(1).collect()
    }
    let rotated = expect("rotated", (3, 3), || rotated(VecDeque::from([1, 2, 3])));
    assert_eq!(rotated, [2, 3, 1]);
    let listed = expect("listed", (3, 2), || listed(rotated));
    assert_eq!(expect("heaped", (2, 1), || heaped(listed)).len(), 1);
}

#[test]
fn sets() {
    #[measured_stage]
    fn hashed(readings: &[u32]) -> HashSet<u32> {
        readings.iter().copied().collect()
    }
    #[measured_stage]
    fn ordered(readings: HashSet<u32>) -> BTreeSet<u32> {
        readings
            .into_iter()
            .filter(|reading| *reading > 1)
            .collect()
    }
    let hashed = expect("hashed", (3, 2), || hashed(&[1, 2, 1]));
    assert_eq!(
        expect("ordered", (2, 1), || ordered(hashed)),
        BTreeSet::from([2])
    );
}

#[test]
fn maps() {
    #[measured_stage]
    fn counted<'a>(words: &[&'a str]) -> HashMap<&'a str, u32> {
        words.iter().map(|word| (*word, 1)).collect()
    }
    #[measured_stage]
    fn ordered<'a>(counts: &HashMap<&'a str, u32>) -> BTreeMap<&'a str, u32> {
        counts.iter().map(|(word, count)| (*word, *count)).collect()
    }
    let counted = expect("counted", (3, 2), || counted(&["a", "b", "a"]));
    expect("ordered", (2, 2), || ordered(&counted));
}

#[test]
fn owned_slices() {
    #[measured_stage]
    fn boxed(readings: Vec<u32>) -> Box<[u32]> {
        readings.into_boxed_slice()
    }
    #[measured_stage]
    fn counted(readings: Box<[u32]>) -> Rc<[u32]> {
        readings.into()
    }
    #[measured_stage]
    fn shared(readings: Rc<[u32]>) -> Arc<[u32]> {
        let shared = readings.iter().copied().skip(1).collect();
        drop(readings);
        shared
    }
    let counted = expect("counted", (3, 3), || counted(boxed(vec![1, 2, 3])));
    assert_eq!(*expect("shared", (3, 2), || shared(counted)), [2, 3]);
}

#[test]
fn copied_only_when_changed() {
    #[measured_stage]
    fn positive(readings: Cow<'_, [i32]>) -> Cow<'_, [i32]> {
        if readings.iter().all(|reading| *reading > 0) {
            return readings;
        }
        let positive = readings.iter().copied().filter(|reading| *reading > 0);
        Cow::Owned(positive.collect())
    }
    expect("positive", (2, 2), || positive(Cow::Borrowed(&[1, 2])));
    expect("positive", (2, 1), || positive(Cow::Borrowed(&[-1, 2])));
}

#[test]
fn several() {
    #[measured_stage]
    fn sums(left: &[u32], right: Vec<u32>) -> Vec<u32> {
        left.iter()
            .zip(right)
            .map(|(left, right)| left + right)
            .collect()
    }
    assert_eq!(
        expect("sums", (5, 2), || sums(&[1, 2], vec![3, 4, 5])),
        [4, 6]
    );
}

#[test]
fn one_of_several() {
    #[measured_stage(input = readings)]
    fn weighted(readings: &[u32], weights: [u32; 3]) -> Vec<u32> {
        readings
            .iter()
            .zip(weights)
            .map(|(reading, weight)| reading * weight)
            .collect()
    }
    assert_eq!(
        expect("weighted", (2, 2), || weighted(&[1, 2], [3, 4, 5])),
        [3, 8]
    );
}

#[test]
fn beside_an_iterator() {
    #[measured_stage]
    fn known(
        words: impl Iterator<Item = usize>,
        names: &[&'static str],
    ) -> impl Iterator<Item = &'static str> {
        words.filter_map(|word| names.get(word).copied())
    }
    expect("known", (3, 1), || known(0..3, &["a"]).count());
}

#[test]
fn slice_to_iterator() {
    #[measured_stage]
    fn replayed(readings: &[u32]) -> impl Iterator<Item = u32> {
        readings.iter().copied()
    }
    expect("replayed", (0, 3), || replayed(&[1, 2, 3]).count());
}
