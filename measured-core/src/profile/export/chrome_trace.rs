//! For what reads Chrome's traces: Perfetto, `chrome://tracing`.

use super::super::stats::ProfileStats;
use serde_json::{Value, json};

impl ProfileStats {
    /// As a trace in Chrome's format, aggregated: each way to call a function is one
    /// event as long as all such calls together, callees one after the other from
    /// where their caller begins. When and how often it was called is not to be seen
    /// in it; how often stands in the event's arguments.
    ///
    /// ```
    /// use measured_core::profile::ProfileStats;
    ///
    /// assert!(ProfileStats::default().to_chrome_trace().contains("\"traceEvents\":[]"));
    /// ```
    #[must_use]
    pub fn to_chrome_trace(&self) -> String {
        let cumulative = self.cumulative();
        // Where the next callee of each call begins, and the next that nobody called.
        let mut next_within: Vec<u64> = Vec::new();
        let mut next_outside = 0;
        let mut events: Vec<Value> = Vec::new();
        for (call, &ns) in self.calls.iter().zip(&cumulative) {
            let next = match call.parent {
                Some(parent) => &mut next_within[parent],
                None => &mut next_outside,
            };
            let begin = *next;
            *next = begin.saturating_add(ns);
            next_within.push(begin);
            let place = &self.functions[call.function];
            events.push(json!({
                "ph": "X",
                "pid": 1,
                "tid": 1,
                "cat": "function",
                "name": place.name,
                "ts": begin as f64 / 1e3,
                "dur": ns as f64 / 1e3,
                "args": {
                    "calls": call.calls,
                    "self_ns": call.self_ns,
                    "place": format!("{}:{}", place.file, place.line),
                },
            }));
        }
        json!({
            "traceEvents": events,
            "displayTimeUnit": "ns",
            "otherData": {"aggregated": "lengths are sums over all calls, positions are no times"},
        })
        .to_string()
    }
}
