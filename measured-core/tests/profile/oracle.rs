//! Random calls, against figures that were made the simplest way.

use crate::profiling_alone::profile;
use measured_core::{MockClock, profiled};
use proptest::prelude::*;
use std::collections::HashMap;

/// A call to be made: of which function, and what it does.
#[derive(Clone, Debug)]
struct Plan {
    function: usize,
    before: u64,
    calls: Vec<Plan>,
    after: u64,
}

const NAMES: [&str; 4] = ["first", "second", "third", "fourth"];

#[profiled]
fn first(plan: &Plan, clock: &MockClock) {
    execute(plan, clock);
}

#[profiled]
fn second(plan: &Plan, clock: &MockClock) {
    execute(plan, clock);
}

#[profiled]
fn third(plan: &Plan, clock: &MockClock) {
    execute(plan, clock);
}

#[profiled]
fn fourth(plan: &Plan, clock: &MockClock) {
    execute(plan, clock);
}

fn execute(plan: &Plan, clock: &MockClock) {
    clock.advance(plan.before);
    for call in &plan.calls {
        [first, second, third, fourth][call.function](call, clock);
    }
    clock.advance(plan.after);
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Figures {
    calls: u64,
    primitive: u64,
    own: u64,
    cumulative: u64,
}

/// By function, and by caller and callee: what cProfile would say.
#[derive(Default)]
struct Expected {
    functions: HashMap<usize, Figures>,
    edges: HashMap<(usize, usize), Figures>,
}

impl Expected {
    /// Returns the time of the call.
    fn follow(&mut self, plan: &Plan, stack: &mut Vec<usize>) -> u64 {
        let caller = stack.last().copied();
        let is_primitive = !stack.contains(&plan.function);
        let edge = caller.map(|caller| (caller, plan.function));
        let is_first_edge = !stack
            .windows(2)
            .any(|pair| Some((pair[0], pair[1])) == edge);
        stack.push(plan.function);
        let below: u64 = plan.calls.iter().map(|call| self.follow(call, stack)).sum();
        stack.pop();
        let own = plan.before + plan.after;
        let function = self.functions.entry(plan.function).or_default();
        let edge = edge.map(|edge| self.edges.entry(edge).or_default());
        for (sums, counts_once) in [(Some(function), is_primitive), (edge, is_first_edge)] {
            let Some(sums) = sums else { continue };
            sums.calls += 1;
            sums.own += own;
            if counts_once {
                sums.primitive += 1;
                sums.cumulative += own + below;
            }
        }
        own + below
    }
}

fn plans() -> impl Strategy<Value = Plan> {
    let leaf = (0..4_usize, 0..100_u64).prop_map(|(function, before)| Plan {
        function,
        before,
        calls: Vec::new(),
        after: 0,
    });
    leaf.prop_recursive(12, 200, 5, |inner| {
        let calls = prop::collection::vec(inner, 0..5);
        (0..4_usize, 0..100_u64, calls, 0..100_u64).prop_map(|(function, before, calls, after)| {
            Plan {
                function,
                before,
                calls,
                after,
            }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn figures_are_those_of_the_simplest_way(plan in plans()) {
        let mut expected = Expected::default();
        let total = expected.follow(&plan, &mut Vec::new());
        let stats = profile(|clock| execute(&Plan { calls: vec![plan.clone()], before: 0, after: 0, ..plan.clone() }, clock));

        // The root's cumulative time is the sum of all self times, exactly.
        prop_assert_eq!(stats.total_ns(), total);
        for (number, name) in NAMES.iter().enumerate() {
            let found = stats.function(name).map(|it| Figures {
                calls: it.calls,
                primitive: it.primitive_calls,
                own: it.self_ns,
                cumulative: it.cumulative_ns,
            });
            prop_assert_eq!(found, expected.functions.get(&number).copied(), "{}", name);
            let callers = stats.callers(&format!("({name})"));
            for (caller_number, caller) in NAMES.iter().enumerate() {
                let found = callers.rows().iter().find(|row| row.name == *caller).map(|it| Figures {
                    calls: it.calls,
                    primitive: it.primitive_calls,
                    own: it.self_ns,
                    cumulative: it.cumulative_ns,
                });
                let edge = expected.edges.get(&(caller_number, number)).copied();
                prop_assert_eq!(found, edge, "{} by {}", name, caller);
            }
        }
    }

    #[test]
    fn merging_is_associative_and_commutative(a in plans(), b in plans(), c in plans()) {
        let of = |plan: &Plan| profile(|clock| execute(plan, clock));
        let [a, b, c] = [&a, &b, &c].map(of);
        let sum = |parts: &[&measured_core::profile::ProfileStats]| {
            let mut sum = parts[0].clone();
            parts[1..].iter().for_each(|part| sum.merge(part));
            sum
        };
        let left = sum(&[&a, &b, &c]);
        prop_assert_eq!(&left, &sum(&[&c, &a, &b]));
        prop_assert_eq!(&left, &sum(&[&a, &sum(&[&b, &c])]));
    }
}
