//! From ticks to nanoseconds: the only place where it is done, and where the cost of
//! the probes is taken off.

use super::call_tree::CallTree;
use super::probes::Probes;
use super::session::Gathered;
use super::stages;
use super::stats::{Calls, Place, ProfileStats};
use crate::running::{self, Number};

impl ProfileStats {
    pub(super) fn of(gathered: Gathered) -> ProfileStats {
        let Gathered {
            clock,
            wall,
            of_a_call,
            of_a_pull,
            calls: tree,
        } = gathered;
        let ns_per_tick = clock.ns_per_tick();
        let in_ns = |ticks: f64| (ticks * ns_per_tick).round() as u64;
        let of_one = |number| {
            if stages::include(number) {
                of_a_pull
            } else {
                of_a_call
            }
        };
        let calling = cost_of_calling(&tree, of_one);
        let mut calls = Calls::default();
        let mut here: Vec<Option<usize>> = Vec::new();
        let mut taken = 0.0;
        for (node, calling) in tree.nodes.iter().zip(calling) {
            let Some(site) = running::site(node.number) else {
                // The root: whatever ran outside of all functions.
                here.push(None);
                continue;
            };
            let figures = node.figures;
            let own = figures.own as f64;
            let called = of_one(node.number).callee * figures.entries() as f64;
            let probed = (called + calling).min(own);
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
            instrumentation_ns: in_ns(taken),
            unplaced_calls: tree.unplaced,
            ..calls.in_order()
        }
    }
}

/// What its callees' probes took in each node's self time.
fn cost_of_calling(tree: &CallTree, of_one: impl Fn(Number) -> Probes) -> Vec<f64> {
    let mut costs = vec![0.0; tree.nodes.len()];
    for node in &tree.nodes[1..] {
        costs[node.parent] += of_one(node.number).caller * node.figures.entries() as f64;
    }
    costs
}
