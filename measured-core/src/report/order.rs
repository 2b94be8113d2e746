//! Pipeline order.

use super::StageReport;

/// Each stage after those that it pulls from, whose places in `stages` are its
/// `inputs`; else in the order in which they are given. Where stages feed each other
/// in a circle (recursion), that order breaks it.
pub(super) fn in_pipeline_order<Inputs: AsRef<[usize]>>(
    mut stages: Vec<StageReport>,
    inputs: &[Inputs],
) -> Vec<StageReport> {
    let mut places = places(inputs);
    for at in 0..places.len() {
        while places[at] != at {
            let place = places[at];
            stages.swap(at, place);
            places.swap(at, place);
        }
    }
    stages
}

/// Where each stage comes to stand.
fn places<Inputs: AsRef<[usize]>>(inputs: &[Inputs]) -> Vec<usize> {
    let mut places = vec![0; inputs.len()];
    let mut taken = 0;
    let mut is_known = vec![false; inputs.len()];
    // Stages that wait for their inputs, with how many of these have been looked at.
    let mut waiting: Vec<(usize, usize)> = Vec::new();
    for first in 0..inputs.len() {
        if !is_known[first] {
            is_known[first] = true;
            waiting.push((first, 0));
        }
        while let Some((stage, looked_at)) = waiting.last_mut() {
            if let Some(&input) = inputs[*stage].as_ref().get(*looked_at) {
                *looked_at += 1;
                if is_known.get(input) == Some(&false) {
                    is_known[input] = true;
                    waiting.push((input, 0));
                }
            } else {
                places[*stage] = taken;
                taken += 1;
                waiting.pop();
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn inputs_come_first() {
        // A sink that is known before what feeds it, two inputs, a stage alone.
        assert_eq!(
            places(&[vec![2, 1], vec![], vec![3], vec![], vec![]]),
            [3, 2, 1, 0, 4]
        );
        assert_eq!(places(&[vec![], vec![0], vec![1]]), [0, 1, 2]);
    }

    #[test]
    fn a_circle_is_broken_and_what_is_unknown_passed_over() {
        assert_eq!(places(&[vec![0, 1], vec![0], vec![7]]), [1, 0, 2]);
    }

    #[test]
    fn a_long_pipeline_the_wrong_way_round_takes_no_stack() {
        let inputs: Vec<Vec<usize>> = (1..=100_000).map(|next| vec![next]).collect();
        assert_eq!(places(&inputs)[..2], [99_999, 99_998]);
    }
}
