//! Whole numbers, mostly small, in as few bytes as they need.
//!
//! A stage has a hundred recent latencies and about as many numbers in its
//! histogram. As `u64` they were most of a report: 1,000 stages would be 2 MB.

/// A sequence of numbers in LEB128: seven bits a byte, the lowest first, the high
/// bit set on all but a number's last byte.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Varints(Box<[u8]>);

impl Varints {
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        let mut bytes = self.0.iter();
        std::iter::from_fn(move || {
            let mut number = 0;
            for shift in (0..u64::BITS).step_by(7) {
                let byte = *bytes.next()?;
                number |= u64::from(byte & 0x7f) << shift;
                if byte < 0x80 {
                    break;
                }
            }
            Some(number)
        })
    }
}

impl FromIterator<u64> for Varints {
    fn from_iter<I: IntoIterator<Item = u64>>(numbers: I) -> Varints {
        let mut bytes = Vec::new();
        for mut number in numbers {
            while number >= 0x80 {
                bytes.push(number as u8 | 0x80);
                number >>= 7;
            }
            bytes.push(number as u8);
        }
        Varints(bytes.into_boxed_slice())
    }
}

impl std::fmt::Debug for Varints {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Varints {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Varints {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Varints, D::Error> {
        Ok(Vec::<u64>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_numbers_take_a_byte() {
        let packed: Varints = [0, 127, 128, u64::MAX].into_iter().collect();
        assert_eq!(packed.0.len(), 1 + 1 + 2 + 10);
        assert_eq!(
            format!("{packed:?}"),
            format!("[0, 127, 128, {}]", u64::MAX)
        );
    }

    proptest! {
        #[test]
        fn all_come_out_as_they_went_in(numbers: Vec<u64>) {
            let packed: Varints = numbers.iter().copied().collect();
            prop_assert!(packed.iter().eq(numbers));
        }
    }
}
