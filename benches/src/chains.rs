//! The chains that the instruments measure. Their text stands here once and is compiled once for
//! every way of measuring: the bare chain and the measured one cannot drift apart.

use crate::drain::{For, ForEach};
use crate::work;

/// The stages and chains, with what is given put on every stage.
macro_rules! stages {
    ($(#[$attribute:meta])?) => {
        use crate::drain::Pull;
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

        $(#[$attribute])?
        fn pick(values: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
            values.map(work::mixed).filter(|&value| work::is_picked(value))
        }

        /// Three stages that filter, scale and average readings, drained.
        #[must_use]
        pub fn reference<P: Pull>(records: u64) -> u64 {
            P::drain(smooth(normalize(filter(work::readings::<P>(records)))))
        }

        /// Ten maps on top of each other, drained.
        #[must_use]
        pub fn maps<P: Pull>(records: u64) -> u64 {
            P::drain(mix(mix(mix(mix(mix(mix(mix(mix(mix(mix(work::odds::<P>(records))))))))))))
        }

        /// One stage over a slice, drained: the compiler makes vector instructions of it.
        #[must_use]
        pub fn slice<P: Pull>(records: u64) -> u64 {
            let totals = work::passes(records).map(|slice| P::drain(mask(work::numbers::<P>(slice))));
            totals.fold(0, u64::wrapping_add)
        }

        /// One stage that keeps one record in 1,024, drained: a pull is of that many.
        #[must_use]
        pub fn picked<P: Pull>(records: u64) -> u64 {
            P::drain(pick(work::odds::<P>(records)))
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

            $(#[$attribute])?
            fn pick<'a>(
                values: Box<dyn Iterator<Item = u64> + 'a>,
            ) -> Box<dyn Iterator<Item = u64> + 'a> {
                Box::new(values.map(work::mixed).filter(|&value| work::is_picked(value)))
            }

            /// Three stages that filter, scale and average readings, drained.
            #[must_use]
            pub fn reference<P: Pull>(records: u64) -> u64 {
                P::drain(smooth(normalize(filter(Box::new(work::readings::<P>(records))))))
            }

            /// Ten maps on top of each other, drained.
            #[must_use]
            pub fn maps<P: Pull>(records: u64) -> u64 {
                let odds = Box::new(work::odds::<P>(records));
                P::drain(mix(mix(mix(mix(mix(mix(mix(mix(mix(mix(odds)))))))))))
            }

            /// One stage over a slice, drained.
            #[must_use]
            pub fn slice<P: Pull>(records: u64) -> u64 {
                let totals = work::passes(records)
                    .map(|slice| P::drain(mask(Box::new(work::numbers::<P>(slice)))));
                totals.fold(0, u64::wrapping_add)
            }

            /// One stage that keeps one record in 1,024, drained.
            #[must_use]
            pub fn picked<P: Pull>(records: u64) -> u64 {
                P::drain(pick(Box::new(work::odds::<P>(records))))
            }
        }
    };
}

/// The chains as a user without this library would write them.
pub mod bare {
    stages!();
}

/// The chains with `#[measured_stage]` on every stage: measured as the process says.
pub mod measured {
    use measured_core::measured_stage;

    stages!(#[measured_stage]);
}

/// The chains with `#[measured_stage(timing = counts)]`: compiled without a clock.
pub mod counted {
    use measured_core::measured_stage;

    stages!(#[measured_stage(timing = counts)]);
}

/// Builds a chain over so many records, drains it and says what they amounted to.
pub type Drain = fn(u64) -> u64;

/// One chain in one of its forms: what stands between its stages and how it is pulled.
#[derive(Debug, Clone, Copy)]
pub struct Chain {
    /// The chain, as tables name it.
    pub name: &'static str,
    /// How many stages every record passes.
    pub stages: u32,
    /// How many records make a run long enough to be timed.
    pub records: u64,
    /// What stands between its stages: `impl` Iterator or `Box<dyn Iterator>`.
    pub types: &'static str,
    /// How it is pulled: by a `for` loop or by `for_each`.
    pub pulled: &'static str,
    /// Without measuring.
    pub bare: Drain,
    /// With every stage counting only, by its attribute.
    pub counted: Drain,
    /// With every stage measuring as the process says.
    pub measured: Drain,
}

/// A chain in all forms: each of its variants is the same path in another module.
macro_rules! forms {
    ($name:literal, $stages:literal, $records:expr, $chain:ident) => {
        [
            forms!($name, $stages, $records, "impl", "`for`", [$chain::<For>]),
            forms!($name, $stages, $records, "impl", "`for_each`", [$chain::<ForEach>]),
            forms!($name, $stages, $records, "Box", "`for`", [boxed::$chain::<For>]),
            forms!($name, $stages, $records, "Box", "`for_each`", [boxed::$chain::<ForEach>]),
        ]
    };
    ($name:literal, $stages:literal, $records:expr, $types:literal, $pulled:literal, [$($chain:tt)*]) => {
        Chain {
            name: $name,
            stages: $stages,
            records: $records,
            types: $types,
            pulled: $pulled,
            bare: bare::$($chain)*,
            counted: counted::$($chain)*,
            measured: measured::$($chain)*,
        }
    };
}

/// Every chain in every form.
pub const CHAINS: [[Chain; 4]; 4] = [
    forms!("reference", 3, 200_000, reference),
    forms!("ten maps", 10, 100_000, maps),
    forms!("u32 slice", 1, 4 * work::A_PASS, slice),
    forms!("keeps 1 in 1,024", 1, 1_000_000, picked),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measured_chain_yields_what_the_bare_one_yields() {
        for chain in CHAINS.as_flattened() {
            let expected = (chain.bare)(10_000);
            assert_eq!((chain.counted)(10_000), expected, "counted: {chain:?}");
            assert_eq!((chain.measured)(10_000), expected, "measured: {chain:?}");
        }
    }
}
