//! Groups within the team: average-link clustering of 1 - similarity, judged by silhouette and by chance.

use super::clusters::{average_linkage, cut, silhouette};
use super::index::Matrix;
use super::output::Camps;
use super::parallel;
use super::people::Team;

/// Below this silhouette there are no camps.
const CLEAR: f64 = 0.25;
/// From this p on, chance may have made them.
const LEVEL: f64 = 0.05;
/// Draws made before looking whether more are needed.
const BATCH: usize = 100;

/// A division of the team: each person's group, and the mean silhouette width.
struct Division {
    groups: Vec<usize>,
    silhouette: f64,
}

/// The camps of a team, if it falls into two to four groups more clearly than chance teams do.
/// `redraw` gives the similarities of the chance team of that number.
pub(crate) fn find(
    team: &Team<'_>,
    matrix: &Matrix,
    redraw: impl Fn(u64) -> Matrix + Sync + Send,
    draws: usize,
) -> Option<Camps> {
    let division = divide(matrix).filter(|division| division.silhouette >= CLEAR)?;
    // The observed division counts as one of its own chance draws, so p is never 0.
    let (mut as_clear, bound) = (1u64, LEVEL * (draws + 1) as f64);
    for from in (0..draws).step_by(BATCH) {
        let clear = parallel::draws(
            from,
            draws.min(from + BATCH),
            || (),
            |(), number| {
                divide(&redraw(number))
                    .is_some_and(|chance| chance.silhouette >= division.silhouette - 1e-12)
            },
        );
        as_clear += clear.into_iter().filter(|clear| *clear).count() as u64;
        if as_clear as f64 >= bound {
            return None;
        }
    }
    let p_value = as_clear as f64 / (draws + 1) as f64;
    if p_value >= LEVEL {
        return None;
    }
    let count = division.groups.iter().max().map_or(0, |last| last + 1);
    let mut groups: Vec<Vec<String>> = vec![Vec::new(); count];
    for (person, group) in division.groups.iter().enumerate() {
        groups[*group].push(team.id(person));
    }
    groups.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    Some(Camps {
        groups,
        silhouette: division.silhouette,
        p_value,
    })
}

/// The clearest division into two to four groups; none below four people.
fn divide(matrix: &Matrix) -> Option<Division> {
    let people = matrix.len();
    if people < 4 {
        return None;
    }
    let distances = distances(matrix);
    let tree = average_linkage(&distances);
    let mut best: Option<Division> = None;
    for count in 2..=4.min(people - 1) {
        let groups = cut(&tree, count);
        let silhouette = silhouette(&distances, &groups);
        if best
            .as_ref()
            .is_none_or(|best| silhouette > best.silhouette + 1e-12)
        {
            best = Some(Division { groups, silhouette });
        }
    }
    best
}

/// 1 - similarity. A pair without a common question is as far apart as pairs are on average: nothing is known of it.
fn distances(matrix: &Matrix) -> Vec<Vec<f64>> {
    let people = matrix.len();
    let known: Vec<f64> = (0..people)
        .flat_map(|i| matrix[i][i + 1..].iter().flatten().map(|s| 1.0 - s))
        .collect();
    let average = if known.is_empty() {
        0.0
    } else {
        known.iter().sum::<f64>() / known.len() as f64
    };
    (0..people)
        .map(|i| {
            (0..people)
                .map(|j| {
                    if i == j {
                        0.0
                    } else {
                        matrix[i][j].map_or(average, |s| 1.0 - s)
                    }
                })
                .collect()
        })
        .collect()
}
