//! The chains that the instruments measure. Their text stands here once and is compiled twice,
//! bare and measured: the two cannot drift apart.

use crate::drain::{external, internal};
use crate::work;

/// The stages and chains; what is given is put on every stage.
macro_rules! stages {
    ($(#[$attribute:meta])?) => {
        use crate::work::{self, Average};

        $(#[$attribute])?
        fn filter(readings: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
            readings.filter(|reading| work::in_range(*reading))
        }

        $(#[$attribute])?
        fn normalize(readings: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
            readings.map(work::normalized)
        }

        $(#[$attribute])?
        fn smooth(values: impl Iterator<Item = f64>) -> impl Iterator<Item = f64> {
            let mut average = Average::default();
            values.map(move |value| average.of(value))
        }

        $(#[$attribute])?
        fn mix(values: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
            values.map(work::mixed)
        }

        $(#[$attribute])?
        fn mask(values: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
            values.map(work::masked)
        }

        /// Three stages that filter, scale and average readings.
        pub fn reference(records: u64) -> impl Iterator<Item = f64> {
            smooth(normalize(filter(work::readings(records))))
        }

        /// Ten maps on top of each other.
        pub fn maps(records: u64) -> impl Iterator<Item = u64> {
            mix(mix(mix(mix(mix(mix(mix(mix(mix(mix(0..records))))))))))
        }

        /// One stage over a slice that the compiler turns into vector instructions.
        pub fn vector(values: &[u32]) -> impl Iterator<Item = u32> {
            mask(values.iter().copied())
        }

        /// The same chains with every stage taking and returning a `Box<dyn Iterator>`.
        pub mod boxed {
            use super::*;

            $(#[$attribute])?
            fn filter<'a>(
                readings: Box<dyn Iterator<Item = f64> + 'a>,
            ) -> Box<dyn Iterator<Item = f64> + 'a> {
                Box::new(readings.filter(|reading| work::in_range(*reading)))
            }

            $(#[$attribute])?
            fn normalize<'a>(
                readings: Box<dyn Iterator<Item = f64> + 'a>,
            ) -> Box<dyn Iterator<Item = f64> + 'a> {
                Box::new(readings.map(work::normalized))
            }

            $(#[$attribute])?
            fn smooth<'a>(
                values: Box<dyn Iterator<Item = f64> + 'a>,
            ) -> Box<dyn Iterator<Item = f64> + 'a> {
                let mut average = Average::default();
                Box::new(values.map(move |value| average.of(value)))
            }

            $(#[$attribute])?
            fn mix<'a>(
                values: Box<dyn Iterator<Item = u64> + 'a>,
            ) -> Box<dyn Iterator<Item = u64> + 'a> {
                Box::new(values.map(work::mixed))
            }

            $(#[$attribute])?
            fn mask<'a>(
                values: Box<dyn Iterator<Item = u32> + 'a>,
            ) -> Box<dyn Iterator<Item = u32> + 'a> {
                Box::new(values.map(work::masked))
            }

            /// Three stages that filter, scale and average readings.
            pub fn reference(records: u64) -> Box<dyn Iterator<Item = f64>> {
                smooth(normalize(filter(Box::new(work::readings(records)))))
            }

            /// Ten maps on top of each other.
            pub fn maps(records: u64) -> Box<dyn Iterator<Item = u64>> {
                mix(mix(mix(mix(mix(mix(mix(mix(mix(mix(Box::new(0..records)))))))))))
            }

            /// One stage over a slice.
            pub fn vector(values: &[u32]) -> Box<dyn Iterator<Item = u32> + '_> {
                mask(Box::new(values.iter().copied()))
            }
        }
    };
}

/// The chains as a user without this library would write them.
pub mod bare {
    stages!();
}

/// The same chains with `#[measured_stage]` on every stage.
pub mod measured {
    use measured_core::measured_stage;

    stages!(#[measured_stage]);
}

/// One chain in one of its forms: which types stand between the stages and how it is pulled.
#[derive(Debug, Clone, Copy)]
pub struct Chain {
    /// The chain, as tables name it.
    pub name: &'static str,
    /// How many stages every record passes.
    pub stages: u32,
    /// How many records make a run long enough to be timed: about a millisecond, bare.
    pub records: u64,
    /// What stands between its stages: `impl` Iterator or `Box<dyn Iterator>`.
    pub types: &'static str,
    /// How it is pulled: by a `for` loop or by `for_each`.
    pub pulled: &'static str,
    /// Builds and drains the bare chain over so many records.
    pub bare: fn(u64) -> u64,
    /// Builds and drains the measured chain over so many records.
    pub measured: fn(u64) -> u64,
}

/// Sums the slice of the vectorised loop until so many records have passed.
fn in_passes(records: u64, pass: impl Fn(&'static [u32]) -> u64) -> u64 {
    let mut total = 0_u64;
    let mut left = records;
    while left > 0 {
        let taken = left.min(work::NUMBERS);
        let slice = &work::numbers()[..usize::try_from(taken).expect("a slice's length fits")];
        total = total.wrapping_add(pass(slice));
        left -= taken;
    }
    total
}

/// A row of [`CHAINS`]: one drain, of the bare chain and of the measured one.
macro_rules! chain {
    ($name:literal, $stages:literal, $records_a_run:expr, $types:literal, $pulled:literal,
     |$records:ident, $chains:ident| $drained:expr) => {
        Chain {
            name: $name,
            stages: $stages,
            records: $records_a_run,
            types: $types,
            pulled: $pulled,
            bare: |$records| {
                use bare as $chains;
                $drained
            },
            measured: |$records| {
                use measured as $chains;
                $drained
            },
        }
    };
}

/// Every chain in every form.
#[rustfmt::skip]
pub const CHAINS: [Chain; 12] = [
    chain!("reference", 3, 200_000, "impl", "for", |records, chains| external(chains::reference(records))),
    chain!("reference", 3, 200_000, "impl", "for_each", |records, chains| internal(chains::reference(records))),
    chain!("reference", 3, 200_000, "Box", "for", |records, chains| external(chains::boxed::reference(records))),
    chain!("reference", 3, 200_000, "Box", "for_each", |records, chains| internal(chains::boxed::reference(records))),
    chain!("ten maps", 10, 100_000, "impl", "for", |records, chains| external(chains::maps(records))),
    chain!("ten maps", 10, 100_000, "impl", "for_each", |records, chains| internal(chains::maps(records))),
    chain!("ten maps", 10, 100_000, "Box", "for", |records, chains| external(chains::boxed::maps(records))),
    chain!("ten maps", 10, 100_000, "Box", "for_each", |records, chains| internal(chains::boxed::maps(records))),
    chain!("u32 slice", 1, 16 * work::NUMBERS, "impl", "for", |records, chains| in_passes(records, |slice| external(chains::vector(slice)))),
    chain!("u32 slice", 1, 16 * work::NUMBERS, "impl", "for_each", |records, chains| in_passes(records, |slice| internal(chains::vector(slice)))),
    chain!("u32 slice", 1, 16 * work::NUMBERS, "Box", "for", |records, chains| in_passes(records, |slice| external(chains::boxed::vector(slice)))),
    chain!("u32 slice", 1, 16 * work::NUMBERS, "Box", "for_each", |records, chains| in_passes(records, |slice| internal(chains::boxed::vector(slice)))),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measured_chain_yields_what_the_bare_one_yields() {
        for chain in CHAINS {
            let Chain {
                name,
                types,
                pulled,
                ..
            } = chain;
            assert_eq!(
                (chain.measured)(10_000),
                (chain.bare)(10_000),
                "{name} ({types}, {pulled})"
            );
        }
    }
}
