//! For speedscope, <https://www.speedscope.app>.

use super::super::stats::ProfileStats;
use serde_json::{Value, json};

impl ProfileStats {
    /// As JSON that speedscope shows, under that name: each way to call a function is a
    /// sample as heavy as its self time. *Left heavy* and *Sandwich* are the views for
    /// it; the order in *Time order* is that of the names.
    ///
    /// ```
    /// use measured_core::profile::ProfileStats;
    ///
    /// let nothing = ProfileStats::default().to_speedscope("nothing");
    /// assert!(nothing.contains("https://www.speedscope.app/file-format-schema.json"));
    /// ```
    #[must_use]
    pub fn to_speedscope(&self, name: &str) -> String {
        let frames = self
            .functions
            .iter()
            .map(|place| json!({"name": place.name, "file": place.file, "line": place.line}));
        let frames: Vec<Value> = frames.collect();
        let timed: Vec<_> = self.calls.iter().filter(|call| call.self_ns > 0).collect();
        let samples = timed.iter().map(|call| {
            let mut stack: Vec<usize> = self.ancestors(call).map(|above| above.function).collect();
            stack.reverse();
            stack.push(call.function);
            stack
        });
        let samples: Vec<Vec<usize>> = samples.collect();
        let weights: Vec<u64> = timed.iter().map(|call| call.self_ns).collect();
        json!({
            "$schema": "https://www.speedscope.app/file-format-schema.json",
            "exporter": concat!("measured-core ", env!("CARGO_PKG_VERSION")),
            "name": name,
            "activeProfileIndex": 0,
            "shared": {"frames": frames},
            "profiles": [{
                "type": "sampled",
                "name": name,
                "unit": "nanoseconds",
                "startValue": 0,
                "endValue": self.total_ns(),
                "samples": samples,
                "weights": weights,
            }],
        })
        .to_string()
    }
}
