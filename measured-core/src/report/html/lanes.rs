//! Where the stages of a pipeline stand beside each other, as in the graphs of version
//! control: a row for each stage, and a lane for whatever is on its way past it.

use std::collections::BTreeSet;

/// The stages, a row each, in the order in which they were given.
pub(super) struct Lanes {
    pub(super) rows: Vec<Row>,
    /// How many stand beside each other at most, those of the loops included.
    pub(super) count: usize,
}

/// What is to be seen beside one stage.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Row {
    /// Where the stage itself stands.
    pub(super) lane: usize,
    /// What comes in from above.
    pub(super) inputs: Vec<Band>,
    /// What goes past on its way down.
    pub(super) passing: Vec<Band>,
    /// What goes back up: a stage that feeds itself or one above.
    pub(super) loops: Vec<Loop>,
}

/// Records of a stage above, in the lane where they come down.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Band {
    pub(super) from: usize,
    pub(super) lane: usize,
}

/// A row's piece of a way back, in a lane to the right of all others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Loop {
    pub(super) lane: usize,
    /// It begins with this stage.
    pub(super) begins: bool,
    /// It ends with this stage.
    pub(super) ends: bool,
}

impl Lanes {
    /// `inputs` are those of each stage, by number.
    pub(super) fn of(inputs: &[Vec<usize>]) -> Lanes {
        let mut last_use = vec![0; inputs.len()];
        for (at, inputs) in inputs.iter().enumerate() {
            for &input in inputs {
                last_use[input] = at;
            }
        }
        // Which stage's records are in a lane.
        let mut lanes: Vec<Option<usize>> = Vec::new();
        let mut rows: Vec<Row> = Vec::with_capacity(inputs.len());
        for (at, inputs) in inputs.iter().enumerate() {
            rows.push(row(at, inputs, &last_use, &mut lanes));
        }
        let mut lanes = Lanes {
            rows,
            count: lanes.len(),
        };
        lanes.lead_back(inputs);
        lanes
    }

    /// Draws the ways back, each in the first lane that is free all along.
    fn lead_back(&mut self, inputs: &[Vec<usize>]) {
        let first = self.count;
        for (to, inputs) in inputs.iter().enumerate() {
            for &from in inputs.iter().filter(|&&from| from >= to) {
                let way = &mut self.rows[to..=from];
                let taken: BTreeSet<usize> = way
                    .iter()
                    .flat_map(|row| &row.loops)
                    .map(|other| other.lane)
                    .collect();
                // One of so many is not among the taken.
                let lanes = first..=first + taken.len();
                let lane = lanes.into_iter().find(|lane| !taken.contains(lane));
                let lane = lane.unwrap_or(first);
                for (row, at) in way.iter_mut().zip(to..) {
                    row.loops.push(Loop {
                        lane,
                        begins: at == from,
                        ends: at == to,
                    });
                }
                self.count = self.count.max(lane + 1);
            }
        }
    }
}

fn row(at: usize, inputs: &[usize], last_use: &[usize], lanes: &mut Vec<Option<usize>>) -> Row {
    let mut row = Row::default();
    for &from in inputs.iter().filter(|&&from| from < at) {
        if let Some(lane) = lanes.iter().position(|&taken| taken == Some(from)) {
            row.inputs.push(Band { from, lane });
        }
    }
    for lane in &mut *lanes {
        if lane.is_some_and(|from| last_use[from] <= at) {
            *lane = None;
        }
    }
    for (lane, &taken) in lanes.iter().enumerate() {
        if let Some(from) = taken {
            row.passing.push(Band { from, lane });
        }
    }
    let below = row.inputs.iter().map(|band| band.lane);
    let mut places = below.chain(0..);
    row.lane = places
        .find(|&lane| lanes.get(lane).is_none_or(Option::is_none))
        .unwrap_or_default();
    if row.lane == lanes.len() {
        lanes.push(None);
    }
    if last_use[at] > at {
        lanes[row.lane] = Some(at);
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where each stage stands, and how wide the graph is.
    fn places(inputs: &[&[usize]]) -> (Vec<usize>, usize) {
        let lanes = lanes(inputs);
        (lanes.rows.iter().map(|row| row.lane).collect(), lanes.count)
    }

    fn lanes(inputs: &[&[usize]]) -> Lanes {
        let inputs: Vec<Vec<usize>> = inputs.iter().map(|inputs| inputs.to_vec()).collect();
        Lanes::of(&inputs)
    }

    #[test]
    fn a_chain_stands_in_one_lane() {
        assert_eq!(places(&[&[], &[0], &[1]]), (vec![0, 0, 0], 1));
        assert_eq!(places(&[]), (vec![], 0));
    }

    #[test]
    fn branches_stand_beside_each_other_until_they_meet() {
        // 0 → 1 ┐
        // 2 → 3 ┴ 4 → 5
        let inputs: [&[usize]; 6] = [&[], &[0], &[], &[2], &[1, 3], &[4]];
        assert_eq!(places(&inputs), (vec![0, 0, 1, 1, 0, 0], 2));
        let lanes = lanes(&inputs);
        assert_eq!(lanes.rows[3].passing, [Band { from: 1, lane: 0 }]);
        let met = [Band { from: 1, lane: 0 }, Band { from: 3, lane: 1 }];
        assert_eq!(lanes.rows[4].inputs, met);
    }

    #[test]
    fn who_feeds_several_goes_on_past_the_first() {
        let inputs: [&[usize]; 3] = [&[], &[0], &[0]];
        let lanes = lanes(&inputs);
        assert_eq!(lanes.rows[1].passing, [Band { from: 0, lane: 0 }]);
        assert_eq!((lanes.rows[1].lane, lanes.rows[2].lane), (1, 0));
    }

    #[test]
    fn loops_go_back_beside_all_else() {
        // 0 feeds itself, 2 feeds 1.
        let lanes = lanes(&[&[0], &[0, 2], &[1]]);
        assert_eq!(lanes.count, 2);
        let way = |row: usize| {
            (
                lanes.rows[row].loops[0].begins,
                lanes.rows[row].loops[0].ends,
            )
        };
        assert_eq!(
            [way(0), way(1), way(2)],
            [(true, true), (false, true), (true, false)]
        );
    }

    #[test]
    fn loops_that_overlap_have_a_lane_each() {
        let lanes = lanes(&[&[1, 2], &[0], &[1, 2]]);
        let of =
            |row: usize| -> Vec<usize> { lanes.rows[row].loops.iter().map(|l| l.lane).collect() };
        assert_eq!([of(0), of(1), of(2)], [vec![1, 2], vec![1, 2], vec![2, 1]]);
    }
}
