//! From ticks to nanoseconds: the only place where it is done, and where the cost of
//! the probes is taken off.

use super::call_tree::CallTree;
use super::session::Gathered;
use super::stats::{Calls, Place, ProfileStats};
use crate::running;

impl ProfileStats {
    pub(super) fn of(gathered: Gathered) -> ProfileStats {
        let Gathered {
            clock,
            wall,
            probes,
            calls: tree,
        } = gathered;
        let ns_per_tick = clock.ns_per_tick();
        let in_ns = |ticks: f64| (ticks * ns_per_tick).round() as u64;
        let entering = entries_below(&tree);
        let mut calls = Calls::default();
        let mut here: Vec<Option<usize>> = Vec::new();
        let mut taken = 0.0;
        for (node, entering) in tree.nodes.iter().zip(entering) {
            let Some(site) = running::site(node.number) else {
                // The root: whatever ran outside of all functions.
                here.push(None);
                continue;
            };
            let figures = node.figures;
            let own = figures.own as f64;
            let probed = probes
                .taken(figures.calls + figures.resumed, entering)
                .min(own);
            taken += probed;
            let place = Place {
                name: site.name.to_owned(),
                module: site.module.to_owned(),
                file: site.file.to_owned(),
                line: site.line,
            };
            here.push(Some(calls.add(
                here[node.parent],
                place,
                figures.calls,
                figures.recursive,
                in_ns(own - probed),
            )));
        }
        ProfileStats {
            wall_ns: in_ns(wall as f64),
            threads: tree.threads,
            probes_ns: in_ns(taken),
            unplaced_calls: tree.unplaced,
            ..calls.in_order()
        }
    }
}

/// How often each node's callees were entered.
fn entries_below(tree: &CallTree) -> Vec<u64> {
    let mut entries = vec![0; tree.nodes.len()];
    for node in &tree.nodes[1..] {
        entries[node.parent] += node.figures.calls + node.figures.resumed;
    }
    entries
}
