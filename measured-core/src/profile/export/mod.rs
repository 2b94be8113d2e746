//! The call tree in formats that other programs show. It says how long and how
//! often, not when: what these programs draw from left to right is an order, not time.

#[cfg(feature = "json")]
mod chrome_trace;
#[cfg(feature = "flamegraph")]
mod flame_graph;
mod folded;
#[cfg(feature = "json")]
mod speedscope;

use super::stats::ProfileStats;

impl ProfileStats {
    /// What each function is called, with its place where two have the same name.
    fn labels(&self) -> Vec<String> {
        let all = &self.functions;
        let labels = all.iter().map(|place| {
            if all.iter().filter(|other| other.name == place.name).count() > 1 {
                format!("{} ({}:{})", place.name, place.file, place.line)
            } else {
                place.name.clone()
            }
        });
        labels.collect()
    }
}
